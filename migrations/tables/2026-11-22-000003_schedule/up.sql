-- Schedules: versions, milestones and tasks. A version is a whole schedule; publishing one supersedes the one before.

create table schedule_versions (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    state text not null check (state in ('DRAFT', 'PUBLISHED', 'SUPERSEDED')),
    -- Assigned when it is published: numbers of drafts would reveal how many there were.
    number int check (number > 0),
    published_at timestamptz,
    created_at timestamptz not null default now(),
    unique (project_id, id),
    unique (project_id, number),
    check ((state = 'DRAFT') = (number is null) and (number is null) = (published_at is null)),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade
);
create unique index one_published_version on schedule_versions (project_id) where state = 'PUBLISHED';

create table schedule_version_internals (
    version_id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    publish_notes text,
    foreign key (project_id, version_id) references schedule_versions (project_id, id) on delete cascade
);

create table milestones (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    version_id uuid not null,
    name text not null check (name <> ''),
    sort int not null,
    unique (version_id, id),
    foreign key (project_id, version_id) references schedule_versions (project_id, id) on delete cascade
);
create index on milestones (project_id);

create table milestone_internals (
    milestone_id uuid primary key references milestones on delete cascade,
    company_id uuid not null,
    project_id uuid not null,
    internal_target_on date
);

create table tasks (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    version_id uuid not null,
    milestone_id uuid,
    name text not null check (name <> ''),
    start_on date not null,
    finish_on date not null,
    work_days int not null check (work_days >= 0),
    percent_complete int not null default 0 check (percent_complete between 0 and 100),
    -- The row's own rule (ISO-9): whether clients may see it at all. It triggers no notification.
    client_viewable boolean not null default false,
    sort int not null,
    version int not null default 1,
    check (finish_on >= start_on),
    unique (project_id, id),
    foreign key (project_id, version_id) references schedule_versions (project_id, id) on delete cascade,
    foreign key (version_id, milestone_id) references milestones (version_id, id)
);
create index on tasks (version_id, sort, id);
create index on tasks (milestone_id);
create index on tasks (project_id);

create table task_internals (
    task_id uuid primary key references tasks on delete cascade,
    company_id uuid not null,
    project_id uuid not null,
    private_notes text,
    cost_code text,
    labor_hours numeric(9, 2),
    internal_deadline_on date,
    buffer_days int
);

-- For trade partners and staff; never for clients (SCH-5).
create table task_briefs (
    task_id uuid primary key references tasks on delete cascade,
    company_id uuid not null,
    project_id uuid not null,
    public_notes text not null
);

create table task_assignees (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    task_id uuid not null,
    project_membership_id uuid,
    staff_membership_id uuid,
    check (num_nonnulls(project_membership_id, staff_membership_id) = 1),
    unique (task_id, project_membership_id),
    unique (task_id, staff_membership_id),
    foreign key (project_id, task_id) references tasks (project_id, id) on delete cascade,
    foreign key (project_id, project_membership_id) references project_memberships (project_id, id),
    foreign key (company_id, staff_membership_id) references staff_memberships (company_id, id)
);
create index on task_assignees (project_membership_id);
create index on task_assignees (company_id, staff_membership_id);

create table task_dependencies (
    task_id uuid not null,
    predecessor_id uuid not null,
    company_id uuid not null,
    project_id uuid not null,
    kind text not null check (kind in ('FINISH_TO_START', 'START_TO_START', 'FINISH_TO_FINISH', 'START_TO_FINISH')),
    lag_days int not null default 0,
    primary key (task_id, predecessor_id),
    check (task_id <> predecessor_id),
    foreign key (project_id, task_id) references tasks (project_id, id) on delete cascade,
    foreign key (project_id, predecessor_id) references tasks (project_id, id) on delete cascade
);
create index on task_dependencies (project_id, predecessor_id);
