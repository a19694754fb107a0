-- Files on records, albums and covers (docs/decisions/0041). They only narrow: who sees a file is decided by the file alone.

-- Albums of a project. A file is in one album at most.
create table albums (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    name text not null check (name <> ''),
    shared_with_clients boolean not null default true,
    sort int not null,
    unique (id, project_id),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade
);
create unique index on albums (project_id, lower(name));
create index on albums (company_id, project_id);

alter table files
    add column album_id uuid,
    add foreign key (album_id, project_id) references albums (id, project_id) on delete set null (album_id);
create index on files (album_id, project_id);

-- Files on records. The record has no foreign key: its kind says in which table it is.
create table file_attachments (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    file_id uuid not null,
    record_kind text not null check (record_kind in ('TASK', 'SELECTION', 'MESSAGE')),
    record_id uuid not null,
    -- On this record alone: clients may see the file elsewhere (FIL-9).
    hidden_from_clients boolean not null default false,
    created_at timestamptz not null,
    unique (file_id, record_id),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (file_id, project_id) references files (id, project_id) on delete cascade
);
create index on file_attachments (project_id, record_id);
create index on file_attachments (file_id, project_id);
create index on file_attachments (company_id, project_id);

-- The photo that stands for a project.
create table project_covers (
    project_id uuid primary key,
    company_id uuid not null,
    file_id uuid not null,
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (file_id, project_id) references files (id, project_id) on delete cascade
);
create index on project_covers (file_id, project_id);
create index on project_covers (company_id, project_id);

-- A key implies its project; without them PostgreSQL expects one row (see reads_by_project).
create statistics file_attachments_project (dependencies) on project_id, record_id from file_attachments;
create statistics file_attachments_file (dependencies) on project_id, file_id from file_attachments;

-- Attachments (ATTACHMENT): outsiders can see them if they can see the file and the record. Of those that clients do not see
-- (TRADE_ATTACHMENT), trade partners can.
alter table caching.moves
    drop constraint moves_gate_check,
    add constraint moves_gate_check check (gate in (
        'SHARED', 'INTERNAL', 'VERSION', 'TASK', 'ASSIGNED', 'MILESTONE', 'SELECTION', 'FILE', 'ATTACHMENT',
        'TRADE_ATTACHMENT', 'IDENTITY', 'CONTACT', 'LOCK'));
