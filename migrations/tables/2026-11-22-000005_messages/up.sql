-- Internal notes of staff, about any record. No outsider's role view uses this table.

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
