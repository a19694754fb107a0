-- A record other than the project has one thread for each audience, and for each trade partner: its comments.
create unique index threads_comments on threads (subject_id, audience, coalesce(trade_membership_id, subject_id))
    where title is null and subject_kind <> 'PROJECT';
create statistics threads_project (dependencies) on project_id, subject_id from threads;

-- Internal notes become messages of threads among staff: one thread for each record.

insert into threads
    (id, company_id, project_id, audience, subject_kind, subject_id, title, created_at, last_message_at, message_count)
select gen_random_uuid(), company_id, project_id, 'INTERNAL', subject_kind, subject_id,
    case subject_kind when 'PROJECT' then 'Notes of the team' end, min(created_at), max(created_at), count(*)
from internal_notes
group by company_id, project_id, subject_kind, subject_id;

insert into messages
    (id, company_id, project_id, thread_id, audience, position, author_id, author_kind, author_name, body, created_at)
select n.id, n.company_id, n.project_id, t.id, 'INTERNAL', row_number() over (partition by t.id order by n.created_at, n.id),
    i.id, 'COMPANY', i.name, n.body, n.created_at
from internal_notes n
join threads t on t.project_id = n.project_id and t.subject_id = n.subject_id and t.audience = 'INTERNAL'
    and t.title is not distinct from case n.subject_kind when 'PROJECT' then 'Notes of the team' end
join staff_memberships m on m.id = n.author_id
join identities i on i.id = m.identity_id;

-- Nothing is unread that staff could read before.
insert into thread_reads (thread_id, identity_id, company_id, project_id, position)
select t.id, m.identity_id, t.company_id, t.project_id, t.message_count
from threads t
join staff_memberships m on m.company_id = t.company_id and m.removed_at is null
where exists (select from messages x join internal_notes n on n.id = x.id where x.thread_id = t.id);

drop table internal_notes cascade;
