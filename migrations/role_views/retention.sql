-- Deletion of rows that the worker can neither read nor change: of the audit log, of evidence, of files, and of what readers were sent. These
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

-- Expired uploads. Their reservations end; their objects then belong to nothing, and are deleted with their bytes.
create function retention.delete_uploads(before timestamptz, at_most bigint) returns bigint
language sql security definer set search_path = public, pg_temp as $$
    with old as materialized (
        select id, project_id, size, file_id is null as is_reserved from staged_uploads
        where expires_at < least(before, now() - interval '1 hour')
        order by expires_at limit at_most for update skip locked
    ), deleted as (
        delete from staged_uploads u using old o where u.id = o.id returning u.id
    ), freed as (
        update project_storage s set reserved_bytes = s.reserved_bytes - f.bytes
        from (select project_id, sum(size)::bigint as bytes from old where is_reserved group by project_id) f
        where s.project_id = f.project_id
    )
    select count(*) from deleted
$$;

-- Deleted files, with their contents and renditions. Evidence of decisions is none of them, whatever its state.
create function retention.delete_files(before timestamptz, at_most bigint) returns bigint
language sql security definer set search_path = public, pg_temp as $$
    with old as materialized (
        select id, project_id from files
        where deleted_at < least(before, now() - interval '1 day') and not is_evidence
        order by deleted_at limit at_most for update skip locked
    ), bytes as materialized (
        select o.project_id, count(distinct o.id)::int as files, coalesce(sum(c.size), 0)::bigint as bytes
        from old o left join file_contents c on c.file_id = o.id
        group by o.project_id
    ), deleted as (
        delete from files f using old o where f.id = o.id returning f.id
    ), freed as (
        update project_storage s set used_bytes = s.used_bytes - b.bytes, file_count = s.file_count - b.files
        from bytes b where s.project_id = b.project_id
    )
    select count(*) from deleted
$$;

revoke all on all routines in schema retention from public;
grant usage on schema retention to portico_worker;
grant execute on all routines in schema retention to portico_worker;
