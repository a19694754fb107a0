alter table files drop column album_id cascade;
drop table project_covers, file_attachments, albums cascade;
alter table caching.moves
    drop constraint moves_gate_check,
    add constraint moves_gate_check check (gate in (
        'SHARED', 'INTERNAL', 'VERSION', 'TASK', 'ASSIGNED', 'MILESTONE', 'SELECTION', 'FILE', 'IDENTITY', 'CONTACT', 'LOCK'));
