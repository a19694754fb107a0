-- The logins, one for each audience, and the empty schemas that their role views fill. Run at every migrate, in the same
-- transaction as the migrations: the role views always fit the tables.
--
-- A login reaches its own role view and nothing else. pg_temp stands last in every path, and no login may make temporary
-- tables: a temporary table would shadow a role view of the same name.

do $$
declare
    login text;
begin
    foreach login in array array[
        'portico_public', 'portico_client', 'portico_trade', 'portico_staff', 'portico_support', 'portico_auth',
        'portico_writer']
    loop
        if not exists (select from pg_roles where rolname = login) then
            execute format('create role %I login noinherit', login);
        end if;
        -- A statement that runs longer than a request may is cut off, and a transaction that nobody ends is ended.
        execute format('alter role %I set statement_timeout = ''8s''', login);
        -- Role views join sessions, memberships and rights: to plan such a statement takes longer than to run it, and always
        -- comes to the same plan.
        execute format('alter role %I set plan_cache_mode = ''force_generic_plan''', login);
        execute format('alter role %I set idle_in_transaction_session_timeout = ''10s''', login);
    end loop;
end $$;

alter role portico_public set search_path = visitor, pg_temp;
alter role portico_client set search_path = client, pg_temp;
alter role portico_trade set search_path = trade, pg_temp;
alter role portico_staff set search_path = staff, pg_temp;
alter role portico_support set search_path = support, pg_temp;
alter role portico_auth set search_path = auth, pg_temp;
alter role portico_writer set search_path = public, pg_temp;

revoke all on schema public from public;
grant usage on schema public to portico_writer;
grant select, insert, update, delete on all tables in schema public to portico_writer;
-- Which migrations have run is the owner's to say.
revoke all on __diesel_schema_migrations from portico_writer;
-- What was done stays written.
revoke update, delete on activity from portico_writer;

drop schema if exists explained, previewed, access, visitor, client, trade, staff, support, auth cascade;
create schema access;
create schema explained;
create schema previewed;
create schema visitor;
create schema client;
create schema trade;
create schema staff;
create schema support;
create schema auth;
grant usage on schema visitor to portico_public;
grant usage on schema client to portico_client;
grant usage on schema trade to portico_trade;
grant usage on schema staff to portico_staff;
grant usage on schema support to portico_support;
grant usage on schema auth to portico_auth;

-- The session that a read is scoped by. `portico.session` is set for one transaction at a time; without it nothing is
-- anybody's. Expiry is sign-in's to check: role views do not ask the time.
create view access.session as
select s.identity_id, s.actor, s.staff_membership_id
from sessions s
join identities i on i.id = s.identity_id
where s.token_hash = nullif(current_setting('portico.session', true), '')
    and s.revoked_at is null
    and i.disabled_at is null;

-- What somebody may know of their own sessions, and of nobody else's: never the tokens, of which only hashes are kept.
create view access.own_sessions as
select s.id, s.identity_id, s.actor, s.device, s.created_at, s.last_seen_at, s.expires_at,
    s.token_hash = nullif(current_setting('portico.session', true), '') as is_current
from sessions s
where s.identity_id = (select identity_id from access.session) and s.revoked_at is null;

-- How somebody wishes to be told of news. Where a client has not said so, it is as the company settled to which they came first,
-- of those that did, and else as it is for everybody. Who has only been invited has not come: nobody chooses who invites them.
create view access.own_notification_settings as
select s.identity_id,
    coalesce(
        n.instant_alerts,
        (select c.instant_alerts
            from project_memberships m join project_client_settings c on c.membership_id = m.id
            where m.identity_id = s.identity_id and m.removed_at is null and m.access_level = 'PORTAL'
                and exists (select from invitations n where n.membership_id = m.id and n.state = 'ACCEPTED')
                and c.instant_alerts is not null
            order by m.created_at, m.id limit 1),
        true) as instant_alerts,
    coalesce(
        n.summary_frequency,
        (select c.summary_frequency
            from project_memberships m join project_client_settings c on c.membership_id = m.id
            where m.identity_id = s.identity_id and m.removed_at is null and m.access_level = 'PORTAL'
                and exists (select from invitations n where n.membership_id = m.id and n.state = 'ACCEPTED')
                and c.summary_frequency is not null
            order by m.created_at, m.id limit 1),
        'DAILY') as summary_frequency
from access.session s
left join notification_settings n on n.identity_id = s.identity_id
-- Whoever gets mail alone, or has no place any more, has nothing to say here (ACC-17, RULE-8).
where s.actor not in ('CLIENT', 'TRADE') or exists (
    select from project_memberships m
    where m.identity_id = s.identity_id and m.kind = s.actor and m.removed_at is null
        and case m.kind when 'CLIENT' then m.access_level = 'PORTAL' else m.web_access end);

-- How companies present themselves, at which host, and how one signs in there (RULE-3). All of it stands on a portal's front
-- door, for anybody to see.
-- Without a host of its own a company has no front door: its people sign in at the host of its region.
create view access.portal_entrances as
select c.portal_host as host, c.id as company_id, coalesce(p.offers_password, true) as offers_password,
    coalesce(p.offers_link, true) as offers_link, f.key as lead_form_key, f.is_open as is_lead_form_open
from companies c
left join company_portals p on p.company_id = c.id
left join lead_forms f on f.company_id = c.id
where c.portal_host is not null;

create view access.company_brandings as
select c.id as company_id, c.name as company_name, c.public_phone, b.primary_color, b.accent_color, b.logo_url,
    b.website_url
from companies c
join company_brandings b on b.company_id = c.id;
