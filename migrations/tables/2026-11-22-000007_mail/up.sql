-- Mail: what is to be sent, and what companies write in it.

-- The queue of mails. An action writes a delivery in its own transaction; a worker sends it and says what came of it.
create table deliveries (
    id uuid primary key,
    -- What the mail is about: nothing is sent twice for one key.
    key text not null unique check (key <> ''),
    -- The company in whose name it is sent; none for a mail that is about an account alone.
    company_id uuid references companies,
    template text not null check (template in ('SIGN_IN_LINK', 'CUSTOMER_INVITATION',
        'CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE', 'PROJECT_SHARED_AGAIN', 'EMAIL_CONFIRMATION', 'PASSWORD_CHANGED',
        'CONTACT_REVIEW')),
    to_address text not null check (to_address <> ''),
    to_name text,
    -- What the mail says, as plain data. Never a token: whoever reads this table must not be able to sign in as anybody.
    values jsonb not null check (jsonb_typeof(values) = 'object'),
    -- The link that it holds. Its token is made from these two and the installation's secret, when it is sent.
    link_id uuid,
    link_nonce uuid,
    portal_host text,
    state text not null default 'WAITING' check (state in ('WAITING', 'SENT', 'REFUSED', 'PARKED')),
    attempts int not null default 0 check (attempts >= 0),
    -- While a worker is sending it, this is when another one may take it to be lost.
    next_attempt_at timestamptz not null,
    last_error text,
    created_at timestamptz not null,
    sent_at timestamptz,
    check ((link_id is null) = (link_nonce is null)),
    -- INV-15: the welcome of another office holds no link to a password, and the other templates are useless without one.
    check ((link_id is not null) = (template in ('SIGN_IN_LINK', 'CUSTOMER_INVITATION', 'EMAIL_CONFIRMATION'))),
    check (link_id is null or portal_host is not null),
    check ((state = 'SENT') = (sent_at is not null))
);
create index on deliveries (next_attempt_at) where state = 'WAITING';
create index on deliveries (company_id);

-- What companies write instead of the standard text. Only a body: titles are not theirs to change (INV-17).
create table email_templates (
    company_id uuid not null references companies,
    -- INV-14: the first invitation is locked.
    key text not null check (key in ('CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE')),
    body text not null check (body <> ''),
    version int not null default 1,
    updated_at timestamptz not null,
    primary key (company_id, key)
);
