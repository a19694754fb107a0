-- Threads of messages. The audience of a thread never changes, and each row repeats it, so that each table can be read on its own.

create table threads (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    audience text not null check (audience in ('CLIENT', 'TRADE', 'INTERNAL')),
    kind text not null default 'DISCUSSION' check (kind in ('DISCUSSION', 'FEEDBACK')),
    -- The trade partner of a thread with a trade partner.
    trade_membership_id uuid,
    -- The record that the thread is about; the kinds are registered in portico_core::messages::ThreadSubject.
    subject_kind text not null check (subject_kind ~ '^[A-Z_]+$'),
    subject_id uuid not null,
    -- Null for comments on a record.
    title text check (title <> ''),
    created_at timestamptz not null default now(),
    last_message_at timestamptz not null default now(),
    message_count int not null default 0 check (message_count >= 0),
    search_text text not null generated always as (search.fold(coalesce(title, ''))) stored,
    unique (id, project_id, audience),
    check ((audience = 'TRADE') = (trade_membership_id is not null)),
    check (kind <> 'FEEDBACK' or audience = 'CLIENT'),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (trade_membership_id) references project_memberships (id) on delete cascade
);
create index on threads (project_id, last_message_at, id);
create index on threads (company_id, project_id);
create index on threads (trade_membership_id);
create index on threads (subject_id);

create table messages (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    thread_id uuid not null,
    audience text not null check (audience in ('CLIENT', 'TRADE', 'INTERNAL')),
    -- From 1, without gaps.
    position int not null check (position > 0),
    author_id uuid not null references identities (id),
    author_kind text not null check (author_kind in ('COMPANY', 'CLIENT', 'TRADE')),
    -- At the time of writing: it stays when the person is removed or renamed.
    author_name text not null check (author_name <> ''),
    body text not null check (body <> ''),
    created_at timestamptz not null default now(),
    edited_at timestamptz,
    version int not null default 1,
    search_text text not null generated always as (search.fold(body)) stored,
    unique (thread_id, position),
    unique (id, project_id, audience),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (thread_id, project_id, audience) references threads (id, project_id, audience)
        on update cascade on delete cascade
);
create index on messages (project_id, thread_id);
create index on messages (company_id, project_id);
create index on messages (author_id);

-- Earlier texts of edited messages.
create table message_versions (
    message_id uuid not null,
    version int not null check (version > 0),
    company_id uuid not null,
    project_id uuid not null,
    audience text not null check (audience in ('CLIENT', 'TRADE', 'INTERNAL')),
    body text not null check (body <> ''),
    written_at timestamptz not null,
    primary key (message_id, version),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (message_id, project_id, audience) references messages (id, project_id, audience)
        on update cascade on delete cascade
);
create index on message_versions (project_id, message_id);
create index on message_versions (company_id, project_id);

create table message_mentions (
    message_id uuid not null references messages (id) on delete cascade,
    staff_membership_id uuid not null,
    company_id uuid not null,
    project_id uuid not null,
    primary key (message_id, staff_membership_id),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (company_id, staff_membership_id) references staff_memberships (company_id, id) on delete cascade
);
create index on message_mentions (project_id, message_id);
create index on message_mentions (company_id, project_id);
create index on message_mentions (company_id, staff_membership_id);

-- The position up to which a person has read a thread.
create table thread_reads (
    thread_id uuid not null references threads (id) on delete cascade,
    identity_id uuid not null references identities (id) on delete cascade,
    company_id uuid not null,
    project_id uuid not null,
    position int not null check (position > 0),
    read_at timestamptz not null default now(),
    primary key (thread_id, identity_id),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade
);
create index on thread_reads (identity_id);
create index on thread_reads (company_id, project_id);

-- A key implies its project; without them PostgreSQL expects one row (see reads_by_project).
create statistics messages_project (dependencies) on project_id, thread_id from messages;
create statistics message_versions_project (dependencies) on project_id, message_id from message_versions;
create statistics message_mentions_project (dependencies) on project_id, message_id from message_mentions;
