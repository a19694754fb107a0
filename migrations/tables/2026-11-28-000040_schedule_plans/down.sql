-- Versions other than the published one lose their plans.
alter table caching.moves
    drop constraint moves_gate_check,
    add constraint moves_gate_check check (gate in (
        'SHARED', 'INTERNAL', 'VERSION', 'TASK', 'ASSIGNED', 'MILESTONE', 'SELECTION', 'FILE', 'ATTACHMENT',
        'TRADE_ATTACHMENT', 'IDENTITY', 'CONTACT', 'LOCK'));
drop table planned_dependencies, planned_assignees, planned_tasks, planned_milestones cascade;

alter table milestones add column version_id uuid;
update milestones m set version_id = v.id
from schedule_versions v where v.project_id = m.project_id and v.state = 'PUBLISHED';
alter table tasks add column version_id uuid;
update tasks t set version_id = v.id
from schedule_versions v where v.project_id = t.project_id and v.state = 'PUBLISHED';
set constraints all immediate;
set constraints all deferred;
alter table tasks
    drop constraint tasks_project_id_milestone_id_fkey;
drop statistics milestones_project, tasks_project;
drop index milestones_project_id_sort_id_idx, tasks_project_id_sort_id_idx;
alter table milestones
    drop constraint milestones_project_id_id_key,
    alter column version_id set not null,
    add unique (version_id, id),
    add foreign key (project_id, version_id) references schedule_versions (project_id, id) on delete cascade;
create index on milestones (project_id, version_id);
alter table tasks
    alter column version_id set not null,
    add foreign key (project_id, version_id) references schedule_versions (project_id, id) on delete cascade,
    add foreign key (version_id, milestone_id) references milestones (version_id, id);
create index on tasks (version_id, sort, id);
create index on tasks (project_id);
create statistics milestones_project (dependencies) on project_id, id, version_id from milestones;
create statistics tasks_project (dependencies) on project_id, id, version_id from tasks;

alter table task_internals drop column total_float_days, drop column is_critical;
alter table task_dependencies drop column lag_unit cascade, drop constraint task_dependencies_lag_days_check;
alter table company_portals drop column trades_report_progress cascade;
drop index one_draft;
alter table schedule_versions drop column start_on cascade, drop column version cascade;
