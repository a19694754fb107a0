-- Support: people of the platform who may correct accounts, after verifying the person (ACC-13).

create table support_agents (
    identity_id uuid primary key references identities,
    -- The platform's host for their links, never a company's.
    host text not null check (host <> '' and host = lower(host)),
    since timestamptz not null default now(),
    ended_at timestamptz
);

-- An account opened by an agent, with reason and expiry. Agents see no other accounts.
create table account_openings (
    id uuid primary key,
    agent_id uuid not null references support_agents,
    identity_id uuid not null references identities,
    reason text not null check (reason <> ''),
    opened_at timestamptz not null,
    expires_at timestamptz not null
);
create index on account_openings (agent_id, identity_id, expires_at);
create index on account_openings (identity_id);

alter table sessions drop constraint sessions_actor_check;
alter table sessions add constraint sessions_actor_check check (actor in ('CLIENT', 'TRADE', 'STAFF', 'SUPPORT'));

-- The company whose host a link was sent to; null for the platform's. It gives no access to staff memberships of other
-- companies.
alter table sign_in_links add column company_id uuid references companies;
create index on sign_in_links (company_id);
update sign_in_links l set company_id = i.company_id from invitations i where i.id = l.invitation_id;
-- The hosts of earlier links are unknown, so these links are voided.
update sign_in_links set voided_at = now() where purpose = 'SIGN_IN' and used_at is null and voided_at is null;

-- The company whose portal host opened the session; null after a password, or a link to the platform's host.
alter table sessions add column company_id uuid references companies;
create index on sessions (company_id);

-- Finds an account by its earlier addresses, so that support can return it to its owner.
create index on activity ((details ->> 'formerAddress')) where details ? 'formerAddress';

alter table deliveries drop constraint deliveries_template_check;
alter table deliveries add constraint deliveries_template_check check (template in (
    'SIGN_IN_LINK', 'CUSTOMER_INVITATION', 'CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE', 'PROJECT_SHARED_AGAIN',
    'EMAIL_CONFIRMATION', 'PASSWORD_CHANGED', 'EMAIL_CHANGED', 'ACCOUNT_CORRECTED', 'CONTACT_REVIEW'));
