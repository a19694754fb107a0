alter table caching.moves
    drop constraint moves_gate_check,
    add constraint moves_gate_check check (gate in (
        'SHARED', 'INTERNAL', 'VERSION', 'SELECTION', 'IDENTITY', 'CONTACT', 'LOCK')),
    drop constraint moves_pkey,
    add primary key (moved_by, owner_id, gate, gate_id),
    drop column task_id;

alter table milestones
    drop column client_viewable, drop column status, drop column percent_complete, drop column anticipated_finish_on;
create index on milestones (project_id);
drop index milestones_project_id_version_id_idx;
alter table milestones reset (fillfactor);
