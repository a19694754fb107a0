-- Role view of trade partners: the projects in which they have web access, and the work assigned to them. Columns for a
-- client's price, an allowance or the contract total are null.

-- Memberships of all trade partners, which the next view scopes by session. Also the basis of explanations
-- (explain.sql).
create view access.all_trade_memberships as
select m.id as membership_id, m.identity_id, m.project_id, m.company_id,
    m.removed_at is null as is_member,
    m.web_access as has_web_access
from project_memberships m
where m.kind = 'TRADE';

create view access.trade_memberships as
select * from access.all_trade_memberships
where identity_id = (select identity_id from access.member where actor = 'TRADE');

create view trade.portal_entrances with (security_barrier) as
select * from access.portal_entrances;

create view trade.sessions with (security_barrier) as
select * from access.own_sessions;

create view trade.calendar_feeds with (security_barrier) as
select * from access.own_calendar_feeds;

create view trade.notification_settings with (security_barrier) as
select * from access.own_notification_settings;

create view access.trade_projects as
select p.*, a.is_member, a.has_web_access
from access.trade_memberships a
join projects p on p.id = a.project_id;

create view trade.projects with (security_barrier) as
select id, company_id, number, name, address_line, city, region, postal_code, country, status, stage, time_zone,
    currency, null::bigint as contract_total_minor, started_on, shared_version as version, search_text
from access.trade_projects
where is_member and has_web_access;

create view access.trade_locations as
select l.*, a.is_member, a.has_web_access
from access.trade_memberships a
join locations l on l.project_id = a.project_id;

create view trade.locations with (security_barrier) as
select id, company_id, project_id, name, sort
from access.trade_locations
where is_member and has_web_access;

create view access.trade_team_members as
select t.id, t.company_id, t.project_id,
    coalesce(t.name, case when n.accepted_at is null then n.name end, i.name) as name, t.title, t.work_phone, t.photo_url,
    t.is_shown, t.sort, a.is_member, a.has_web_access
from access.trade_memberships a
join team_members t on t.project_id = a.project_id
left join staff_memberships m on m.id = t.staff_membership_id
left join identities i on i.id = m.identity_id
left join staff_invitations n on n.membership_id = m.id;

create view trade.team_members with (security_barrier) as
select id, company_id, project_id, null::uuid as staff_membership_id, name, title, work_phone, photo_url, is_shown, sort
from access.trade_team_members
where is_member and has_web_access and is_shown;

create view access.trade_schedule_versions as
select v.*, a.is_member, a.has_web_access,
    v.state = 'PUBLISHED' as is_published
from access.trade_memberships a
join schedule_versions v on v.project_id = a.project_id;

create view trade.schedule_versions with (security_barrier) as
select id, company_id, project_id, state, number, published_at, null::timestamptz as created_at, null::date as start_on,
    null::int as version, null::text as schedule_share
from access.trade_schedule_versions
where is_member and has_web_access and is_published;

create view access.trade_tasks as
select t.*, a.is_member, a.has_web_access,
    exists (
        select from task_assignees x where x.task_id = t.id and x.project_membership_id = a.membership_id
    ) as is_assigned,
    -- What decides whether trade partners report the progress of their tasks (SCH-8).
    coalesce(cp.trades_report_progress, false) and p.status <> 'ARCHIVED' as accepts_progress
from access.trade_memberships a
join tasks t on t.project_id = a.project_id
left join projects p on p.id = t.project_id
left join company_portals cp on cp.company_id = t.company_id;

create view trade.tasks with (security_barrier) as
select id, company_id, project_id, milestone_id, name, start_on, finish_on, work_days, percent_complete,
    null::boolean as client_viewable, sort, version, accepts_progress
from access.trade_tasks
where is_member and has_web_access and is_assigned;

create view trade.task_briefs with (security_barrier) as
select b.task_id, b.company_id, b.project_id, b.public_notes
from access.trade_tasks t
join task_briefs b on b.task_id = t.id and b.project_id = t.project_id
where t.is_member and t.has_web_access and t.is_assigned;

