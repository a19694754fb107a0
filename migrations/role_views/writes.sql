-- Privileges of the logins that write, and the second access layer of changes: row level security.
--
-- An action of a company runs as portico_writer and can neither change nor read rows of another company, whatever ids it
-- names: its transaction sets portico.company. Without it, no row of a company is visible. Sessions and people belong to no company. A new table is closed to this login
-- unless it has a company_id or is named below.

revoke all on all tables in schema public from portico_writer, portico_accounts, portico_worker, portico_operator;

-- Policies. One that has not changed is left alone: creating it would lock its table.
do $$
declare
    wanted record;
    unwanted record;
    -- Expressions rather than functions: a plan then compares an index with a constant. After a transaction, the settings are
    -- empty texts.
    acting_company constant text := $e$nullif(current_setting('portico.company', true), '')::uuid$e$;
    acting_person constant text := $e$nullif(current_setting('portico.person', true), '')::uuid$e$;
begin
    create temporary table wanted_policies on commit drop as
    with tables as (
        select c.oid, c.relname::text as name, c.relrowsecurity, exists (
                select from pg_attribute a
                where a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped)
            -- There, the column has another meaning than the owner of the row.
            and c.relname not in ('sessions', 'activity') as has_company,
            exists (
                select from pg_attribute a
                where a.attrelid = c.oid and a.attname = 'project_id' and not a.attisdropped) as has_project
        from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
            and c.relname <> '__diesel_schema_migrations'
    ),
    special (table_name, policy, definition) as (values
        ('companies', 'company', format('to portico_writer using (id = %s)', acting_company)),
        -- The audit log. Forms are counted per network across companies (LEAD-1).
        ('activity', 'company_reads',
            format($e$for select to portico_writer using (company_id = %s or kind = 'LEAD_SUBMITTED')$e$, acting_company)),
        ('activity', 'company', format('for insert to portico_writer with check (company_id = %s)', acting_company)),
        -- Staff may invite people without an account, and lock the accounts of people whom they invite. No staff action changes
        -- an account, so no new value is allowed.
        ('identities', 'known', 'for select to portico_writer using (true)'),
        ('identities', 'unclaimed', 'for insert to portico_writer with check (claimed_at is null)'),
        ('identities', 'lockable', 'for update to portico_writer using (true) with check (false)'),
        -- A removed member of staff is signed out.
        ('sessions', 'known', 'for select to portico_writer using (true)'),
        ('sessions', 'company', format($e$for update to portico_writer using (exists (
            select from staff_memberships m where m.id = staff_membership_id and m.company_id = %s))$e$, acting_company)),
        -- The actor may be a support agent.
        ('support_agents', 'known', 'for select to portico_writer using (true)'),
        -- Idempotency keys belong to the acting person.
        ('idempotent_answers', 'person', format('to portico_writer using (actor_id = %s)', acting_person))
    )
    select t.oid as of_table, t.name, t.relrowsecurity as is_closed, t.has_company, p.policy, p.definition
    from tables t
    cross join lateral (
        -- Logins that privileges alone restrict.
        select 'unscoped' as policy,
            'to portico_accounts, portico_worker, portico_operator using (true) with check (true)' as definition
        union all
        -- A row of a project belongs to the company of its project: not every table has a foreign key for that.
        select 'company', format(
            'to portico_writer using (company_id = %1$s) with check (company_id = %1$s%2$s)', acting_company,
            case when t.has_project
                then ' and (project_id is null or exists (select from projects p where p.id = project_id))' else '' end)
        where t.has_company
        union all
        select s.policy, s.definition from special s where s.table_name = t.name
    ) p;

    for unwanted in
        select p.polname, p.polrelid from pg_policy p
        where not exists (
            select from wanted_policies w
            where w.of_table = p.polrelid and w.policy = p.polname and obj_description(p.oid, 'pg_policy') = md5(w.definition))
    loop
        execute format('drop policy %I on %s', unwanted.polname, unwanted.polrelid::regclass);
    end loop;
    for wanted in
        select w.* from wanted_policies w
        where not exists (select from pg_policy p where p.polrelid = w.of_table and p.polname = w.policy)
    loop
        execute format('create policy %I on %I %s', wanted.policy, wanted.name, wanted.definition);
        execute format('comment on policy %I on %I is %L', wanted.policy, wanted.name, md5(wanted.definition));
    end loop;
    for wanted in select distinct name from wanted_policies where not is_closed loop
        execute format('alter table %I enable row level security', wanted.name);
    end loop;
    for wanted in select distinct name from wanted_policies where has_company loop
        execute format('grant select, insert, update, delete on %I to portico_writer', wanted.name);
    end loop;
    drop table wanted_policies;
end $$;

-- Staff actions, as portico_writer, on tables without a company of their own. Companies are created by command only; the audit log
-- is append-only; a lock needs a column that may be updated.
grant select, update on companies to portico_writer;
grant select, insert on activity to portico_writer;
grant select, insert, update (id) on identities to portico_writer;
grant select, update (revoked_at) on sessions to portico_writer;
grant select on support_agents to portico_writer;
grant select, insert on idempotent_answers to portico_writer;

