-- Calendar feeds of clients and trade partners (docs/decisions/0046).

create table calendar_feeds (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    membership_id uuid not null unique,
    -- Random. The address follows from it and the installation's secret; role views are scoped by it as by a session.
    nonce text not null unique check (nonce ~ '^[0-9a-f]{64}$'),
    created_at timestamptz not null,
    foreign key (company_id, project_id) references projects (company_id, id) on delete cascade,
    foreign key (project_id, membership_id) references project_memberships (project_id, id) on delete cascade
);
create index on calendar_feeds (company_id, project_id);
create index on calendar_feeds (project_id, membership_id);

-- A feed ends with the access of its member, whichever statement ends that. With the owner's rights, since not every login that
-- changes memberships changes feeds.
create function end_calendar_feeds() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from calendar_feeds f
    using changed m
    where m.id = f.membership_id
        and (m.removed_at is not null or not case m.kind when 'CLIENT' then m.access_level = 'PORTAL' else m.web_access end);
    return null;
end $$;
create trigger calendar_feeds_end after update on project_memberships
referencing new table as changed for each statement execute function end_calendar_feeds();

revoke all on function end_calendar_feeds() from public;
