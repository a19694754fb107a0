-- Leads: people who asked for information, on a company's own site or at its desk.

-- The form that a company puts on its site (LEAD-2). Its key stands in that site's pages: it says which form is meant, and
-- opens nothing but the way in.
create table lead_forms (
    company_id uuid primary key references companies,
    key text not null unique check (key ~ '^[a-z0-9-]{8,80}$'),
    is_open boolean not null default true,
    -- The web origins whose pages may send the form, such as https://www.example.com.
    allowed_origins text[] not null default '{}',
    created_at timestamptz not null default now()
);

-- A lead is somebody's asking; who asked stands on the company's card of them. It stays when they become a client (LEAD-4).
create table leads (
    id uuid primary key,
    company_id uuid not null references companies,
    contact_id uuid not null,
    state text not null check (state in ('NEW', 'CONTACTED', 'QUALIFIED', 'CONVERTED', 'LOST', 'SPAM')),
    source text not null check (source in ('WEB', 'STAFF')),
    message text,
    interest text,
    -- What it was converted into, if into more than a client.
    project_id uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    version int not null default 1,
    unique (company_id, id),
    foreign key (company_id, contact_id) references contacts (company_id, id),
    foreign key (company_id, project_id) references projects (company_id, id)
);
create index on leads (company_id, contact_id);
create index on leads (company_id, project_id);
create index on leads (company_id, created_at, id);

-- How often somebody tries is counted in what was done: forms by network, known addresses by the member of staff.
create index activity_of_forms on activity (at) where kind = 'LEAD_SUBMITTED';
create index activity_of_known_clients on activity (actor_id, at) where kind = 'CLIENT_KNOWN_ELSEWHERE';

-- A card is found by its address within its company, and lists of cards are in the order of names.
create index on contacts (company_id, lower(email));
create index on contacts (company_id, lower(name), id);
