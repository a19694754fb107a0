-- Privileges of the logins that write, and the second access layer of changes: row level security.
--
-- An action of a company runs as portico_writer and can neither change nor read rows of another company, whatever ids it
-- names: its transaction sets portico.company. Without it, no row of a company is visible. A new table is closed to this login
-- unless it has a company_id or is named below.

-- Each table, with its policies: one for portico_writer, and one for logins that privileges alone restrict.
do $$
declare
    of record;
    -- As an expression rather than a function: a plan then compares an index with a constant. After a transaction, the
    -- setting is an empty text.
    company constant text := $e$nullif(current_setting('portico.company', true), '')::uuid$e$;
begin
    for of in
        select c.oid, c.relname as name, exists (
                select from pg_attribute a
                where a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped)
            -- There, the column has another meaning than the owner of the row.
            and c.relname not in ('sessions', 'activity') as has_company
        from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
            and c.relname <> '__diesel_schema_migrations'
    loop
        execute format('alter table %I enable row level security', of.name);
        execute format('drop policy if exists unscoped on %I', of.name);
        execute format(
            'create policy unscoped on %I to portico_accounts, portico_worker, portico_operator using (true) with check (true)',
            of.name);
        execute format('drop policy if exists company on %I', of.name);
        if of.has_company then
            execute format(
                'create policy company on %1$I to portico_writer using (company_id = %2$s) with check (company_id = %2$s)',
                of.name, company);
            execute format('grant select, insert, update, delete on %I to portico_writer', of.name);
        end if;
    end loop;
end $$;

-- Staff actions, as portico_writer, on tables without a company of their own.

-- Companies are created by command only.
grant select, update on companies to portico_writer;
create policy company on companies to portico_writer
    using (id = nullif(current_setting('portico.company', true), '')::uuid);

-- The audit log is append-only. Forms are counted per network across companies (LEAD-1).
grant select, insert on activity to portico_writer;
drop policy if exists company_reads on activity;
create policy company_reads on activity for select to portico_writer
    using (company_id = nullif(current_setting('portico.company', true), '')::uuid or kind = 'LEAD_SUBMITTED');
create policy company on activity for insert to portico_writer
    with check (company_id = nullif(current_setting('portico.company', true), '')::uuid);

-- Staff may invite people without an account, and lock the accounts of people whom they invite. No staff action changes an
-- account, so the only column that may be updated, which locks need, is the id, and the policy allows no new value.
grant select, insert, update (id) on identities to portico_writer;
drop policy if exists known on identities;
drop policy if exists unclaimed on identities;
drop policy if exists lockable on identities;
create policy known on identities for select to portico_writer using (true);
create policy unclaimed on identities for insert to portico_writer with check (claimed_at is null);
create policy lockable on identities for update to portico_writer using (true) with check (false);

-- A removed member of staff is signed out.
grant select, update (revoked_at) on sessions to portico_writer;
drop policy if exists known on sessions;
create policy known on sessions for select to portico_writer using (true);
create policy company on sessions for update to portico_writer
    using (exists (
        select from staff_memberships m
        where m.id = staff_membership_id and m.company_id = nullif(current_setting('portico.company', true), '')::uuid));

-- Who acts may be a support agent.
grant select on support_agents to portico_writer;
drop policy if exists known on support_agents;
create policy known on support_agents for select to portico_writer using (true);

-- Idempotency keys belong to the acting person.
grant select, insert on idempotent_answers to portico_writer;
drop policy if exists person on idempotent_answers;
create policy person on idempotent_answers to portico_writer
    using (actor_id = nullif(current_setting('portico.person', true), '')::uuid);

-- Whether another company has invited a person decides which mail they get (INV-15).
create view writing.invited_people with (security_barrier) as
select m.identity_id, n.company_id, n.state, n.expires_at
from invitations n
join project_memberships m on m.id = n.membership_id;
grant usage on schema writing to portico_writer;
grant select on writing.invited_people to portico_writer;

-- People's own accounts, sign-in, links and support, as portico_accounts: across companies, but only in the columns below.
grant select on
    identities, credentials, sessions, sign_in_links, sign_in_codes, notification_settings, onboardings, support_agents,
    account_openings, companies, company_brandings, company_portals, lead_forms, staff_memberships, staff_invitations, projects,
    project_memberships, project_client_settings, invitations, contacts, api_keys, api_key_uses, activity
    to portico_accounts;
grant insert on
    credentials, sessions, sign_in_links, sign_in_codes, notification_settings, onboardings, account_openings, api_key_uses,
    activity, jobs
    to portico_accounts;
-- To find a mail that is queued already.
grant select (kind, key) on jobs to portico_accounts;
grant update (name, phone, locale, time_zone, email, email_canonical, claimed_at) on identities to portico_accounts;
grant update (password_hash, changed_at), delete on credentials to portico_accounts;
grant update (last_seen_at, expires_at, revoked_at) on sessions to portico_accounts;
grant update (used_at, voided_at) on sign_in_links to portico_accounts;
grant update (wrong_attempts, used_at, voided_at), delete on sign_in_codes to portico_accounts;
grant update (instant_alerts, summary_frequency) on notification_settings to portico_accounts;
grant update (last_used_at) on api_key_uses to portico_accounts;
-- Signing in accepts invitations and expires others; projects are locked meanwhile, which needs a column that may be updated.
grant update (state, accepted_at) on invitations to portico_accounts, portico_worker;
grant update (access_level, web_access) on project_memberships to portico_accounts, portico_worker;
grant update (id) on projects to portico_accounts, portico_worker;
grant update (accepted_at) on staff_invitations to portico_accounts;
-- The portal host of a company from which the installation's configuration has taken it (ORG-5).
grant update (portal_host, version) on companies to portico_accounts;

-- The worker: the queue, what mails show, and invitations that expire.
grant select, delete, update (state, attempts, next_attempt_at, last_attempt_at, last_error, finished_at) on jobs to portico_worker;
grant select on companies, company_brandings, email_templates, invitations, project_memberships, projects to portico_worker;
grant select (identity_id, actor, last_seen_at) on sessions to portico_worker;
grant select, delete on idempotent_answers to portico_worker;

-- Commands of the operator, which no gateway or worker runs: companies with their first owner, support agents, API keys, and the
-- epoch of caches.
grant select on
    identities, sessions, companies, company_brandings, company_portals, staff_memberships, staff_invitations, sign_in_links,
    support_agents, api_keys, api_key_projects, projects, activity, jobs
    to portico_operator;
grant insert on
    identities, companies, company_brandings, company_portals, staff_memberships, staff_invitations, sign_in_links, support_agents,
    api_keys, api_key_projects, activity, jobs
    to portico_operator;
grant update (id) on identities to portico_operator;
grant update (revoked_at) on sessions to portico_operator;
grant update (portal_host, version) on companies to portico_operator;
grant update (host, since, ended_at) on support_agents to portico_operator;
grant usage on schema caching to portico_operator;
grant update (value) on caching.epoch to portico_operator;
