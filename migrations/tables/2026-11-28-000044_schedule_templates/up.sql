-- Templates of schedules: plans with which projects begin. A plan is only ever copied as a whole, so it is one text.
create table schedule_templates (
    id uuid primary key,
    company_id uuid not null references companies on delete cascade,
    name text not null check (name <> ''),
    -- JSON of a plan, as portico-core reads it.
    plan text not null,
    task_count int not null,
    version int not null default 1,
    updated_at timestamptz not null
);
create unique index on schedule_templates (company_id, lower(name));
create index on schedule_templates (company_id);
