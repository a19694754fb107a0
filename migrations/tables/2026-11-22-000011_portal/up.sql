-- Portal settings of companies: defaults of new projects, sign-in methods, help.

create table company_portals (
    company_id uuid primary key references companies,
    -- Defaults of a new project.
    default_features text[] not null default array[
        'DASHBOARD', 'SELECTIONS', 'DOCUMENTS', 'BILLING', 'MESSAGES', 'DAILY_LOGS', 'SCHEDULE', 'TEAM', 'HELP']
        check ('DASHBOARD' = any (default_features) and default_features <@ array[
            'DASHBOARD', 'SELECTIONS', 'DOCUMENTS', 'BILLING', 'MESSAGES', 'DAILY_LOGS', 'SCHEDULE', 'TEAM', 'HELP']),
    default_schedule_share text not null default 'NONE' check (default_schedule_share in ('NONE', 'CALENDAR', 'GANTT')),
    -- For projects without a separate guide (INV-20).
    guide_url text,
    onboarding_video_url text,
    offers_password boolean not null default true,
    offers_link boolean not null default true,
    -- RULE-3: at least one method to sign in.
    check (offers_password or offers_link)
);
insert into company_portals (company_id) select id from companies;

create table help_articles (
    id uuid primary key,
    company_id uuid not null references companies,
    title text not null check (title <> ''),
    body text not null check (body <> ''),
    sort int not null,
    state text not null default 'DRAFT' check (state in ('DRAFT', 'PUBLISHED')),
    version int not null default 1,
    published_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check ((state = 'PUBLISHED') = (published_at is not null))
);
create index on help_articles (company_id, sort, id);

-- Who has dismissed the overview video (PRT-15).
create table onboardings (
    identity_id uuid primary key references identities,
    dismissed_at timestamptz not null
);