-- Decisions, holds of files and entries of allowances are never changed or deleted; evidence is deleted by retention.sql alone.
-- An allowance that nothing was approved against is deleted with its entries.
revoke update, delete on decisions, decision_heads, decision_evidence, file_holds, allowance_entries from portico_writer;

-- Whether another company has invited a person decides which mail they get (INV-15).
drop schema if exists writing cascade;
create schema writing;
create view writing.invited_people with (security_barrier) as
select m.identity_id, n.company_id, n.state, n.expires_at
from invitations n
join project_memberships m on m.id = n.membership_id;
grant usage on schema writing to portico_writer;
grant select on writing.invited_people to portico_writer;

-- People's own accounts, sign-in, links and support, as portico_accounts: across companies. It reads these tables, and updates only the
-- columns below.
grant select on
    identities, credentials, sessions, sign_in_links, sign_in_codes, notification_settings, onboardings, support_agents,
    account_openings, companies, company_brandings, company_portals, lead_forms, staff_memberships, staff_invitations, projects,
    project_memberships, project_client_settings, invitations, contacts, api_keys, api_key_uses, activity
    to portico_accounts;
-- To find the company of a thread in which a client or trade partner writes; the change itself runs as portico_writer.
grant select (id, company_id, project_id) on threads to portico_accounts;
grant select (id, company_id, project_id) on messages to portico_accounts;
-- As well for files and uploads.
grant select (id, company_id, project_id) on files to portico_accounts;
grant select (id, company_id, project_id) on staged_uploads to portico_accounts;
-- And for tasks whose progress trade partners report.
grant select (id, company_id, project_id) on tasks to portico_accounts;
-- To find the project to whose address a mail was sent.
grant select (company_id, project_id, mail_key) on project_portals to portico_accounts;
-- To end the view of the request.
grant select, update (ended_at) on client_views to portico_accounts;
grant insert on
    credentials, sessions, sign_in_links, sign_in_codes, notification_settings, onboardings, account_openings, api_key_uses,
    activity, jobs
    to portico_accounts;
-- What readers were sent by `changes(since:)`.
grant select, insert on sync_states, synced_records to portico_accounts;
grant update (position, changed_at) on sync_states to portico_accounts;
grant update (digest, created_position, position) on synced_records to portico_accounts;
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

-- The worker: the queue, what mails show, invitations that expire, and old rows that it deletes. Deletion locks rows, which needs
-- a column that may be updated.
grant select, insert, update (state, attempts, next_attempt_at, last_attempt_at, last_error, finished_at), delete on jobs to portico_worker;
grant select on companies, company_brandings, email_templates, invitations, project_memberships, projects to portico_worker;
grant select, update (id), delete on sessions, client_views, sign_in_links, sign_in_codes, account_openings to portico_worker;
grant select, update (key), delete on idempotent_answers to portico_worker;
-- Deadlines that have passed.
grant select, update (is_overdue, version) on selections to portico_worker;
grant select, update (is_price_expired, version) on selection_options to portico_worker;
-- Reminders; whom and of what, it reads in reminders.sql.
grant select, insert on selection_reminders to portico_worker;
grant select, update (received_at), delete on inbound_mails to portico_worker;
-- Objects that belong to nothing are deleted from the store, then here.
grant select, update (state, created_at, upload_id), delete on file_objects to portico_worker;
-- Images made of photos and what a photo says about itself, and the scanner's result with the state that follows from it.
grant select, update (renditions, taken_at, state) on files to portico_worker;
grant select on file_contents to portico_worker;
grant select, insert on file_renditions to portico_worker;
grant insert, update (rendition_id) on file_objects to portico_worker;
grant select, update (latitude, longitude, scan_result) on file_internals to portico_worker;
-- The mark of the store is compared when a gateway or worker starts; the first one writes it.
grant select, insert on file_stores to portico_accounts, portico_worker;

-- Commands of the operator, which no gateway or worker runs: companies with their first owner, support agents, API keys, and the
-- epoch of caches.
grant select on
    identities, sessions, companies, company_brandings, company_portals, staff_memberships, staff_invitations, sign_in_links,
    support_agents, api_keys, api_key_projects, projects, activity, jobs
    to portico_operator;
grant insert on
    identities, companies, company_brandings, company_portals, work_calendars, staff_memberships, staff_invitations, sign_in_links,
    support_agents, api_keys, api_key_projects, activity, jobs
    to portico_operator;
grant update (id) on identities to portico_operator;
grant update (revoked_at) on sessions to portico_operator;
grant update (portal_host, version) on companies to portico_operator;
grant update (host, since, ended_at) on support_agents to portico_operator;
grant usage on schema caching to portico_operator;
grant update (value) on caching.epoch to portico_operator;
