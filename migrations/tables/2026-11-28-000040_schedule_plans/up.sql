-- The published schedule and the plans of its versions apart (docs/decisions/0045): `tasks` and `milestones` hold the
-- published schedule alone, under ids that stay; each version has a plan in tables of its own, which only staff read. Publishing writes
-- the plan's differences to the schedule.

alter table schedule_versions
    -- The first day of tasks that neither wait for another nor have a fixed date.
    add column start_on date,
    -- Increases with each change of the plan.
    add column version int not null default 1;
update schedule_versions v set start_on = coalesce(
    (select min(t.start_on) from tasks t where t.version_id = v.id), p.started_on, v.created_at::date)
from projects p where p.id = v.project_id;
alter table schedule_versions alter column start_on set not null;
-- Of two drafts, the later to be published would undo the other.
delete from schedule_versions d
where d.state = 'DRAFT' and exists (
    select from schedule_versions later
    where later.project_id = d.project_id and later.state = 'DRAFT' and (later.created_at, later.id) > (d.created_at, d.id));
create unique index one_draft on schedule_versions (project_id) where state = 'DRAFT';

-- Plans: a milestone or task has a row in each version, with the id that it has in the published schedule.
create table planned_milestones (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    version_id uuid not null,
    milestone_id uuid not null,
    name text not null check (name <> ''),
    client_viewable boolean not null default true,
    internal_target_on date,
    sort int not null,
    unique (version_id, milestone_id),
    unique (version_id, id),
    foreign key (project_id, version_id) references schedule_versions (project_id, id) on delete cascade
);
create index on planned_milestones (project_id, version_id);

create table planned_tasks (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    version_id uuid not null,
    task_id uuid not null,
    planned_milestone_id uuid,
    name text not null check (name <> ''),
    work_days int not null check (work_days between 0 and 5000),
    -- Set by staff: the task starts then, whatever it waits for.
    fixed_start_on date,
    -- Computed from dependencies, fixed dates and the work calendar, at each change of the plan.
    start_on date not null,
    finish_on date not null,
    total_float_days int not null default 0,
    is_critical boolean not null default false,
    -- Whether the fixed date is before what the dependencies allow.
    is_too_early boolean not null default false,
    client_viewable boolean not null default false,
    public_notes text,
    private_notes text,
    cost_code text,
    labor_hours numeric(9, 2),
    internal_deadline_on date,
    buffer_days int,
    sort int not null,
    check (finish_on >= start_on),
    unique (version_id, task_id),
    unique (version_id, id),
    foreign key (project_id, version_id) references schedule_versions (project_id, id) on delete cascade,
    foreign key (version_id, planned_milestone_id) references planned_milestones (version_id, id)
);
create index on planned_tasks (version_id, sort, id);
create index on planned_tasks (project_id, version_id);
create index on planned_tasks (project_id, task_id);
create index on planned_tasks (version_id, planned_milestone_id);

create table planned_assignees (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    planned_task_id uuid not null references planned_tasks on delete cascade,
    project_membership_id uuid,
    staff_membership_id uuid,
    check (num_nonnulls(project_membership_id, staff_membership_id) = 1),
    unique (planned_task_id, project_membership_id),
    unique (planned_task_id, staff_membership_id),
    foreign key (project_id, project_membership_id) references project_memberships (project_id, id),
    foreign key (company_id, staff_membership_id) references staff_memberships (company_id, id)
);
create index on planned_assignees (project_membership_id);
create index on planned_assignees (company_id, staff_membership_id);
create index on planned_assignees (project_id);

create table planned_dependencies (
    planned_task_id uuid not null references planned_tasks on delete cascade,
    predecessor_id uuid not null references planned_tasks on delete cascade,
    company_id uuid not null,
    project_id uuid not null,
    kind text not null check (kind in ('FINISH_TO_START', 'START_TO_START', 'FINISH_TO_FINISH', 'START_TO_FINISH')),
    lag_days int not null default 0 check (lag_days between -365 and 365),
    lag_unit text not null default 'WORKING_DAYS' check (lag_unit in ('WORKING_DAYS', 'ELAPSED_DAYS')),
    primary key (planned_task_id, predecessor_id),
    check (planned_task_id <> predecessor_id)
);
create index on planned_dependencies (predecessor_id);
create index on planned_dependencies (project_id);

