-- Companies, their people, and how these sign in. Every row of a company has company_id, so that companies' rows can be
-- separated (and one day moved).

create table companies (
    id uuid primary key,
    slug text not null unique check (slug ~ '^[a-z0-9-]{1,60}$'),
    name text not null check (name <> ''),
    region text not null check (region in ('US', 'CA', 'AU', 'NZ', 'EU', 'GB')),
    portal_host text not null unique check (portal_host = lower(portal_host)),
    public_phone text,
    created_at timestamptz not null default now()
);

create table company_brandings (
    company_id uuid primary key references companies,
    primary_color text not null check (primary_color ~ '^#[0-9a-f]{6}$'),
    accent_color text not null check (accent_color ~ '^#[0-9a-f]{6}$'),
    logo_url text,
    website_url text
);

-- One person across all companies, identified by one address: an identity belongs to no company (ACC-2, ACC-16).
create table identities (
    id uuid primary key,
    email text not null,
    email_canonical text not null unique,
    name text not null check (name <> ''),
    phone text check (phone ~ '^\+[1-9][0-9]{1,14}$'),
    locale text not null default 'en',
    time_zone text not null default 'UTC',
    claimed_at timestamptz,
    disabled_at timestamptz,
    created_at timestamptz not null default now()
);

create table contacts (
    id uuid primary key,
    company_id uuid not null references companies,
    identity_id uuid references identities,
    kind text not null check (kind in ('CLIENT', 'TRADE', 'MISC')),
    name text not null check (name <> ''),
    email text,
    phone text,
    created_at timestamptz not null default now(),
    unique (company_id, id)
);
create index on contacts (identity_id);

create table contact_internals (
    contact_id uuid primary key,
    company_id uuid not null,
    internal_notes text,
    lead_score int,
    foreign key (company_id, contact_id) references contacts (company_id, id) on delete cascade
);

create table staff_memberships (
    id uuid primary key,
    company_id uuid not null references companies,
    identity_id uuid not null references identities,
    role text not null check (role in ('OWNER', 'STAFF')),
    title text not null,
    permissions text[] not null default '{}' check (permissions <@ array[
        'PROJECTS_READ', 'PROJECTS_WRITE', 'SCHEDULE_EDIT', 'SCHEDULE_PUBLISH', 'SELECTIONS_MANAGE', 'COSTS_VIEW',
        'MARGINS_VIEW', 'INVOICES_MANAGE', 'INVOICES_RELEASE', 'PAYMENTS_RECORD', 'DOCUMENTS_MANAGE',
        'DOCUMENTS_SIGN', 'MESSAGES_CLIENT', 'MESSAGES_INTERNAL', 'LEADS_MANAGE', 'EMAIL_TEMPLATES_MANAGE',
        'ACCESS_EXPLAIN', 'CLIENTS_INVITE', 'REPORTS_KEYS', 'SETTINGS_MANAGE']),
    removed_at timestamptz,
    created_at timestamptz not null default now(),
    unique (company_id, id)
);
create unique index on staff_memberships (company_id, identity_id) where removed_at is null;
create index on staff_memberships (identity_id);

-- Readable by owners only.
create table staff_internals (
    staff_membership_id uuid primary key,
    company_id uuid not null,
    pay_rate_minor bigint,
    private_phone text,
    foreign key (company_id, staff_membership_id) references staff_memberships (company_id, id) on delete cascade
);

-- A session has one actor for its lifetime. Only the token's hash is stored.
create table sessions (
    id uuid primary key,
    token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
    identity_id uuid not null references identities,
    actor text not null check (actor in ('CLIENT', 'TRADE', 'STAFF')),
    staff_membership_id uuid references staff_memberships,
    device text,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    check ((actor = 'STAFF') = (staff_membership_id is not null))
);
create index on sessions (identity_id);
create index on sessions (staff_membership_id);

-- A key never has more rights than its creator currently has: the role views intersect the two.
create table api_keys (
    id uuid primary key,
    token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
    company_id uuid not null references companies,
    name text not null check (name <> ''),
    created_by uuid not null,
    permissions text[] not null,
    all_projects boolean not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    unique (company_id, id),
    foreign key (company_id, created_by) references staff_memberships (company_id, id)
);
create index on api_keys (company_id, created_by);
