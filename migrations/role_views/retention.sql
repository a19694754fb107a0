-- Deletion of rows that the worker can neither read nor change: of the audit log, of evidence, and of what readers were sent. These
-- functions run with the owner's rights, on fixed kinds of rows above a minimum age: no login can delete recent evidence, or traces
-- of what has just happened. Their conditions are
-- those of the partial indexes.

drop schema if exists retention cascade;
create schema retention;

-- Refused sign-ins, and other entries of callers without an account. An accepted lead form names its lead, and is kept. Forms are counted over a day.
create function retention.delete_attempts(before timestamptz, at_most bigint) returns bigint
language sql security definer set search_path = public, pg_temp as $$
    with deleted as (
        delete from activity where id = any (array(
            select id from activity
            where (kind = 'SIGN_IN_REFUSED' or actor_kind = 'PUBLIC' and kind in ('LINK_REQUESTED', 'LEAD_SUBMITTED'))
                and subject_kind is distinct from 'LEAD' and at < least(before, now() - interval '1 day')
            order by at limit at_most for update skip locked))
        returning 1)
    select count(*) from deleted
$$;

-- Origins of sign-ins. The entries are kept.
create function retention.clear_origins(before timestamptz, at_most bigint) returns bigint
language sql security definer set search_path = public, pg_temp as $$
    with cleared as (
        update activity set network = null, device = null where id = any (array(
            select id from activity
            where kind in ('SIGNED_IN', 'SIGNED_OUT', 'SESSION_REVOKED') and (network is not null or device is not null)
                and at < least(before, now() - interval '30 days')
            order by at limit at_most for update skip locked))
        returning 1)
    select count(*) from cleared
$$;

-- Evidence of decisions. The chain keeps its salted hash.
create function retention.delete_evidence(before timestamptz, at_most bigint) returns bigint
language sql security definer set search_path = public, pg_temp as $$
    with deleted as (
        delete from decision_evidence where decision_id = any (array(
            select decision_id from decision_evidence
            where decided_at < least(before, now() - interval '365 days')
            order by decided_at limit at_most for update skip locked))
        returning 1)
    select count(*) from deleted
$$;

-- What readers were sent of projects' records. Their positions are kept, so that none is used twice.
create function retention.delete_synced_records(before timestamptz, at_most bigint) returns bigint
language sql security definer set search_path = public, pg_temp as $$
    with old as materialized (
        select reader_id, project_id from sync_states
        where deleted_position < position and changed_at < least(before, now() - interval '1 day')
        order by changed_at limit at_most for update skip locked
    ), deleted as (
        delete from synced_records r using old o where r.reader_id = o.reader_id and r.project_id = o.project_id
    ), settled as (
        update sync_states s set deleted_position = s.position from old o
        where s.reader_id = o.reader_id and s.project_id = o.project_id
        returning 1)
    select count(*) from settled
$$;

revoke all on all routines in schema retention from public;
grant usage on schema retention to portico_worker;
grant execute on all routines in schema retention to portico_worker;
