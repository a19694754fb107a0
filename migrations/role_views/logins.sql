-- Logins, one per audience, and the empty schemas of their role views. Runs at every migration, in the same
-- transaction: role views always fit the tables.
--
-- A login can read its own role view only. pg_temp is last in every search path, and no login may create temporary
-- tables: a temporary table would hide a view of the same name.

do $$
declare
    login text;
begin
    foreach login in array array[
        'portico_public', 'portico_client', 'portico_trade', 'portico_staff', 'portico_support', 'portico_auth',
        'portico_writer', 'portico_accounts', 'portico_worker', 'portico_operator']
    loop
        if not exists (select from pg_roles where rolname = login) then
            execute format('create role %I login noinherit', login);
        end if;
        -- Limits statements to the longest allowed request, and terminates idle transactions.
        execute format('alter role %I set statement_timeout = ''8s''', login);
        -- Role views join sessions, memberships and rights: planning such a statement takes longer than running it, and
        -- the plan is always the same.
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
alter role portico_accounts set search_path = public, pg_temp;
alter role portico_worker set search_path = public, pg_temp;
alter role portico_operator set search_path = public, pg_temp;

revoke all on schema public from public;
-- What they may do there: writes.sql.
grant usage on schema public to portico_writer, portico_accounts, portico_worker, portico_operator;

drop schema if exists reminding, explained, previewed, access, visitor, client, trade, staff, support, auth cascade;
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

-- The session that scopes reads. `portico.session` is set for one transaction at a time; without it no rows are
-- visible. Sign-in checks the expiry time: role views do not use the current time.
create view access.session as
select s.identity_id, s.actor, s.staff_membership_id
from sessions s
join identities i on i.id = s.identity_id
where s.token_hash = nullif(current_setting('portico.session', true), '')
    and s.revoked_at is null
    and i.disabled_at is null;

-- Views of a client's portal by staff, as far as neither has lost access (docs/decisions/0048). Sign-in checks the expiry time.
create view access.client_views as
select v.token_hash, v.company_id, v.project_id, v.membership_id, m.identity_id, m.contact_id, s.identity_id as staff_identity_id,
    sm.role as staff_role, sm.permissions as staff_permissions, least(v.expires_at, s.expires_at) as expires_at
from client_views v
join sessions s on s.id = v.session_id and s.actor = 'STAFF'
join identities si on si.id = s.identity_id
join staff_memberships sm on sm.id = s.staff_membership_id and sm.company_id = v.company_id
join project_memberships m on m.id = v.membership_id and m.project_id = v.project_id and m.company_id = v.company_id
join identities i on i.id = m.identity_id
where v.ended_at is null
    and s.revoked_at is null
    and si.disabled_at is null
    and sm.removed_at is null
    and (sm.role = 'OWNER' or sm.permissions @> '{PROJECTS_READ,ACCESS_EXPLAIN}')
    and m.kind = 'CLIENT'
    and m.removed_at is null
    and m.access_level = 'PORTAL'
    and i.disabled_at is null;

-- The client or trade partner whose projects are read: by a session, by a calendar feed (docs/decisions/0046), or by staff who view
-- the client's portal. No bearer token has a nonce as its hash: sign-in looks among sessions, views and keys only.
create view access.member as
select s.identity_id, s.actor
from access.session s
union all
select m.identity_id, m.kind
from calendar_feeds f
join project_memberships m on m.id = f.membership_id
join identities i on i.id = m.identity_id
where f.nonce = nullif(current_setting('portico.session', true), '')
    and m.removed_at is null
    and i.disabled_at is null
union all
select v.identity_id, 'CLIENT'
from access.client_views v
where v.token_hash = nullif(current_setting('portico.session', true), '');

-- The only membership that a view reads, also of a view that has ended: for other tokens there is no row, and all of the client's
-- memberships are read.
create view access.viewed_membership as
select v.membership_id
from client_views v
where v.token_hash = nullif(current_setting('portico.session', true), '');

-- A user's own sessions, without tokens, of which only hashes are stored.
create view access.own_sessions as
select s.id, s.identity_id, s.actor, s.device, s.created_at, s.last_seen_at, s.expires_at,
    s.token_hash = nullif(current_setting('portico.session', true), '') as is_current
from sessions s
where s.identity_id = (select identity_id from access.session) and s.revoked_at is null;

-- A member's own calendar feeds. The nonce alone opens nothing: an address also needs the installation's secret. In a view of a
-- client's portal they count as what the client is sent of changes, which the client and the view share; the row check hides them.
create view access.own_calendar_feeds as
select f.id, f.company_id, f.project_id, f.membership_id, f.nonce, f.created_at
from (
    select identity_id, actor from access.session
    union all
    select identity_id, 'CLIENT' from access.client_views
    where token_hash = nullif(current_setting('portico.session', true), '')
) s
join project_memberships m on m.identity_id = s.identity_id and m.kind = s.actor and m.removed_at is null
    and case m.kind when 'CLIENT' then m.access_level = 'PORTAL' else m.web_access end
    and m.id = coalesce((select membership_id from access.viewed_membership), m.id)
join calendar_feeds f on f.membership_id = m.id;

-- A user's notification settings. Defaults are those of the company whose invitation the client accepted first, among
-- the companies that set them, and otherwise the platform's. Pending invitations do not count, since anyone can send
-- them.
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
-- Users with mail access only, or without a current membership, have no settings (ACC-17, RULE-8).
where s.actor not in ('CLIENT', 'TRADE') or exists (
    select from project_memberships m
    where m.identity_id = s.identity_id and m.kind = s.actor and m.removed_at is null
        and case m.kind when 'CLIENT' then m.access_level = 'PORTAL' else m.web_access end);

-- The public part of companies' portals: branding, host and sign-in methods (RULE-3). Without a portal host a company
-- has none: its clients sign in at the host of its region.
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

-- Names of projects' members, removed ones included.
create view access.project_member_names as
select m.id, m.company_id, m.project_id, m.identity_id, m.kind, m.removed_at, m.created_at,
    case when m.kind = 'CLIENT' and i.claimed_at is not null then i.name else x.name end as name
from project_memberships m
join identities i on i.id = m.identity_id
join contacts x on x.id = m.contact_id;
