-- Files on options of selections, such as their photos (docs/decisions/0041). They are seen with the selection.
alter table file_attachments
    drop constraint file_attachments_record_kind_check,
    add constraint file_attachments_record_kind_check
        check (record_kind in ('TASK', 'SELECTION', 'SELECTION_OPTION', 'MESSAGE'));
