create table deliveries (
    id uuid primary key,
    key text not null unique check (key <> ''),
    company_id uuid references companies,
    template text not null,
    to_address text not null check (to_address <> ''),
    to_name text,
    values jsonb not null check (jsonb_typeof(values) = 'object'),
    link_id uuid,
    link_nonce uuid,
    portal_host text,
    state text not null default 'WAITING',
    attempts int not null default 0 check (attempts >= 0),
    next_attempt_at timestamptz not null,
    last_error text,
    created_at timestamptz not null,
    sent_at timestamptz,
    constraint deliveries_check check ((link_id is null) = (link_nonce is null)),
    constraint deliveries_check2 check (link_id is null or portal_host is not null),
    constraint deliveries_check3 check ((state = 'SENT') = (sent_at is not null)),
    constraint deliveries_template_check check (template ~ '^[A-Z][A-Z_]*$'),
    constraint deliveries_welcome_without_link
        check (link_id is null or template <> 'CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE'),
    constraint deliveries_state_check check (state in ('WAITING', 'SENT', 'REFUSED', 'PARKED', 'WITHDRAWN')),
    subject_id uuid generated always as (
        substring(key from '^[a-z_-]+:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(:|$)')::uuid) stored,
    last_attempt_at timestamptz
);
create index on deliveries (next_attempt_at) where state = 'WAITING';
create index on deliveries (company_id);
create index on deliveries (subject_id, created_at);

insert into deliveries (id, key, company_id, template, to_address, to_name, values, link_id, link_nonce, portal_host, state,
    attempts, next_attempt_at, last_error, created_at, sent_at, last_attempt_at)
select id, key, company_id, payload ->> 'template', payload ->> 'to_address', payload ->> 'to_name', payload -> 'values',
    (payload -> 'link' ->> 'id')::uuid, (payload -> 'link' ->> 'nonce')::uuid, payload ->> 'portal_host',
    case state when 'DONE' then 'SENT' else state end, attempts, next_attempt_at, last_error, created_at,
    case state when 'DONE' then finished_at end, last_attempt_at
from jobs where kind = 'mail';

drop table jobs;
