-- Entries of the audit log that actions would have added for the loaded projects. Positions follow from the order of insertion.
with actors as (
    -- Who acts for a company: the owner who has been there the longest.
    select distinct on (company_id) company_id, identity_id
    from staff_memberships
    where role = 'OWNER' and removed_at is null
    order by company_id, created_at, id
), entries (at, place, company_id, project_id, kind, subject_kind, subject_id, actor_kind, actor_id, audiences) as (
    select p.created_at, 1, p.company_id, p.id, 'PROJECT_CREATED', 'PROJECT', p.id, 'OWNER', o.identity_id, '{}'::text[]
    from projects p join actors o on o.company_id = p.company_id
    union all
    select greatest(m.created_at, p.created_at), 2, m.company_id, m.project_id,
        case m.kind when 'CLIENT' then 'PROJECT_CLIENT_ADDED' else 'PROJECT_TRADE_ADDED' end, 'PROJECT_MEMBERSHIP', m.id,
        'OWNER', o.identity_id, case m.kind when 'CLIENT' then array['CLIENT'] else '{}' end
    from project_memberships m
    join projects p on p.id = m.project_id
    join actors o on o.company_id = m.company_id
    union all
    select m.removed_at, 5, m.company_id, m.project_id,
        case m.kind when 'CLIENT' then 'PROJECT_CLIENT_REMOVED' else 'PROJECT_TRADE_REMOVED' end, 'PROJECT_MEMBERSHIP', m.id,
        'OWNER', o.identity_id, case m.kind when 'CLIENT' then array['CLIENT'] else '{}' end
    from project_memberships m
    join actors o on o.company_id = m.company_id
    where m.removed_at is not null
    union all
    select i.accepted_at, 3, i.company_id, i.project_id, 'INVITATION_ACCEPTED', 'INVITATION', i.id, m.kind, m.identity_id, '{}'
    from invitations i join project_memberships m on m.id = i.membership_id
    where i.accepted_at is not null
    union all
    select d.decided_at, 4, d.company_id, d.project_id, 'SELECTION_APPROVED', d.subject_kind, d.subject_id, 'CLIENT',
        m.identity_id, array['CLIENT']
    from decisions d join project_memberships m on m.id = d.decided_by
    where d.kind = 'SELECTION_APPROVED'
)
insert into activity (id, at, company_id, project_id, kind, subject_kind, subject_id, actor_kind, actor_id, audiences)
select md5(format('%s %s %s %s', at, kind, subject_id, actor_id))::uuid,
    -- Worlds know days: what happened on one day has an order.
    at + interval '1 minute' * row_number() over (partition by project_id order by at, place, subject_id),
    company_id, project_id, kind, subject_kind, subject_id, actor_kind, actor_id, audiences
from entries
order by project_id, at, place, subject_id
