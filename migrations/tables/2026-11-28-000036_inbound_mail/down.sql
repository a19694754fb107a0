drop table inbound_mails;
alter table file_internals drop column is_unattributed;
-- Without an author they cannot be kept.
delete from files where author_id is null;
alter table file_contents alter column author_id set not null;
alter table files
    drop constraint files_author_check,
    drop constraint files_author_kind_check,
    add constraint files_author_kind_check check (author_kind in ('COMPANY', 'CLIENT')),
    alter column author_id set not null;
alter table project_portals drop column mail_key cascade;
