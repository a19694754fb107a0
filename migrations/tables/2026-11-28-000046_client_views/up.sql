-- Views of a client's portal by staff (docs/decisions/0048): tokens that read what one membership reads, and change nothing.

create table client_views (
    id uuid primary key,
    token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
    company_id uuid not null,
    project_id uuid not null,
    -- The client's.
    membership_id uuid not null,
    -- The staff member's session, with which the view ends.
    session_id uuid not null references sessions on delete cascade,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null default now() + interval '15 minutes' check (expires_at > created_at),
    ended_at timestamptz,
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (project_id, membership_id) references project_memberships (project_id, id) on delete cascade
);
create index on client_views (company_id, project_id);
create index on client_views (project_id, membership_id);
create index on client_views (session_id);
create index on client_views (least(expires_at, ended_at));
