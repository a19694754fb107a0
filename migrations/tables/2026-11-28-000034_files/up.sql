-- Files of projects (docs/decisions/0038). Sharing is a property of the file alone. Contents never change: a file's bytes are objects in
-- a store, with random keys.

-- Bytes that a project uses, and has promised to uploads in progress. The row is the lock of the quota.
create table project_storage (
    project_id uuid primary key,
    company_id uuid not null,
    used_bytes bigint not null default 0 check (used_bytes >= 0),
    reserved_bytes bigint not null default 0 check (reserved_bytes >= 0),
    file_count int not null default 0 check (file_count >= 0),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade
);
create index on project_storage (company_id, project_id);

create table files (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    kind text not null check (kind in ('FILE', 'PHOTO', 'VIDEO')),
    purpose text not null default 'PROJECT' check (purpose in ('PROJECT', 'TEAM_PHOTO')),
    name text not null check (name <> '' and octet_length(name) <= 255),
    state text not null check (state in ('CHECKING', 'AVAILABLE', 'QUARANTINED', 'DELETED')),
    shared_with_clients boolean not null,
    -- Whether file_trades has a row. Kept by a trigger, so that a row alone tells whether outsiders can see it.
    shared_with_trades boolean not null default false,
    author_id uuid not null references identities (id),
    author_kind text not null check (author_kind in ('COMPANY', 'CLIENT')),
    -- At the time of the upload, as in messages.
    author_name text not null check (author_name <> ''),
    -- Of the current content.
    content_number int not null default 1 check (content_number > 0),
    media_type text not null check (media_type <> ''),
    size bigint not null check (size > 0),
    renditions text not null check (renditions in ('NONE', 'PENDING', 'READY', 'FAILED')),
    taken_at timestamptz,
    created_at timestamptz not null default now(),
    deleted_at timestamptz,
    version int not null default 1,
    search_text text not null generated always as (search.fold(name)) stored,
    unique (id, project_id),
    check ((state = 'DELETED') = (deleted_at is not null)),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade
);
create index on files (project_id, created_at, id);
create index on files (company_id, project_id);
create index on files (author_id);
create index files_deleted on files (deleted_at) where deleted_at is not null;

-- Contents of a file: the first, and those that replaced it.
create table file_contents (
    id uuid primary key,
    file_id uuid not null,
    company_id uuid not null,
    project_id uuid not null,
    number int not null check (number > 0),
    media_type text not null check (media_type <> ''),
    size bigint not null check (size > 0),
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    author_id uuid not null references identities (id),
    author_name text not null check (author_name <> ''),
    created_at timestamptz not null default now(),
    unique (file_id, number),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (file_id, project_id) references files (id, project_id) on delete cascade
);
create index on file_contents (file_id, project_id);
create index on file_contents (company_id, project_id);
create index on file_contents (author_id);

-- What can be downloaded of a content: the original, and images made of it.
create table file_renditions (
    id uuid primary key,
    content_id uuid not null references file_contents (id) on delete cascade,
    file_id uuid not null,
    company_id uuid not null,
    project_id uuid not null,
    kind text not null check (kind in ('ORIGINAL', 'LARGE', 'MEDIUM', 'SMALL')),
    -- Of the file's current content.
    is_current boolean not null,
    -- Whether it cannot contain positions or other metadata of photos: clients and trade partners get no other.
    is_clean boolean not null,
    media_type text not null check (media_type <> ''),
    size bigint not null check (size > 0),
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    width int check (width > 0),
    height int check (height > 0),
    unique (content_id, kind),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (file_id, project_id) references files (id, project_id) on delete cascade
);
create index on file_renditions (project_id, file_id);
create index on file_renditions (file_id, project_id);
create index on file_renditions (company_id, project_id);

-- Trade partners with whom staff share a file (FIL-5).
create table file_trades (
    file_id uuid not null,
    project_membership_id uuid not null references project_memberships (id) on delete cascade,
    company_id uuid not null,
    project_id uuid not null,
    primary key (file_id, project_membership_id),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (file_id, project_id) references files (id, project_id) on delete cascade
);
create index on file_trades (project_membership_id);
create index on file_trades (project_id, file_id);
create index on file_trades (company_id, project_id);

