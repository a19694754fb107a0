-- Digests of the files in role_views as last applied: `migrate` replaces what has changed, and a gateway compares them
-- with its own when it starts.

create schema migration;

create table migration.role_view_files (
    name text primary key,
    digest text not null
);
