-- Audit log: one row per action, written in the action's transaction. Append-only.

create table activity (
    id uuid primary key,
    at timestamptz not null default now(),
    -- Null if it belongs to no company: a person's own account, an attempt to sign in.
    company_id uuid references companies,
    project_id uuid,
    kind text not null check (kind ~ '^[A-Z][A-Z_]*$'),
    subject_kind text,
    subject_id uuid,
    actor_kind text not null check (
        actor_kind in ('PUBLIC', 'CLIENT', 'TRADE', 'STAFF', 'OWNER', 'SUPPORT', 'SYSTEM')),
    -- The actor; null for callers without a session and for the system.
    actor_id uuid references identities,
    -- Who may read the entry, besides readers of the whole audit log.
    audiences text[] not null default '{}' check (audiences <@ array['CLIENT', 'TRADE', 'STAFF']),
    -- Origin: the address of the connection, and the client's name for itself.
    network text,
    device text,
    details jsonb not null default '{}',
    check ((subject_kind is null) = (subject_id is null)),
    foreign key (company_id, project_id) references projects (company_id, id)
);
create index on activity (project_id, at, id);
create index on activity (company_id, at, id);
create index on activity (subject_id);
create index on activity (actor_id);

-- Result of an action for an idempotency key, so that a retry returns it without performing the action again.
create table idempotent_answers (
    actor_id uuid not null references identities,
    key text not null check (length(key) between 1 and 200),
    -- Fingerprint of the input: other input under the same key is a client error.
    fingerprint text not null,
    answer jsonb not null,
    created_at timestamptz not null default now(),
    primary key (actor_id, key)
);
create index on idempotent_answers (created_at);
