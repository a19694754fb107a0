-- Files that arrive by mail (docs/decisions/0042).

-- Local part of the address to which files of a project are mailed. Random, because mail to it is read; staff can replace it.
alter table project_portals
    add column mail_key text not null default substr(replace(gen_random_uuid()::text, '-', ''), 1, 24)
        check (mail_key ~ '^[0-9a-f]{24}$');
create unique index on project_portals (mail_key);

-- The sender of a mail that could not be attributed to a member is no person here: the name is the address that the mail gives.
alter table files
    alter column author_id drop not null,
    drop constraint files_author_kind_check,
    add constraint files_author_kind_check check (author_kind in ('COMPANY', 'CLIENT', 'SENDER')),
    add constraint files_author_check check ((author_kind = 'SENDER') = (author_id is null));
alter table file_contents alter column author_id drop not null;

-- Whether the file arrived in a mail that could not be attributed, and has not been released.
alter table file_internals add column is_unattributed boolean not null default false;

-- Mails that were received, so that one that is delivered again adds no files.
create table inbound_mails (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    received_at timestamptz not null,
    unique (project_id, sha256),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade
);
create index on inbound_mails (received_at);
create index on inbound_mails (company_id, project_id);
