-- The baseline (EXP-9): the dates of tasks in the first published schedule. Written by that publication, and never changed. A copy, so that
-- nothing that clients read names a plan (docs/decisions/0045).

create table task_baselines (
    task_id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    start_on date not null,
    finish_on date not null check (finish_on >= start_on),
    work_days int not null check (work_days between 0 and 5000),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    -- The plans of versions keep the history of tasks that are removed.
    foreign key (project_id, task_id) references tasks (project_id, id) on delete cascade
);
create index on task_baselines (project_id, task_id);
create index on task_baselines (company_id, project_id);
create statistics task_baselines_project (dependencies) on project_id, task_id from task_baselines;

-- Projects whose first version has a plan.
insert into task_baselines (task_id, company_id, project_id, start_on, finish_on, work_days)
select t.id, t.company_id, t.project_id, p.start_on, p.finish_on, p.work_days
from schedule_versions v
join planned_tasks p on p.version_id = v.id
join tasks t on t.id = p.task_id and t.project_id = p.project_id
where v.number = 1 and v.state <> 'DRAFT';
analyze task_baselines;

-- Whether clients see it, while the schedule is shared.
alter table project_portals add column shares_baseline boolean not null default false;
