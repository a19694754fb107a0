-- How generations move. What each table's triggers note is registered in crates/portico-store/src/tables.rs: the migration calls
-- `generation.track` or `generation.leave` for each that has changed. A change of this file replaces all triggers.
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
                insert into caching.moves (owner_id, gate, gate_id, task_id)
                with changed as (%2$s)
                select distinct owner_id, gate, coalesce(gate_id, owner_id), coalesce(task_id, owner_id)
                from (%3$s) as moves (owner_id, gate, gate_id, task_id)
                where owner_id is not null
                on conflict do nothing;
                insert into caching.writers default values on conflict do nothing;
                return null;
            end $body$
            $function$,
            tracked_table || '_' || event.name, event.changed, moves);
        execute format('revoke all on function generation.%I() from public', tracked_table || '_' || event.name);
        execute format(
            'create trigger generation_%1$s after %1$s on public.%2$I %3$s for each statement execute function '
            'generation.%4$I()',
            event.name, tracked_table, event.transition, tracked_table || '_' || event.name);
    end loop;
end $track$;

create procedure generation.leave(untracked_table text, reason text) language sql as $$
    insert into caching.tracked (table_name, reason) values (untracked_table, reason);
$$;

-- Drops the triggers of a table, if it has any.
create procedure generation.forget(forgotten_table text) language plpgsql as $$
declare
    event text;
begin
    foreach event in array array['insert', 'update', 'delete'] loop
        execute format('drop function if exists generation.%I() cascade', forgotten_table || '_' || event);
    end loop;
    delete from caching.tracked where table_name = forgotten_table;
end $$;

-- Writes the roll-ups of milestones that the transaction has noted, where they differ: a hidden task changes what
-- outsiders see only if it changes a roll-up. All tasks count, also those that clients may not view (MIL-5).
--
-- Milestones are locked in order before their tasks are read: of two transactions that change tasks of one milestone,
-- the later to commit reads the other's.
create function generation.roll_up_milestones() returns void
language plpgsql set search_path = public, pg_temp as $$
declare
    noted constant uuid[] := array(
        select gate_id from caching.moves where moved_by = pg_current_xact_id() and gate = 'MILESTONE');
begin
    if noted = '{}' then
        return;
    end if;
    perform from milestones where id = any (noted) order by id for no key update;
    update milestones m
    set status = r.status, percent_complete = r.percent_complete, anticipated_finish_on = r.finish_on
    from (
        select s.id,
            case when min(t.percent_complete) = 100 then 'COMPLETED'
                when max(t.percent_complete) > 0 then 'STARTED'
                else 'NOT_STARTED' end as status,
            -- Weighted by working days; tasks without any count as one day. Rounded down, so that 100 means completed.
            coalesce(div(
                sum(t.percent_complete * greatest(t.work_days, 1)::bigint),
                sum(greatest(t.work_days, 1)::bigint)), 0)::int as percent_complete,
            max(t.finish_on) as finish_on
        from milestones s
        left join tasks t on t.milestone_id = s.id
        where s.id = any (noted)
        group by s.id
    ) r
    where m.id = r.id
        and (m.status, m.percent_complete, m.anticipated_finish_on)
            is distinct from (r.status, r.percent_complete, r.finish_on);
end $$;

-- Processes all recorded changes of a transaction. Rolls up milestones first, whose own changes are recorded as well. Then
-- locks identities and contacts, which determine further owners, and then all other owners: each round is sorted, so that
-- there is one order overall.
create function generation.settle() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    mine constant xid8 := pg_current_xact_id();
begin
    perform generation.roll_up_milestones();
    insert into caching.generations (owner_id)
    select distinct owner_id from caching.moves
    where moved_by = mine and gate in ('IDENTITY', 'CONTACT', 'LOCK') order by owner_id
    on conflict (owner_id) do update set internal = gen_random_uuid();
    -- A person's name is shown by other owners as well.
    insert into caching.moves (owner_id, gate, gate_id, task_id)
    select s.company_id, 'SHARED', s.company_id, s.company_id
    from caching.moves m join staff_memberships s on s.identity_id = m.owner_id
    where m.moved_by = mine and m.gate = 'IDENTITY'
    union
    select p.project_id, 'SHARED', p.project_id, p.project_id
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
            -- A task that clients may not view, or its notes: trade partners assigned to it can see them.
            when 'TASK' then exists (
                    select from task_assignees x where x.task_id = m.gate_id and x.project_membership_id is not null)
                or exists (
                    select from caching.moves a
                    where a.moved_by = mine and a.gate = 'ASSIGNED' and a.gate_id = m.gate_id)
            when 'SELECTION' then exists (
                select from selections s where s.id = m.gate_id and s.status <> 'DRAFT')
            when 'FILE' then exists (
                select from files f
                where f.id = m.gate_id and f.state = 'AVAILABLE' and (f.shared_with_clients or f.shared_with_trades))
            -- A file on a record, here the "task": those on tasks, and hidden ones, are no attachments for clients.
            when 'ATTACHMENT' then exists (
                select from files f
                where f.id = m.gate_id and f.state = 'AVAILABLE' and (f.shared_with_clients or f.shared_with_trades))
                and (exists (select from selections s where s.id = m.task_id and s.status <> 'DRAFT')
                    or exists (
                        select from selection_options o join selections s on s.id = o.selection_id
                        where o.id = m.task_id and s.status <> 'DRAFT')
                    or exists (select from messages x where x.id = m.task_id and x.audience <> 'INTERNAL'))
            when 'TRADE_ATTACHMENT' then exists (
                select from files f where f.id = m.gate_id and f.state = 'AVAILABLE' and f.shared_with_trades)
                and (exists (select from selections s where s.id = m.task_id and s.status <> 'DRAFT')
                    or exists (
                        select from selection_options o join selections s on s.id = o.selection_id
                        where o.id = m.task_id and s.status <> 'DRAFT')
                    or exists (select from messages x where x.id = m.task_id and x.audience = 'TRADE')
                    or exists (
                        select from tasks t
                        join task_assignees x on x.task_id = t.id and x.project_membership_id is not null
                        where t.id = m.task_id))
            else false end);
    delete from caching.moves where moved_by = mine;
    -- Changes after this, if constraints were checked early, are recorded under a new row.
    delete from caching.writers where moved_by = mine;
    return null;
end $$;

create constraint trigger generation_settle after insert on caching.writers
deferrable initially deferred for each row execute function generation.settle();

-- Triggers run whoever fires them; nobody else calls these.
revoke all on all routines in schema generation from public;
