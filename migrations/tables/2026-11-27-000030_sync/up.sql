-- What each reader of a project was sent by `changes(since:)`, so that the next answer holds only what differs
-- (docs/decisions/0033-changes-since-a-cursor.md).

-- `reader_id` is a project membership, a staff membership or an API key.
create table sync_states (
    reader_id uuid not null,
    project_id uuid not null references projects on delete cascade,
    company_id uuid not null references companies,
    -- That of the last change, counted for this reader alone. Never used twice.
    position bigint not null check (position > 0),
    -- What was sent up to here has been deleted.
    deleted_position bigint not null default 0 check (deleted_position <= position),
    changed_at timestamptz not null,
    primary key (reader_id, project_id)
);
create index on sync_states (project_id);
create index on sync_states (company_id);
create index on sync_states (changed_at) where deleted_position < position;

create table synced_records (
    reader_id uuid not null,
    project_id uuid not null,
    kind text not null,
    record_id uuid not null,
    -- Of everything that the reader may see of the record. Null once the reader may no longer see it.
    digest uuid,
    created_position bigint not null,
    position bigint not null check (position >= created_position),
    primary key (reader_id, project_id, kind, record_id),
    foreign key (reader_id, project_id) references sync_states on delete cascade
);
create index on synced_records (reader_id, project_id, position);
