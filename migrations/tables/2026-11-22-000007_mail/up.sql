-- Mail: the queue, and companies' texts.

-- The mail queue. An action writes a delivery in its own transaction; a worker sends it and records the result.
create table deliveries (
    id uuid primary key,
    -- Deduplication key, which names the subject of the mail.
    key text not null unique check (key <> ''),
    -- The sending company; null for a mail about an account only.
    company_id uuid references companies,
    template text not null check (template in ('SIGN_IN_LINK', 'CUSTOMER_INVITATION',
        'CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE', 'PROJECT_SHARED_AGAIN', 'EMAIL_CONFIRMATION', 'PASSWORD_CHANGED',
        'CONTACT_REVIEW')),
    to_address text not null check (to_address <> ''),
    to_name text,
    -- The values of the template. Never a token: the table alone must not give access to an account.
    values jsonb not null check (jsonb_typeof(values) = 'object'),
    -- The link in the mail. Its token is computed from these two and the installation's secret when the mail is sent.
    link_id uuid,
    link_nonce uuid,
    portal_host text,
    state text not null default 'WAITING' check (state in ('WAITING', 'SENT', 'REFUSED', 'PARKED')),
    attempts int not null default 0 check (attempts >= 0),
    -- While a worker sends it, the end of its lease.
    next_attempt_at timestamptz not null,
    last_error text,
    created_at timestamptz not null,
    sent_at timestamptz,
    check ((link_id is null) = (link_nonce is null)),
    -- INV-15: the welcome for existing accounts has no password link; the other templates require a link.
    check ((link_id is not null) = (template in ('SIGN_IN_LINK', 'CUSTOMER_INVITATION', 'EMAIL_CONFIRMATION'))),
    check (link_id is null or portal_host is not null),
    check ((state = 'SENT') = (sent_at is not null))
);
create index on deliveries (next_attempt_at) where state = 'WAITING';
create index on deliveries (company_id);

-- Texts that replace the standard text. Only a body: titles cannot be changed (INV-17).
create table email_templates (
    company_id uuid not null references companies,
    -- INV-14: the first invitation is locked.
    key text not null check (key in ('CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE')),
    body text not null check (body <> ''),
    version int not null default 1,
    updated_at timestamptz not null,
    primary key (company_id, key)
);
