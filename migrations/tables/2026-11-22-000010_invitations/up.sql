-- Invitations of clients to projects: at most three slots each (INV-5). A pending or accepted invitation uses a slot.

create table invitations (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    membership_id uuid not null,
    state text not null check (state in ('INVITED', 'ACCEPTED', 'EXPIRED', 'REMOVED', 'REVOKED')),
    template text not null,
    -- Null if the membership is older than this table.
    invited_by uuid,
    sent_at timestamptz not null,
    expires_at timestamptz not null,
    accepted_at timestamptz,
    ended_at timestamptz,
    check ((state in ('REMOVED', 'REVOKED')) = (ended_at is not null)),
    unique (project_id, id),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (project_id, membership_id) references project_memberships (project_id, id),
    foreign key (company_id, invited_by) references staff_memberships (company_id, id)
);
create unique index one_living_invitation on invitations (membership_id) where ended_at is null;
create index on invitations (project_id, membership_id);
create index on invitations (company_id, invited_by);
create index on invitations (expires_at) where state = 'INVITED';

-- Clients with access have accepted: each uses a slot.
insert into invitations (id, company_id, project_id, membership_id, state, template, sent_at, expires_at, accepted_at)
select gen_random_uuid(), m.company_id, m.project_id, m.id, 'ACCEPTED', 'CUSTOMER_INVITATION', m.created_at, m.created_at,
    m.created_at
from project_memberships m
where m.kind = 'CLIENT' and m.access_level = 'PORTAL' and m.removed_at is null;