create view trade.task_assignees with (security_barrier) as
select x.id, x.company_id, x.project_id, x.task_id,
    null::uuid as project_membership_id, null::uuid as staff_membership_id,
    case when x.staff_membership_id is null then 'TRADE' else 'TEAM' end as kind,
    coalesce(case when n.accepted_at is null then n.name end, i.name, c.name) as name
from access.trade_tasks t
join task_assignees x on x.task_id = t.id and x.project_id = t.project_id
left join staff_memberships sm on sm.id = x.staff_membership_id
left join staff_invitations n on n.membership_id = sm.id
left join identities i on i.id = sm.identity_id
left join project_memberships pm on pm.id = x.project_membership_id
left join contacts c on c.id = pm.contact_id
where t.is_member and t.has_web_access and t.is_assigned;

-- Milestones of the caller's tasks, whether or not clients may view them. The stored roll-up counts all their tasks, as
-- for every audience.
create view access.trade_milestones as
select m.*, a.is_member, a.has_web_access,
    exists (
        select from tasks t
        join task_assignees x on x.task_id = t.id and x.project_membership_id = a.membership_id
        where t.milestone_id = m.id
    ) as has_assigned_task
from access.trade_memberships a
join milestones m on m.project_id = a.project_id;

create view trade.milestones with (security_barrier) as
select id, company_id, project_id, name, sort, null::boolean as client_viewable, status, percent_complete,
    anticipated_finish_on
from access.trade_milestones
where is_member and has_web_access and has_assigned_task;

create view access.trade_selections as
select s.*, a.is_member, a.has_web_access,
    s.status <> 'DRAFT' as is_shared,
    exists (
        select from selection_trades x where x.selection_id = s.id and x.project_membership_id = a.membership_id
    ) as is_concerned,
    -- The chosen option, if it is the only one.
    (select (array_agg(x.option_id))[1] from selection_choices x where x.selection_id = s.id having count(*) = 1)
        as chosen_option_id
from access.trade_memberships a
join selections s on s.project_id = a.project_id;

create view trade.selections with (security_barrier) as
select id, company_id, project_id, location_id, null::uuid as allowance_id, number, title, instructions, status,
    due_on, null::uuid as due_task_id, null::int as due_days_before, is_overdue, category, min_choices, max_choices, may_decline,
    chosen_option_id, null::timestamptz as chosen_at, null::text as chosen_by_name, null::timestamptz as approved_at, locked_at,
    null::timestamptz as ordered_at, null::text as decline_reason,
    -- A version would tell of changes that are hidden, such as of prices.
    0 as version
from access.trade_selections
where is_member and has_web_access and is_shared and is_concerned;

create view trade.selection_choices with (security_barrier) as
select x.selection_id, x.option_id, x.company_id, x.project_id, s.status as selection_status, x.quantity, o.sort
from access.trade_selections s
join selection_choices x on x.selection_id = s.id and x.project_id = s.project_id
join selection_options o on o.id = x.option_id
where s.is_member and s.has_web_access and s.is_shared and s.is_concerned;

create view trade.selection_trade_infos with (security_barrier) as
select x.selection_id, x.company_id, x.project_id, x.trade_info
from access.trade_selections s
join selection_trade_infos x on x.selection_id = s.id and x.project_id = s.project_id
where s.is_member and s.has_web_access and s.is_shared and s.is_concerned;

create view trade.selection_options with (security_barrier) as
select o.id, o.company_id, o.project_id, o.selection_id, s.status as selection_status, o.title, o.description,
    null::bigint as price_minor, null::bigint as price_delta_minor, o.is_standard, o.lead_time_days,
    null::date as price_expires_on, null::boolean as is_price_expired, o.sort, 0 as version
from access.trade_selections s
join selection_options o on o.selection_id = s.id and o.project_id = s.project_id
where s.is_member and s.has_web_access and s.is_shared and s.is_concerned;

