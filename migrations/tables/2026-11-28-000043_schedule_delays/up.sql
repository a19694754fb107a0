-- Delays of a project's schedule, with their reasons (EXP-9). They record why work took longer, and move no dates.

create table schedule_delays (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    -- Null for a delay of the project as a whole.
    task_id uuid,
    start_on date not null,
    -- Working days.
    days int not null check (days between 1 and 365),
    reason text not null check (reason <> ''),
    cause text not null check (cause in (
        'WEATHER', 'CLIENT', 'MATERIALS', 'WORKFORCE', 'PERMIT', 'INSPECTION', 'SITE_CONDITIONS', 'OTHER')),
    -- The row's own rule: clients see it while the schedule is shared.
    client_viewable boolean not null default false,
    version int not null default 1,
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (project_id, task_id) references tasks (project_id, id) on delete set null (task_id)
);
create index on schedule_delays (project_id, start_on, id);
create index on schedule_delays (project_id, task_id);
