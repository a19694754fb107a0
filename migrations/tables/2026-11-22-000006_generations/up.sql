-- Generations: what tells a kept copy of somebody's rows from a stale one. Every owner of rows (a project, a company's
-- settings, an identity) has one row here, and its values are replaced whenever a transaction commits that changed its
-- rows. How that comes about is in windows/generations.sql.

create schema caching;

create table caching.generations (
    owner_id uuid primary key,
    -- Moves with whatever an outsider can come to see.
    shared uuid not null default gen_random_uuid(),
    -- Moves with everything.
    internal uuid not null default gen_random_uuid()
) with (fillfactor = 50);

insert into caching.generations (owner_id)
select id from companies union all select id from identities union all select id from projects;

-- What a transaction has changed so far. The rows are gone before it commits, so nobody ever sees another's, and a crash
-- has nothing to lose.
create unlogged table caching.moves (
    moved_by xid8 not null default pg_current_xact_id(),
    owner_id uuid not null,
    -- Whether outsiders are concerned: always, never, or if the thing with the gate's id is one that they can come to see.
    -- A person concerns those where their name is shown, or is only locked.
    gate text not null check (gate in ('SHARED', 'INTERNAL', 'VERSION', 'SELECTION', 'IDENTITY', 'CONTACT', 'LOCK')),
    gate_id uuid not null,
    primary key (moved_by, owner_id, gate, gate_id)
);

-- Part of every key under which something is kept: replacing it forgets all at once.
-- Each transaction that has changed something, once: what is left to be done before it commits hangs on this row.
create unlogged table caching.writers (
    moved_by xid8 primary key default pg_current_xact_id()
);

create table caching.epoch (
    is_only boolean primary key default true check (is_only),
    value uuid not null default gen_random_uuid()
);
insert into caching.epoch default values;

-- Whose rows each table holds, as windows/generations.sql says: a select of (owner, gate, the gate's id) from `changed`; or
-- why nobody's.
create table caching.tracked (
    table_name text primary key,
    moves text,
    reason text,
    check (num_nonnulls(moves, reason) = 1)
);
