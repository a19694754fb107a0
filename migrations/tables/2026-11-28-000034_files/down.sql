alter table company_portals drop column default_share_files cascade;
drop table file_stores, file_objects, staged_uploads, file_internals, file_trades, file_renditions, file_contents, files,
    project_storage cascade;
drop function keep_shared_with_trades();
alter table caching.moves
    drop constraint moves_gate_check,
    add constraint moves_gate_check check (gate in (
        'SHARED', 'INTERNAL', 'VERSION', 'TASK', 'ASSIGNED', 'MILESTONE', 'SELECTION', 'IDENTITY', 'CONTACT', 'LOCK'));
