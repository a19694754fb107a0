-- Changes of generations. Each table has an entry here with the owners of its rows, or with the reason why no cache
-- depends on it.
--
-- Triggers only record what a statement has changed. At commit, the owners' rows in `caching.generations` are locked in
-- order, and only then is it determined whether outsiders can see the change. So these locks are the last of a
-- transaction and held briefly: writers of any kind, in any order, cannot deadlock over them. A transaction that edits
-- a draft while another publishes it is handled too: the later to commit sees the other's changes.

drop schema if exists generation cascade;
create schema generation;

delete from caching.tracked;

create procedure generation.track(tracked_table text, moves text) language plpgsql as $track$
declare
    event record;
begin
    insert into caching.tracked (table_name, moves) values (tracked_table, moves);
    for event in
        select * from (values
            ('insert', 'referencing new table as new_rows', 'select * from new_rows'),
            ('update', 'referencing old table as old_rows new table as new_rows',
                'select * from old_rows union all select * from new_rows'),
            ('delete', 'referencing old table as old_rows', 'select * from old_rows')
        ) as events (name, transition, changed)
    loop
        execute format(
            $function$
            create function generation.%1$I() returns trigger
            language plpgsql security definer set search_path = public, pg_temp as $body$
            begin
                insert into caching.moves (owner_id, gate, gate_id)
                with changed as (%2$s)
                select distinct owner_id, gate, coalesce(gate_id, owner_id)
                from (%3$s) as moves (owner_id, gate, gate_id)
                where owner_id is not null
                on conflict do nothing;
                insert into caching.writers default values on conflict do nothing;
                return null;
            end $body$
            $function$,
            tracked_table || '_' || event.name, event.changed, moves);
        execute format(
            'create trigger generation_%1$s after %1$s on public.%2$I %3$s for each statement execute function '
            'generation.%4$I()',
            event.name, tracked_table, event.transition, tracked_table || '_' || event.name);
    end loop;
end $track$;

create procedure generation.leave(untracked_table text, reason text) language sql as $$
    insert into caching.tracked (table_name, reason) values (untracked_table, reason);
$$;

-- Processes all recorded changes of a transaction. Locks identities and contacts first, which determine further owners,
-- and then all other owners: each round is sorted, so that there is one order overall.
create function generation.settle() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    mine constant xid8 := pg_current_xact_id();
begin
    insert into caching.generations (owner_id)
    select distinct owner_id from caching.moves
    where moved_by = mine and gate in ('IDENTITY', 'CONTACT', 'LOCK') order by owner_id
    on conflict (owner_id) do update set internal = gen_random_uuid();
    -- A person's name is shown by other owners as well.
    insert into caching.moves (owner_id, gate, gate_id)
    select s.company_id, 'SHARED', s.company_id
    from caching.moves m join staff_memberships s on s.identity_id = m.owner_id
    where m.moved_by = mine and m.gate = 'IDENTITY'
    union
    select p.project_id, 'SHARED', p.project_id
    from caching.moves m join project_memberships p on p.contact_id = m.owner_id
    where m.moved_by = mine and m.gate = 'CONTACT'
    on conflict do nothing;
    insert into caching.generations (owner_id)
    select distinct owner_id from caching.moves
    where moved_by = mine and gate not in ('IDENTITY', 'CONTACT', 'LOCK') order by owner_id
    on conflict (owner_id) do update set internal = gen_random_uuid();
    -- Rows read from here on include the commits of all previous holders of these locks. Deleted rows were recorded by
    -- the deleting statement, in their state at that time.
    update caching.generations set shared = gen_random_uuid()
    where owner_id in (
        select owner_id from caching.moves m
        where m.moved_by = mine and case m.gate
            when 'SHARED' then true
            when 'VERSION' then exists (
                select from schedule_versions v where v.id = m.gate_id and v.state = 'PUBLISHED')
            when 'SELECTION' then exists (
                select from selections s where s.id = m.gate_id and s.status <> 'DRAFT')
            else false end);
    delete from caching.moves where moved_by = mine;
    -- Changes after this, if constraints were checked early, are recorded under a new row.
    delete from caching.writers where moved_by = mine;
    return null;
end $$;

create constraint trigger generation_settle after insert on caching.writers
deferrable initially deferred for each row execute function generation.settle();

-- Companies and people.
call generation.track('companies', $$select id, 'SHARED', null::uuid from changed$$);
call generation.track('company_brandings', $$select company_id, 'SHARED', null::uuid from changed$$);
call generation.track('company_portals', $$select company_id, 'SHARED', null::uuid from changed$$);
call generation.track('help_articles', $$
    select company_id, case when state = 'PUBLISHED' then 'SHARED' else 'INTERNAL' end, null::uuid from changed$$);
-- Staff are named wherever they work, and a trade partner's contact in the projects of which they are a member; leads
-- and other contacts affect no cache. Adding a membership and changing the name are serialized.
call generation.track('identities', $$select id, 'IDENTITY', null::uuid from changed$$);
call generation.track('contacts', $$select id, 'CONTACT', null::uuid from changed$$);
call generation.leave('contact_internals', 'whoever may see them reads them each time');
call generation.track('staff_memberships', $$
    select company_id, 'SHARED', null::uuid from changed
    union all
    select identity_id, 'LOCK', null from changed$$);
