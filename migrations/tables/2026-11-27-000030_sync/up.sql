-- What each reader of a project was told by `changes(since:)`, so that the next answer holds only what differs
-- (docs/decisions/0033-changes.md).

-- One reader's records of one project. `reader_id` is a project membership, a staff membership or an API key.
create table sync_states (
    id uuid primary key,
    company_id uuid not null references companies,
    project_id uuid not null references projects on delete cascade,
    reader_id uuid not null,
    -- That of the last change, counted for this reader alone.
    position bigint not null check (position > 0),
    changed_at timestamptz not null,
    unique (reader_id, project_id)
);
create index on sync_states (project_id);
create index on sync_states (changed_at);

create table synced_records (
    state_id uuid not null references sync_states on delete cascade,
    kind text not null,
    record_id uuid not null,
    -- Of everything that the reader may see of the record. Null once the reader may no longer see it.
    digest uuid,
    created_position bigint not null,
    position bigint not null check (position >= created_position),
    primary key (state_id, kind, record_id)
);
create index on synced_records (state_id, position);
