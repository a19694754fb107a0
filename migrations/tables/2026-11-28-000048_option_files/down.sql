delete from file_attachments where record_kind = 'SELECTION_OPTION';
set constraints all immediate;
set constraints all deferred;
alter table file_attachments
    drop constraint file_attachments_record_kind_check,
    add constraint file_attachments_record_kind_check check (record_kind in ('TASK', 'SELECTION', 'MESSAGE'));