insert into planned_milestones
    (id, company_id, project_id, version_id, milestone_id, name, client_viewable, internal_target_on, sort)
select gen_random_uuid(), m.company_id, m.project_id, m.version_id, m.id, m.name, m.client_viewable, i.internal_target_on,
    m.sort
from milestones m
left join milestone_internals i on i.milestone_id = m.id;
-- Dates stay as they are: all are fixed.
insert into planned_tasks (
    id, company_id, project_id, version_id, task_id, planned_milestone_id, name, work_days, fixed_start_on, start_on,
    finish_on, client_viewable, public_notes, private_notes, cost_code, labor_hours, internal_deadline_on, buffer_days, sort)
select gen_random_uuid(), t.company_id, t.project_id, t.version_id, t.id, m.id, t.name, least(t.work_days, 5000),
    t.start_on, t.start_on, t.finish_on, t.client_viewable, b.public_notes, i.private_notes, i.cost_code, i.labor_hours,
    i.internal_deadline_on, i.buffer_days, t.sort
from tasks t
left join planned_milestones m on m.version_id = t.version_id and m.milestone_id = t.milestone_id
left join task_briefs b on b.task_id = t.id
left join task_internals i on i.task_id = t.id;
insert into planned_assignees
    (id, company_id, project_id, planned_task_id, project_membership_id, staff_membership_id)
select gen_random_uuid(), x.company_id, x.project_id, t.id, x.project_membership_id, x.staff_membership_id
from task_assignees x
join planned_tasks t on t.task_id = x.task_id;
insert into planned_dependencies (planned_task_id, predecessor_id, company_id, project_id, kind, lag_days)
select t.id, p.id, d.company_id, d.project_id, d.kind, greatest(-365, least(365, d.lag_days))
from task_dependencies d
join planned_tasks t on t.task_id = d.task_id
join planned_tasks p on p.task_id = d.predecessor_id and p.version_id = t.version_id;

-- Drafts and replaced versions are plans only.
delete from tasks where version_id in (select id from schedule_versions where state <> 'PUBLISHED');
delete from milestones where version_id in (select id from schedule_versions where state <> 'PUBLISHED');
-- Settles the changes that these statements recorded, before the tables are altered.
set constraints all immediate;
set constraints all deferred;

alter table task_dependencies
    add column lag_unit text not null default 'WORKING_DAYS' check (lag_unit in ('WORKING_DAYS', 'ELAPSED_DAYS')),
    add check (lag_days between -365 and 365);
alter table task_internals
    add column total_float_days int,
    add column is_critical boolean;

-- With the role views, which follow in the same transaction.
alter table tasks drop column version_id cascade;
alter table milestones drop column version_id cascade;
alter table milestones add unique (project_id, id);
alter table tasks add foreign key (project_id, milestone_id) references milestones (project_id, id);
create index on tasks (project_id, sort, id);
drop index tasks_project_id_idx;
create index on milestones (project_id, sort, id);
create statistics milestones_project (dependencies) on project_id, id from milestones;
create statistics tasks_project (dependencies) on project_id, id from tasks;
create statistics planned_tasks_project (dependencies) on project_id, id, version_id from planned_tasks;
create statistics planned_assignees_project (dependencies) on project_id, planned_task_id from planned_assignees;
create statistics planned_dependencies_project (dependencies) on project_id, planned_task_id from planned_dependencies;
analyze milestones, tasks, planned_milestones, planned_tasks, planned_assignees, planned_dependencies;

alter table company_portals add column trades_report_progress boolean not null default false;

-- What outsiders see no longer depends on a version.
alter table caching.moves
    drop constraint moves_gate_check,
    add constraint moves_gate_check check (gate in (
        'SHARED', 'INTERNAL', 'TASK', 'ASSIGNED', 'MILESTONE', 'SELECTION', 'IDENTITY', 'CONTACT', 'LOCK', 'FILE',
        'ATTACHMENT', 'TRADE_ATTACHMENT'));
