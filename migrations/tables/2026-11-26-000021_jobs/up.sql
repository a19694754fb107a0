-- One queue for all work after a change: mail is the first kind. An action writes a job in its own transaction; a
-- worker runs it and records the result.

create table jobs (
    id uuid primary key,
    kind text not null check (kind ~ '^[a-z][a-z_]*$'),
    -- Deduplication key: one job of a kind for each. Null never deduplicates.
    key text check (key <> ''),
    -- Null for a job about an account only.
    company_id uuid references companies,
    -- Never a token: the table alone must not give access to an account.
    payload jsonb not null check (jsonb_typeof(payload) = 'object'),
    -- Withdrawn is a separate state: an operator who retries parked jobs must not revive revoked links.
    state text not null default 'WAITING' check (state in ('WAITING', 'DONE', 'REFUSED', 'PARKED', 'WITHDRAWN')),
    attempts int not null default 0 check (attempts >= 0),
    -- While a worker runs the job, the end of its lease.
    next_attempt_at timestamptz not null,
    last_attempt_at timestamptz,
    last_error text,
    created_at timestamptz not null,
    finished_at timestamptz,
    -- The subject of the job, derived from its key: an invitation, a contact, an account. Null if the key names no row.
    subject_id uuid generated always as (
        substring(key from '^[a-z_-]+:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(:|$)')::uuid) stored,
    unique (kind, key),
    check ((state = 'WAITING') = (finished_at is null)),
    -- INV-15: the welcome for existing accounts has no password link.
    constraint jobs_welcome_without_link check (
        kind <> 'mail' or payload ->> 'link' is null
        or payload ->> 'template' <> 'CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE')
);
create index on jobs (kind, next_attempt_at) where finished_at is null;
create index on jobs (kind, finished_at) where finished_at is not null;
create index on jobs (company_id);
create index on jobs (subject_id, created_at);

insert into jobs (id, kind, key, company_id, payload, state, attempts, next_attempt_at, last_attempt_at, last_error, created_at,
    finished_at)
select id, 'mail', key, company_id,
    jsonb_build_object('key', key, 'company_id', company_id, 'template', template, 'to_address', to_address, 'to_name', to_name,
        'values', values, 'portal_host', portal_host,
        'link', case when link_id is not null then jsonb_build_object('id', link_id, 'nonce', link_nonce) end),
    case state when 'SENT' then 'DONE' else state end, attempts, next_attempt_at, last_attempt_at, last_error, created_at,
    case when state <> 'WAITING' then coalesce(sent_at, last_attempt_at, created_at) end
from deliveries;

-- With the role view that depends on it, which is recreated after the migrations.
drop table deliveries cascade;