-- Threads with this trade partner's membership. Those with other trade partners are absent, as are those with clients.
create view access.trade_threads as
select t.*, a.identity_id as reader_id, a.membership_id, a.is_member, a.has_web_access,
    t.audience = 'TRADE' and t.trade_membership_id = a.membership_id as is_with_partner
from access.trade_memberships a
join threads t on t.project_id = a.project_id;

create view trade.threads with (security_barrier) as
select id, company_id, project_id, audience, kind, trade_membership_id, subject_kind, subject_id, title, created_at,
    last_message_at, message_count, search_text
from access.trade_threads
where is_member and has_web_access and is_with_partner;

create view access.trade_messages as
select m.*, t.trade_membership_id, t.is_member, t.has_web_access,
    t.is_with_partner and m.audience = 'TRADE' as is_with_partner
from access.trade_threads t
join messages m on m.thread_id = t.id and m.project_id = t.project_id;

create view trade.messages with (security_barrier) as
select id, company_id, project_id, thread_id, audience, trade_membership_id, position, author_id, author_kind,
    author_name, body, created_at, edited_at, version, search_text
from access.trade_messages
where is_member and has_web_access and is_with_partner;

create view trade.message_versions with (security_barrier) as
select v.message_id, v.version, v.company_id, v.project_id, v.audience, m.trade_membership_id, v.body, v.written_at
from access.trade_messages m
join message_versions v on v.message_id = m.id and v.project_id = m.project_id
where m.is_member and m.has_web_access and m.is_with_partner;

-- Messages of others after the reader's mark.
create view access.trade_thread_unreads as
select t.id as thread_id, t.company_id, t.project_id, t.audience, t.trade_membership_id, u.unread_count, t.is_member,
    t.has_web_access, t.is_with_partner
from access.trade_threads t
cross join lateral (
    select count(*)::int as unread_count
    from messages m
    where m.thread_id = t.id and m.author_id <> t.reader_id and m.position > coalesce((
        select r.position from thread_reads r where r.thread_id = t.id and r.identity_id = t.reader_id), 0)
) u;

create view trade.thread_unreads with (security_barrier) as
select thread_id, company_id, project_id, audience, trade_membership_id, unread_count
from access.trade_thread_unreads
where is_member and has_web_access and is_with_partner;

-- Files that staff share with this trade partner (FIL-5). The names of their authors are not disclosed: one may be a client.
create view access.trade_files as
select f.*, a.membership_id, x.project_membership_id as shared_membership_id, a.is_member, a.has_web_access,
    x.file_id is not null as is_shared_with_partner,
    f.state = 'AVAILABLE' and f.purpose = 'PROJECT' as is_available
from access.trade_memberships a
join files f on f.project_id = a.project_id
left join file_trades x on x.file_id = f.id and x.project_membership_id = a.membership_id;

create view trade.files with (security_barrier) as
select id, company_id, project_id, kind, name, state, null::boolean as shared_with_clients,
    shared_membership_id as trade_membership_id, author_id, author_kind, null::text as author_name, content_number,
    media_type, size, renditions, taken_at, created_at, null::timestamptz as deleted_at, version, null::uuid as album_id,
    null::text as sha256, null::boolean as is_evidence, search_text
from access.trade_files
where is_member and has_web_access and is_shared_with_partner and is_available;

create view access.trade_file_renditions as
select r.*, f.state, f.shared_membership_id, f.is_member, f.has_web_access, f.is_shared_with_partner, f.is_available
from access.trade_files f
join file_renditions r on r.file_id = f.id and r.project_id = f.project_id;

create view trade.file_renditions with (security_barrier) as
select id, company_id, project_id, file_id, state, null::boolean as shared_with_clients,
    shared_membership_id as trade_membership_id, kind, is_current, is_clean, media_type, size, sha256, width, height
from access.trade_file_renditions
where is_member and has_web_access and is_shared_with_partner and is_available and is_clean and is_current;

