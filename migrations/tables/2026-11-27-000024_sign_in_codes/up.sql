-- Requests of sign-in links, for the six-digit code of the mail. No role view shows this table.
--
-- A request for an address without an account has a row as well, without a link, so that its attempts are counted and answered alike.
-- The code is not stored: it is computed from the link's id, its nonce and the installation's secret.
create table sign_in_codes (
    id uuid primary key,
    -- Hash of the request id, without which the code does not work.
    request_hash text not null unique,
    -- Keyed hash of the address, by which attempts are limited across requests.
    address_hash text not null,
    link_id uuid references sign_in_links,
    wrong_attempts int not null default 0 check (wrong_attempts between 0 and 5),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    -- Withdrawn with the account's links, after a change of its password or address.
    voided_at timestamptz,
    check (used_at is null or link_id is not null)
);
create index on sign_in_codes (link_id);
create index on sign_in_codes (expires_at);
