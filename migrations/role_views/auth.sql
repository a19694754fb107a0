-- Sign-in: one row per token, with its actor, memberships, rights and generations, read by one statement. The views
-- of bearers have the same columns.

-- Clients and trade partners: the majority of callers, with a view of their own that is read in half the time.
create view auth.outsiders with (security_barrier) as
select
    s.token_hash,
    s.actor as role,
    i.id as subject_id,
    i.name,
    i.email,
    i.phone,
    i.locale,
    i.time_zone,
    null::uuid as company_id,
    '{}'::text[] as permissions,
    null::uuid[] as listed_projects,
    coalesce(m.membership_ids, '{}') as membership_ids,
    coalesce(m.project_ids, '{}') as project_ids,
    coalesce(m.company_ids, '{}') as company_ids,
    coalesce(m.can_see_status, '{}') as can_see_status,
    coalesce(m.can_pay, '{}') as can_pay,
    coalesce(m.can_approve, '{}') as can_approve,
    coalesce(m.is_primary, '{}') as is_primary,
    -- Projects with a pending invitation (INV-27).
    coalesce(m.invited_projects, '{}') as invited_projects,
    coalesce(m.project_generations, '{}') as project_generations,
    coalesce(m.company_generations, '{}') as company_generations,
    null::uuid as staff_generation,
    (select e.value from caching.epoch e) as epoch,
    s.expires_at,
    -- Whether the use of the session is due to be recorded. Nothing that is read here is cached, so the view may use
    -- the current time.
    s.last_seen_at < now() - interval '1 hour' as is_long_ago,
    null::uuid as viewed_by,
    null::text as viewed_by_role
from sessions s
join identities i on i.id = s.identity_id
left join lateral (
    select array_agg(pm.id) as membership_ids,
        array_agg(pm.project_id) as project_ids,
        array_agg(pm.company_id) as company_ids,
        array_agg(pm.can_see_status) as can_see_status,
        array_agg(pm.can_pay) as can_pay,
        array_agg(pm.can_approve) as can_approve,
        array_agg(pm.is_primary) as is_primary,
        array_agg(pm.project_id) filter (where n.id is not null) as invited_projects,
        -- A missing generation gets a random value, under which nothing can be cached.
        array_agg(coalesce(gp.shared, gen_random_uuid())) as project_generations,
        array_agg(coalesce(gc.shared, gen_random_uuid())) as company_generations
    from project_memberships pm
    left join invitations n on n.membership_id = pm.id and n.ended_at is null and n.state = 'INVITED'
    left join caching.generations gp on gp.owner_id = pm.project_id
    left join caching.generations gc on gc.owner_id = pm.company_id
    where pm.identity_id = s.identity_id
        and pm.kind = s.actor
        and pm.removed_at is null
        and case pm.kind when 'CLIENT' then pm.access_level = 'PORTAL' else pm.web_access end
) m on true
where s.actor in ('CLIENT', 'TRADE') and s.revoked_at is null and i.disabled_at is null;

create view auth.bearers with (security_barrier) as
select * from auth.outsiders
union all
select
    s.token_hash,
    sm.role,
    i.id,
    i.name,
    i.email,
    i.phone,
    i.locale,
    i.time_zone,
    sm.company_id,
    sm.permissions,
    null,
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    (select g.internal from caching.generations g where g.owner_id = sm.company_id),
    (select e.value from caching.epoch e),
    s.expires_at,
    s.last_seen_at < now() - interval '1 hour',
    null,
    null
from sessions s
join identities i on i.id = s.identity_id
join staff_memberships sm on sm.id = s.staff_membership_id and sm.removed_at is null
where s.actor = 'STAFF' and s.revoked_at is null and i.disabled_at is null
union all
select
    s.token_hash,
    s.actor,
    i.id,
    i.name,
    i.email,
    i.phone,
    i.locale,
    i.time_zone,
    null,
    '{}',
    null,
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    null,
    (select e.value from caching.epoch e),
    s.expires_at,
    s.last_seen_at < now() - interval '1 hour',
    null,
    null
from sessions s
join identities i on i.id = s.identity_id
join support_agents sa on sa.identity_id = s.identity_id and sa.ended_at is null
where s.actor = 'SUPPORT' and s.revoked_at is null and i.disabled_at is null
union all
select
    k.token_hash,
    'REPORTING',
    k.id,
    k.name,
    null,
    null,
    i.locale,
    i.time_zone,
    k.company_id,
    -- Never more than the key's creator has now.
    case when sm.role = 'OWNER' then k.permissions
        else array(select unnest(k.permissions) intersect select unnest(sm.permissions)) end,
    case when k.all_projects then null
        else array(select kp.project_id from api_key_projects kp where kp.key_id = k.id order by kp.project_id) end,
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    '{}',
    (select g.internal from caching.generations g where g.owner_id = k.company_id),
    (select e.value from caching.epoch e),
    k.expires_at,
    coalesce(u.last_used_at < now() - interval '1 hour', true),
    null,
    null
from api_keys k
left join api_key_uses u on u.key_id = k.id
join staff_memberships sm on sm.id = k.created_by and sm.removed_at is null
join identities i on i.id = sm.identity_id and i.disabled_at is null
where k.revoked_at is null
union all
-- Staff who view the portal of a client: that one membership, and of the client's account what they read elsewhere, the name and the
-- address of their contact. No invitation is accepted, and no use is recorded.
select
    v.token_hash,
    'CLIENT',
    i.id,
    case when i.claimed_at is null then x.name else i.name end,
    case when (v.staff_role = 'OWNER' or 'CLIENTS_INVITE' = any (v.staff_permissions))
        and lower(x.email) = lower(i.email) then i.email end,
    null,
    si.locale,
    si.time_zone,
    null,
    '{}',
    null,
    array[m.id],
    array[m.project_id],
    array[m.company_id],
    array[m.can_see_status],
    array[m.can_pay],
    array[m.can_approve],
    array[m.is_primary],
    '{}',
    array[coalesce(gp.shared, gen_random_uuid())],
    array[coalesce(gc.shared, gen_random_uuid())],
    null,
    (select e.value from caching.epoch e),
    v.expires_at,
    false,
    v.staff_identity_id,
    v.staff_role
from access.client_views v
join project_memberships m on m.id = v.membership_id
join identities i on i.id = v.identity_id
join contacts x on x.id = v.contact_id
join identities si on si.id = v.staff_identity_id
left join caching.generations gp on gp.owner_id = v.project_id
left join caching.generations gc on gc.owner_id = v.company_id;

-- Calendar feeds whose member still has access, with that one membership. An address is compared with the nonce by the gateway.
create view auth.calendar_feeds with (security_barrier) as
select f.id, f.nonce, m.kind as role, i.id as identity_id, i.name, i.locale, i.time_zone, m.company_id, m.project_id,
    m.id as membership_id
from calendar_feeds f
join project_memberships m on m.id = f.membership_id
join identities i on i.id = m.identity_id
where m.removed_at is null
    and case m.kind when 'CLIENT' then m.access_level = 'PORTAL' else m.web_access end
    and i.disabled_at is null;

-- Migrations of tables and files of role views that this database has. A gateway compares them with its own when it starts.
create view auth.applied_migrations with (security_barrier) as
select version::text as name, null::text as digest from public.__diesel_schema_migrations
union all
select name, digest from migration.role_view_files;
