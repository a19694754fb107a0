-- Selections: the client's choice among options, against an allowance.

create table allowances (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    name text not null check (name <> ''),
    granted_minor bigint not null,
    material_only boolean not null default false,
    sort int not null,
    version int not null default 1,
    unique (project_id, id),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade
);

create table allowance_costs (
    allowance_id uuid primary key references allowances on delete cascade,
    company_id uuid not null,
    project_id uuid not null,
    cost_basis_minor bigint,
    buffer_percent numeric(9, 6)
);

create table selections (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    location_id uuid,
    allowance_id uuid,
    -- Assigned when it is shared, so that gaps do not reveal the number of drafts.
    number int check (number > 0),
    title text not null check (title <> ''),
    instructions text,
    status text not null check (status in ('DRAFT', 'SHARED', 'CHOSEN', 'APPROVED', 'LOCKED', 'ORDERED', 'DECLINED')),
    due_on date,
    chosen_option_id uuid,
    locked_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null default now(),
    unique (project_id, id),
    unique (project_id, number),
    check ((status = 'DRAFT') = (number is null)),
    check (status not in ('DRAFT', 'SHARED', 'DECLINED') or chosen_option_id is null),
    check (status in ('DRAFT', 'SHARED', 'DECLINED') or chosen_option_id is not null),
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (project_id, location_id) references locations (project_id, id),
    foreign key (project_id, allowance_id) references allowances (project_id, id)
);
create index on selections (project_id, due_on, id);
create index on selections (allowance_id);
create index on selections (location_id);

create table selection_internals (
    selection_id uuid primary key references selections on delete cascade,
    company_id uuid not null,
    project_id uuid not null,
    original_budget_minor bigint,
    revised_budget_minor bigint
);

-- For the trade partners who prepare or install it, and for staff.
create table selection_trade_infos (
    selection_id uuid primary key references selections on delete cascade,
    company_id uuid not null,
    project_id uuid not null,
    trade_info text not null
);

-- The trade partners of a selection; other trade partners do not see it.
create table selection_trades (
    selection_id uuid not null,
    project_membership_id uuid not null,
    company_id uuid not null,
    project_id uuid not null,
    primary key (selection_id, project_membership_id),
    foreign key (project_id, selection_id) references selections (project_id, id) on delete cascade,
    foreign key (project_id, project_membership_id) references project_memberships (project_id, id)
);
create index on selection_trades (project_membership_id);

create table selection_options (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    selection_id uuid not null,
    title text not null check (title <> ''),
    description text,
    -- The client's price; null until it is known (MR-6).
    price_minor bigint,
    is_standard boolean not null default false,
    lead_time_days int check (lead_time_days >= 0),
    sort int not null,
    version int not null default 1,
    unique (selection_id, id),
    foreign key (project_id, selection_id) references selections (project_id, id) on delete cascade
);
create unique index on selection_options (selection_id) where is_standard;

alter table selections
    add foreign key (id, chosen_option_id) references selection_options (selection_id, id) deferrable initially deferred;

create table selection_option_costs (
    option_id uuid primary key references selection_options on delete cascade,
    company_id uuid not null,
    project_id uuid not null,
    unit_cost_minor bigint not null,
    vendor text,
    vendor_sku text
);
