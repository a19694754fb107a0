-- Leads: requests for information, by form or entered by staff.

-- The lead form of a company's site (LEAD-2). Its key is public, in the pages of that site: it identifies the form and
-- gives no access.
create table lead_forms (
    company_id uuid primary key references companies,
    key text not null unique check (key ~ '^[a-z0-9-]{8,80}$'),
    is_open boolean not null default true,
    -- The web origins whose pages may send the form, such as https://www.example.com.
    allowed_origins text[] not null default '{}',
    created_at timestamptz not null default now()
);

-- A request for information; the person is the company's contact. It is kept after conversion to a client (LEAD-4).
create table leads (
    id uuid primary key,
    company_id uuid not null references companies,
    contact_id uuid not null,
    state text not null check (state in ('NEW', 'CONTACTED', 'QUALIFIED', 'CONVERTED', 'LOST', 'SPAM')),
    source text not null check (source in ('WEB', 'STAFF')),
    message text,
    interest text,
    -- The project it was converted to, if any.
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

-- Attempts are counted in the audit log: forms by network, known addresses by staff member.
create index activity_of_forms on activity (at) where kind = 'LEAD_SUBMITTED';
create index activity_of_known_clients on activity (actor_id, at) where kind = 'CLIENT_KNOWN_ELSEWHERE';

-- Contacts are looked up by address within a company, and listed by name.
create index on contacts (company_id, lower(email));
create index on contacts (company_id, lower(name), id);