-- For staff alone: the position of a photo, how the file arrived, and the result of the scanner.
create table file_internals (
    file_id uuid primary key references files (id) on delete cascade,
    company_id uuid not null,
    project_id uuid not null,
    source text not null check (source in ('UPLOAD', 'MAIL')),
    scan_result text not null check (scan_result in ('NOT_SCANNED', 'PENDING', 'CLEAN', 'INFECTED', 'FAILED')),
    latitude numeric(9, 6) check (latitude between -90 and 90),
    longitude numeric(9, 6) check (longitude between -180 and 180),
    check ((latitude is null) = (longitude is null)),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade
);
create index on file_internals (company_id, project_id);

create function keep_shared_with_trades() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    update files f set shared_with_trades = not f.shared_with_trades
    where f.id in (select file_id from changed)
        and f.shared_with_trades <> exists (select from file_trades x where x.file_id = f.id);
    return null;
end $$;
revoke all on function keep_shared_with_trades() from public;
-- One trigger for each event, since one with transition tables can have no more.
create trigger file_trades_added after insert on file_trades
referencing new table as changed for each statement execute function keep_shared_with_trades();
create trigger file_trades_removed after delete on file_trades
referencing old table as changed for each statement execute function keep_shared_with_trades();

-- Uploads in progress; finished ones until they expire, so that a retry finds the file.
create table staged_uploads (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    author_id uuid not null references identities (id),
    author_kind text not null check (author_kind in ('COMPANY', 'CLIENT')),
    name text not null check (name <> ''),
    size bigint not null check (size > 0),
    received bigint not null default 0,
    -- As announced; null if the app cannot compute it.
    sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
    -- Of the bytes received.
    hash_state text,
    -- The first bytes, base64: the type of the file follows from them.
    head text not null default '',
    share_with_clients boolean not null,
    file_id uuid references files (id) on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    check (received between 0 and size),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade
);
create index on staged_uploads (expires_at);
create index on staged_uploads (company_id, project_id);
create index on staged_uploads (author_id);
create index on staged_uploads (file_id);

-- Objects in the store; the key of an object is its id. A row is written before the bytes and deleted after them. A worker deletes
-- objects that belong to nothing from the store. No cascade from projects: a deleted row would leave bytes behind.
create table file_objects (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    upload_id uuid references staged_uploads (id) on delete set null,
    rendition_id uuid references file_renditions (id) on delete set null,
    -- Position of its first byte in the upload or rendition.
    start bigint not null check (start >= 0),
    size bigint not null check (size > 0),
    state text not null check (state in ('PENDING', 'STORED')),
    created_at timestamptz not null,
    check (upload_id is null or rendition_id is null),
    foreign key (company_id, project_id) references projects (company_id, id)
);
create index on file_objects (upload_id);
create unique index on file_objects (rendition_id, start);
create unique index file_objects_received on file_objects (upload_id, start)
    where upload_id is not null and state = 'STORED';
create index file_objects_unused on file_objects (created_at) where upload_id is null and rendition_id is null;
create index file_objects_pending on file_objects (created_at) where state = 'PENDING';
create index on file_objects (company_id, project_id);

-- A key implies its project; without them PostgreSQL expects one row (see reads_by_project).
create statistics file_renditions_project (dependencies) on project_id, file_id from file_renditions;
create statistics file_trades_project (dependencies) on project_id, file_id from file_trades;

-- Whether files that staff upload are shared with clients, unless they say otherwise (FIL-8).
alter table company_portals add column default_share_files boolean not null default true;

-- The store to which the rows refer: a folder that is not mounted, or another bucket, is not taken for it.
create table file_stores (
    id uuid primary key,
    is_current boolean not null default true unique check (is_current)
);

-- Rows of a file (FILE): outsiders can see them if the file is available and shared.
alter table caching.moves
    drop constraint moves_gate_check,
    add constraint moves_gate_check check (gate in (
        'SHARED', 'INTERNAL', 'VERSION', 'TASK', 'ASSIGNED', 'MILESTONE', 'SELECTION', 'FILE', 'IDENTITY', 'CONTACT', 'LOCK'));
