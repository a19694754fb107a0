-- A milestone has its own flag for clients, and stores the roll-up of all its tasks: status, percent and finish, the same
-- for every audience. Commits keep roll-ups current: generation.settle in role_views/generations.sql.

alter table milestones
    -- Whether clients may see it, whatever its tasks (MIL-6).
    add column client_viewable boolean not null default true,
    add column status text not null default 'NOT_STARTED' check (status in ('NOT_STARTED', 'STARTED', 'COMPLETED')),
    add column percent_complete int not null default 0 check (percent_complete between 0 and 100),
    add column anticipated_finish_on date;

-- Roll-ups change in place: without room in its page, a milestone would move away from those of its project.
alter table milestones set (fillfactor = 50);

-- Reads milestones of one version without those of the project's other versions.
create index on milestones (project_id, version_id);
drop index milestones_project_id_idx;

-- Milestones that clients could not see so far stay hidden from them.
update milestones m
set client_viewable = r.has_viewable, status = r.status, percent_complete = r.percent_complete,
    anticipated_finish_on = r.finish_on
from (
    select s.id,
        coalesce(bool_or(t.client_viewable), false) as has_viewable,
        case when min(t.percent_complete) = 100 then 'COMPLETED'
            when max(t.percent_complete) > 0 then 'STARTED'
            else 'NOT_STARTED' end as status,
        coalesce(div(
            sum(t.percent_complete * greatest(t.work_days, 1)::bigint),
            sum(greatest(t.work_days, 1)::bigint)), 0)::int as percent_complete,
        max(t.finish_on) as finish_on
    from milestones s
    left join tasks t on t.milestone_id = s.id
    group by s.id
) r
where m.id = r.id;

-- Settles the changes that the update recorded, before caching.moves and its triggers are altered.
set constraints all immediate;
set constraints all deferred;

-- Changes of hidden tasks (TASK), assignments of trade partners that are deleted with their task (ASSIGNED), and milestones to roll up.
alter table caching.moves
    add column task_id uuid not null,
    drop constraint moves_pkey,
    add primary key (moved_by, owner_id, gate, gate_id, task_id),
    drop constraint moves_gate_check,
    add constraint moves_gate_check check (gate in (
        'SHARED', 'INTERNAL', 'VERSION', 'TASK', 'ASSIGNED', 'MILESTONE', 'SELECTION', 'IDENTITY', 'CONTACT', 'LOCK'));
