drop index threads_comments;
drop statistics threads_project;

create table internal_notes (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    subject_kind text not null check (subject_kind in ('PROJECT', 'TASK', 'SELECTION')),
    subject_id uuid not null,
    author_id uuid not null,
    body text not null check (body <> ''),
    created_at timestamptz not null default now(),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (company_id, author_id) references staff_memberships (company_id, id)
);
create index on internal_notes (subject_id, created_at, id);
create index on internal_notes (project_id);
create index on internal_notes (company_id, author_id);
create statistics internal_notes_project (dependencies) on project_id, subject_id from internal_notes;

-- Threads among staff that notes can express: comments on a record, and the notes on the project.
create temporary table notes on commit drop as
select id from threads
where audience = 'INTERNAL' and (title is null and subject_kind <> 'PROJECT' or title = 'Notes of the team' and subject_kind = 'PROJECT');
insert into internal_notes (id, company_id, project_id, subject_kind, subject_id, author_id, body, created_at)
select m.id, m.company_id, m.project_id, t.subject_kind, t.subject_id, s.id, m.body, m.created_at
from notes n
join threads t on t.id = n.id
join messages m on m.thread_id = t.id
cross join lateral (
    select s.id from staff_memberships s where s.company_id = m.company_id and s.identity_id = m.author_id
    order by s.removed_at desc nulls first, s.created_at desc, s.id limit 1) s;
delete from threads where id in (select id from notes);
