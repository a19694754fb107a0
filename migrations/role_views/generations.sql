-- How generations move. What each table's triggers note is registered in crates/portico-store/src/tables.rs: the migration calls
-- `generation.track` or `generation.leave` for each after this file.
--
-- Triggers only note what a statement has changed. When the transaction commits, the owners' rows in
-- `caching.generations` are locked in order, and only then is it decided whether outsiders are concerned. So these locks
-- are the last that a transaction takes and are held for an instant: writers of any kind, in any order, cannot deadlock
-- over them. And who edits a draft while somebody else publishes it is seen: the later of the two to commit finds the
-- other's work.

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

-- Settles all that a transaction has noted. What it locks first is what others are found by: two rounds, each in order,
-- so that the whole is one order.
create function generation.settle() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    mine constant xid8 := pg_current_xact_id();
begin
    insert into caching.generations (owner_id)
    select distinct owner_id from caching.moves
    where moved_by = mine and gate in ('IDENTITY', 'CONTACT', 'LOCK') order by owner_id
    on conflict (owner_id) do update set internal = gen_random_uuid();
    -- Whoever bears a name is shown in more places than their own.
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
    -- Whatever is read from here on has been committed by everybody who held one of these locks before. What is gone was
    -- noted by the statement that took it away, in the state in which it was.
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
    -- Whatever is changed after this, where constraints were checked early, hangs on a row of its own.
    delete from caching.writers where moved_by = mine;
    return null;
end $$;

create constraint trigger generation_settle after insert on caching.writers
deferrable initially deferred for each row execute function generation.settle();

-- Triggers run whoever fires them; nobody else calls these.
revoke all on all routines in schema generation from public;

-- Role views of another shape may show the same rows differently.
update caching.epoch set value = gen_random_uuid();
