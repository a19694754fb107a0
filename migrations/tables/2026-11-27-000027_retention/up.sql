-- Digests of the files in role_views as last applied: `migrate` replaces what has changed, and a gateway compares them
-- with its own when it starts.

create schema migration;

create table migration.role_view_files (
    name text primary key,
    digest text not null
);

-- Old rows are found by the start of their age: see crates/portico-store/src/retention.rs and role_views/retention.sql.
create index on sessions (least(expires_at, revoked_at));
create index on sign_in_links (least(expires_at, used_at, voided_at));
create index on account_openings (expires_at);
create index activity_attempts on activity (at)
    where (kind = 'SIGN_IN_REFUSED' or actor_kind = 'PUBLIC' and kind in ('LINK_REQUESTED', 'LEAD_SUBMITTED'))
        and subject_kind is distinct from 'LEAD';
create index activity_with_origin on activity (at)
    where kind in ('SIGNED_IN', 'SIGNED_OUT', 'SESSION_REVOKED') and (network is not null or device is not null);
