-- What was done, by whom: one row an action, written in the action's transaction. Rows are only ever added.

create table activity (
    id uuid primary key,
    at timestamptz not null default now(),
    -- None where it belongs to no company: a person's own account, an attempt to sign in.
    company_id uuid references companies,
    project_id uuid,
    kind text not null check (kind ~ '^[A-Z][A-Z_]*$'),
    subject_kind text,
    subject_id uuid,
    actor_kind text not null check (
        actor_kind in ('PUBLIC', 'CLIENT', 'TRADE', 'STAFF', 'OWNER', 'SUPPORT', 'SYSTEM')),
    -- The person who did it; none for the public and for the system itself.
    actor_id uuid references identities,
    -- Who may be told that it happened, beside those who read the whole trail.
    audiences text[] not null default '{}' check (audiences <@ array['CLIENT', 'TRADE', 'STAFF']),
    -- Where from: the address of the connection, and what the caller calls itself.
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

-- What an action answered to a key, so that who repeats it gets the same answer and nothing happens twice.
create table idempotent_answers (
    actor_id uuid not null references identities,
    key text not null check (length(key) between 1 and 200),
    -- What was asked: the same key for something else is a mistake of the caller's.
    fingerprint text not null,
    answer jsonb not null,
    created_at timestamptz not null default now(),
    primary key (actor_id, key)
);
create index on idempotent_answers (created_at);