create view trade.file_objects with (security_barrier) as
select o.id, o.company_id, o.project_id, o.rendition_id, r.state as file_state, null::boolean as shared_with_clients,
    r.shared_membership_id as trade_membership_id, r.is_current, r.is_clean, o.start, o.size
from access.trade_file_renditions r
join file_objects o on o.rendition_id = r.id
where r.is_member and r.has_web_access and r.is_shared_with_partner and r.is_available and r.is_clean
    and r.is_current;

-- Files on records that the trade partner sees: assigned tasks, selections that concern them with their options, and messages of
-- their threads.
create view access.trade_file_attachments as
select l.id, l.company_id, l.project_id, l.file_id, l.record_kind, l.record_id, l.created_at, l.selection_status,
    l.message_audience, l.version_state, f.state, f.shared_membership_id, f.is_member, f.has_web_access,
    f.is_shared_with_partner, f.is_available,
    case l.record_kind
        when 'TASK' then l.version_state = 'PUBLISHED' and exists (
            select from task_assignees x where x.task_id = l.record_id and x.project_membership_id = f.membership_id)
        when 'MESSAGE' then l.message_audience = 'TRADE' and exists (
            select from messages m join threads t on t.id = m.thread_id
            where m.id = l.record_id and t.trade_membership_id = f.membership_id)
        -- Selections and their options.
        else l.selection_status <> 'DRAFT' and exists (
            select from selection_trades x where x.selection_id = l.selection_id and x.project_membership_id = f.membership_id)
    end as has_visible_record
from access.trade_files f
join access.record_attachments l on l.file_id = f.id and l.project_id = f.project_id;

create view trade.file_attachments with (security_barrier) as
select id, company_id, project_id, file_id, record_kind, record_id, null::boolean as hidden_from_clients, created_at,
    selection_status, message_audience, version_state, state as file_state, null::boolean as shared_with_clients,
    shared_membership_id as trade_membership_id
from access.trade_file_attachments
where is_member and has_web_access and is_shared_with_partner and is_available and has_visible_record;

-- The cover, if the trade partner sees the photo.
create view access.trade_project_covers as
select c.project_id, c.company_id, c.file_id, f.state, f.shared_membership_id, f.is_member, f.has_web_access,
    f.is_shared_with_partner, f.is_available
from access.trade_files f
join project_covers c on c.file_id = f.id and c.project_id = f.project_id;

create view trade.project_covers with (security_barrier) as
select project_id, company_id, file_id, state as file_state, null::boolean as shared_with_clients,
    shared_membership_id as trade_membership_id
from access.trade_project_covers
where is_member and has_web_access and is_shared_with_partner and is_available;

-- As for clients.
create view access.trade_sync_states as
select a.project_id, a.company_id, a.membership_id as reader_id, s.position, s.deleted_position, a.is_member,
    a.has_web_access
from access.trade_memberships a
left join sync_states s on s.reader_id = a.membership_id and s.project_id = a.project_id;

create view trade.sync_states with (security_barrier) as
select project_id, company_id, reader_id, position, deleted_position
from access.trade_sync_states
where is_member and has_web_access;

create view trade.synced_records with (security_barrier) as
select s.project_id, s.company_id, r.reader_id, r.kind, r.record_id, r.digest, r.created_position, r.position
from access.trade_sync_states s
join synced_records r on r.reader_id = s.reader_id and r.project_id = s.project_id
where s.is_member and s.has_web_access;

-- Generations of the visible owners, for cache keys.
create view trade.generations with (security_barrier) as
select a.project_id, a.company_id, gp.shared as project_generation, gc.shared as company_generation
from access.trade_memberships a
join caching.generations gp on gp.owner_id = a.project_id
join caching.generations gc on gc.owner_id = a.company_id
where a.is_member and a.has_web_access;

-- Folds a search term like the searched texts.
create function trade.search_pattern(wanted text) returns text
language sql immutable strict parallel safe
return search.pattern(wanted);
