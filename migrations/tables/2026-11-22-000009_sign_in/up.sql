-- Passwords and links. No role view shows these tables.

create table credentials (
    identity_id uuid primary key references identities,
    password_hash text not null check (password_hash like '$argon2id$%'),
    changed_at timestamptz not null default now()
);

-- A mailed link. Its token is not stored: it is computed from the id, the nonce and the installation's secret.
create table sign_in_links (
    id uuid primary key,
    identity_id uuid not null references identities,
    nonce uuid not null,
    purpose text not null check (purpose in ('SIGN_IN', 'INVITATION', 'EMAIL_CONFIRMATION')),
    invitation_id uuid,
    -- The address that the link confirms.
    email text,
    email_canonical text,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz,
    -- Replaced by a later link, or withdrawn.
    voided_at timestamptz,
    check ((purpose = 'INVITATION') = (invitation_id is not null)),
    check ((purpose = 'EMAIL_CONFIRMATION') = (email is not null)),
    check ((email is null) = (email_canonical is null))
);
create index on sign_in_links (identity_id);
create index on sign_in_links (invitation_id);

-- Notification settings of a person (ACC-17).
create table notification_settings (
    identity_id uuid primary key references identities,
    instant_alerts boolean not null default true,
    summary_frequency text not null default 'DAILY' check (summary_frequency in ('NEVER', 'DAILY', 'WEEKLY'))
);

-- Last use of a key, to the hour. Separate from the key, because every change of the key invalidates staff's cached
-- rows.
create table api_key_uses (
    key_id uuid primary key references api_keys on delete cascade,
    company_id uuid not null references companies,
    last_used_at timestamptz not null
);
create index on api_key_uses (company_id);
