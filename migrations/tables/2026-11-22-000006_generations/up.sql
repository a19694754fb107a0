-- Generations, which separate current cached rows from stale ones. Every owner of rows (a project, a company's
-- settings, an identity) has one row here; its values are replaced when a transaction commits that changed its rows.
-- See role_views/generations.sql.

create schema caching;

create table caching.generations (
    owner_id uuid primary key,
    -- Changes with rows that outsiders can see.
    shared uuid not null default gen_random_uuid(),
    -- Changes with all rows.
    internal uuid not null default gen_random_uuid()
) with (fillfactor = 50);

insert into caching.generations (owner_id)
select id from companies union all select id from identities union all select id from projects;

-- Changes of a transaction so far. The rows are deleted before it commits, so no other transaction sees them, and a
-- crash loses nothing.
create unlogged table caching.moves (
    moved_by xid8 not null default pg_current_xact_id(),
    owner_id uuid not null,
    -- Whether outsiders are affected: always, never, or if they can see the record with the gate's id. A person affects
    -- the places that show the name, or is only locked.
    gate text not null check (gate in ('SHARED', 'INTERNAL', 'VERSION', 'SELECTION', 'IDENTITY', 'CONTACT', 'LOCK')),
    gate_id uuid not null,
    primary key (moved_by, owner_id, gate, gate_id)
);

-- One row for each transaction with changes; the deferred trigger on it runs before the commit.
create unlogged table caching.writers (
    moved_by xid8 primary key default pg_current_xact_id()
);

-- Part of every cache key: replacing it invalidates all caches.
create table caching.epoch (
    is_only boolean primary key default true check (is_only),
    value uuid not null default gen_random_uuid()
);
insert into caching.epoch default values;

-- The owner of each table's rows, as declared in role_views/generations.sql: a select of (owner, gate, the gate's id)
-- from `changed`; or the reason why there is none.
create table caching.tracked (
    table_name text primary key,
    moves text,
    reason text,
    check (num_nonnulls(moves, reason) = 1)
);