-- Accepting shows the account's own name, also in project teams.
call generation.track('staff_invitations', $$select company_id, 'SHARED', null::uuid from changed$$);
call generation.track('staff_internals', $$select company_id, 'INTERNAL', null::uuid from changed$$);
call generation.leave('sessions', 'every sign-in reads them');
-- The staff role view depends on the permissions of API keys: rows read between two of their states must not be cached
-- for callers with the earlier rights.
call generation.track('api_keys', $$select company_id, 'INTERNAL', null::uuid from changed$$);
call generation.leave('api_key_uses', 'to be used changes nothing that a key sees');
call generation.leave('api_key_projects', 'every sign-in reads them');
call generation.leave('activity', 'it is read each time, and only ever grows');
call generation.leave('idempotent_answers', 'no window shows them');
call generation.leave('credentials', 'no window shows them');
call generation.leave('sign_in_links', 'no window shows them');
call generation.leave('onboardings', 'they are read each time, by their owner alone');
call generation.leave('notification_settings', 'they are read each time, by their owner alone');
call generation.leave('support_agents', 'every sign-in reads them');
call generation.leave('account_openings', 'support reads them each time');

-- Projects and portals.
call generation.track('projects', $$select id, 'SHARED', null::uuid from changed$$);
call generation.track('project_internals', $$select project_id, 'INTERNAL', null::uuid from changed$$);
call generation.track('project_portals', $$select project_id, 'SHARED', null::uuid from changed$$);
call generation.track('locations', $$select project_id, 'SHARED', null::uuid from changed$$);
call generation.track('project_memberships', $$
    select project_id, 'SHARED', null::uuid from changed
    union all
    select contact_id, 'LOCK', null from changed$$);
call generation.track('project_client_settings', $$select project_id, 'INTERNAL', null::uuid from changed$$);
call generation.track('invitations', $$select project_id, 'INTERNAL', null::uuid from changed$$);
call generation.track('team_members', $$
    select project_id, case when is_shown then 'SHARED' else 'INTERNAL' end, null::uuid from changed$$);

-- Schedules. Publishing a version, or superseding it, affects outsiders; a change of its parts does if it is published.
call generation.track('schedule_versions', $$
    select project_id, case when state = 'PUBLISHED' then 'SHARED' else 'INTERNAL' end, null::uuid from changed$$);
call generation.track('schedule_version_internals', $$select project_id, 'INTERNAL', null::uuid from changed$$);
call generation.track('milestones', $$select project_id, 'VERSION', version_id from changed$$);
call generation.track('milestone_internals', $$select project_id, 'INTERNAL', null::uuid from changed$$);
call generation.track('tasks', $$select project_id, 'VERSION', version_id from changed$$);
call generation.track('task_internals', $$select project_id, 'INTERNAL', null::uuid from changed$$);
call generation.track('task_briefs', $$
    select c.project_id, case when t.id is null then 'INTERNAL' else 'VERSION' end, t.version_id
    from changed c left join tasks t on t.id = c.task_id$$);
call generation.track('task_assignees', $$
    select c.project_id, case when t.id is null then 'INTERNAL' else 'VERSION' end, t.version_id
    from changed c left join tasks t on t.id = c.task_id$$);
call generation.track('task_dependencies', $$select project_id, 'INTERNAL', null::uuid from changed$$);

-- Selections. A change of their parts affects outsiders unless the selection is a draft.
call generation.track('allowances', $$select project_id, 'SHARED', null::uuid from changed$$);
call generation.track('allowance_costs', $$select project_id, 'INTERNAL', null::uuid from changed$$);
call generation.track('selections', $$
    select project_id, case when status = 'DRAFT' then 'INTERNAL' else 'SHARED' end, null::uuid from changed$$);
call generation.track('selection_internals', $$select project_id, 'INTERNAL', null::uuid from changed$$);
call generation.track('selection_trade_infos', $$select project_id, 'SELECTION', selection_id from changed$$);
call generation.track('selection_trades', $$select project_id, 'SELECTION', selection_id from changed$$);
call generation.track('selection_options', $$select project_id, 'SELECTION', selection_id from changed$$);
call generation.track('selection_option_costs', $$select project_id, 'INTERNAL', null::uuid from changed$$);

call generation.track('internal_notes', $$select project_id, 'INTERNAL', null::uuid from changed$$);

-- Leads.
call generation.leave('leads', 'whoever works on them reads them each time');
call generation.leave('lead_forms', 'whoever works on leads reads them each time');

-- Jobs and mail.
call generation.leave('jobs', 'the delivery status of mails is read each time');
call generation.leave('email_templates', 'whoever edits them reads them each time');

-- Triggers run with any caller's rights; the routines are not called otherwise.
revoke all on all routines in schema generation from public;

-- A new definition of role views may show the same rows differently, so the cache epoch changes.
update caching.epoch set value = gen_random_uuid();
