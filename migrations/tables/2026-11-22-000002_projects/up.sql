-- Projects, their portals, locations and people.

create table projects (
    id uuid primary key,
    company_id uuid not null references companies,
    number text not null check (number <> ''),
    name text not null check (name <> ''),
    address_line text not null,
    city text not null,
    region text not null,
    postal_code text not null,
    country text not null check (country ~ '^[A-Z]{2}$'),
    status text not null check (status in ('PROSPECT', 'ACTIVE', 'WARRANTY', 'COMPLETED', 'ARCHIVED')),
    stage text not null check (stage in ('DESIGN', 'PRECONSTRUCTION', 'CONSTRUCTION', 'CLOSEOUT', 'HANDOVER')),
    time_zone text not null,
    currency text not null check (currency in ('USD', 'CAD', 'AUD', 'NZD', 'EUR', 'GBP', 'CHF', 'JPY')),
    contract_total_minor bigint not null default 0,
    started_on date,
    version int not null default 1,
    created_at timestamptz not null default now(),
    unique (company_id, id),
    unique (company_id, number)
);
create index on projects (company_id, lower(name), id);

create table project_internals (
    project_id uuid primary key,
    company_id uuid not null,
    budget_minor bigint,
    target_margin numeric(9, 6),
    internal_status text,
    risk_notes text,
    lead_source text,
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade
);

create table project_portals (
    project_id uuid primary key,
    company_id uuid not null,
    features text[] not null check (
        'DASHBOARD' = any (features) and features <@ array[
            'DASHBOARD', 'SELECTIONS', 'DOCUMENTS', 'BILLING', 'MESSAGES', 'DAILY_LOGS', 'SCHEDULE', 'TEAM', 'HELP']),
    schedule_share text not null default 'NONE' check (schedule_share in ('NONE', 'CALENDAR', 'GANTT')),
    guide_url text,
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade
);

create table api_key_projects (
    key_id uuid not null,
    company_id uuid not null,
    project_id uuid not null,
    primary key (key_id, project_id),
    foreign key (company_id, key_id) references api_keys (company_id, id) on delete cascade,
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade
);
create index on api_key_projects (company_id, project_id);

create table locations (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    name text not null check (name <> ''),
    sort int not null,
    unique (project_id, id),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade
);

-- A client's or trade partner's membership of a project. Removal keeps the row, and with it the history (INV-24).
create table project_memberships (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    contact_id uuid not null,
    identity_id uuid not null references identities,
    kind text not null check (kind in ('CLIENT', 'TRADE')),
    relationship text check (relationship in ('PRIMARY_OWNER', 'PARTNER', 'REPRESENTATIVE')),
    is_primary boolean not null default false,
    can_see_status boolean not null default true,
    can_pay boolean not null default true,
    access_level text not null default 'NONE' check (access_level in ('NONE', 'EMAIL_ONLY', 'PORTAL')),
    web_access boolean not null default false,
    removed_at timestamptz,
    created_at timestamptz not null default now(),
    unique (project_id, id),
    check ((kind = 'CLIENT') = (relationship is not null)),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (company_id, contact_id) references contacts (company_id, id)
);
create unique index on project_memberships (project_id, identity_id, kind) where removed_at is null;
create index on project_memberships (identity_id, kind);
create index on project_memberships (company_id, contact_id);
create unique index on project_memberships (project_id) where is_primary and removed_at is null;

create table team_members (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    staff_membership_id uuid not null,
    title text not null,
    work_phone text,
    photo_url text,
    is_shown boolean not null default true,
    sort int not null,
    unique (project_id, staff_membership_id),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (company_id, staff_membership_id) references staff_memberships (company_id, id)
);
create index on team_members (company_id, staff_membership_id);
