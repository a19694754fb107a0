-- Role view of clients: the projects in which they are members with portal access, as far as those projects share their
-- data.
--
-- Each view stands on an access view with one boolean column per rule, and contains the rows for which all rules are
-- true. No table of secrets is used here: costs, internals, briefs, assignees, dependencies and notes have no view.

-- Portals of all clients, which the next view scopes by session. Also the basis of explanations (explain.sql).
create view access.all_client_portals as
select m.id as membership_id, m.identity_id, m.project_id, m.company_id, pp.features, pp.schedule_share, pp.shares_baseline,
    coalesce(pp.guide_url, cp.guide_url) as guide_url, pp.mail_key, m.can_pay,
    m.removed_at is null as is_member,
    m.access_level = 'PORTAL' as has_portal_access
from project_memberships m
join project_portals pp on pp.project_id = m.project_id
left join company_portals cp on cp.company_id = m.company_id
where m.kind = 'CLIENT';

create view access.client_portals as
select * from access.all_client_portals
where identity_id = (select identity_id from access.member where actor = 'CLIENT')
    and membership_id = coalesce((select membership_id from access.viewed_membership), membership_id);

create view client.portal_entrances with (security_barrier) as
select * from access.portal_entrances;

create view client.company_brandings with (security_barrier) as
select * from access.company_brandings;

create view client.sessions with (security_barrier) as
select * from access.own_sessions;

create view client.calendar_feeds with (security_barrier) as
select * from access.own_calendar_feeds;

create view client.notification_settings with (security_barrier) as
select * from access.own_notification_settings;

create view access.client_projects as
select p.*, a.can_pay, a.is_member, a.has_portal_access
from access.client_portals a
join projects p on p.id = a.project_id;

-- The contract total is visible to clients with the right to make payments (PRP-1).
create view client.projects with (security_barrier) as
select id, company_id, number, name, address_line, city, region, postal_code, country, status, stage, time_zone,
    currency, case when can_pay then contract_total_minor end as contract_total_minor, started_on,
    shared_version as version, search_text
from access.client_projects
where is_member and has_portal_access;

create view client.project_portals with (security_barrier) as
select project_id, company_id, features, null::text as schedule_share, null::boolean as shares_baseline, guide_url,
    null::text as own_guide_url,
    case when 'DOCUMENTS' = any (features) then mail_key end as mail_key
from access.client_portals
where is_member and has_portal_access;

-- Help articles of the company, in each project that enables help (PRT-10).
create view access.client_help_articles as
select h.id, h.company_id, a.project_id, h.title, h.body, h.state, h.sort, a.is_member, a.has_portal_access,
    'HELP' = any (a.features) as is_feature_on,
    h.state = 'PUBLISHED' as is_published
from access.client_portals a
join help_articles h on h.company_id = a.company_id;

-- The sort order among visible articles: the stored one would disclose the number of drafts.
create view client.portal_help_articles with (security_barrier) as
select id, company_id, project_id, title, body, state,
    row_number() over (partition by project_id order by sort, id)::int as sort,
    null::int as version, null::timestamptz as published_at, null::timestamptz as updated_at
from access.client_help_articles
where is_member and has_portal_access and is_feature_on and is_published;

-- The overview video of the company that gave the client access first, for clients with access to any project (PRT-15).
create view access.own_onboardings as
select m.identity_id, m.company_id, m.project_id, m.id as membership_id, m.created_at as member_since,
    cp.onboarding_video_url as video_url,
    -- Staff who view the portal do not learn that a person whom they have invited dismissed the video of another company.
    o.dismissed_at is null or m.id = (select membership_id from access.viewed_membership) and exists (
        select from invitations n where n.membership_id = m.id and n.ended_at is null and n.state = 'INVITED') as is_pending,
    m.removed_at is null as is_member,
    m.access_level = 'PORTAL' as has_portal_access
from project_memberships m
left join company_portals cp on cp.company_id = m.company_id
left join onboardings o on o.identity_id = m.identity_id
where m.kind = 'CLIENT'
    and m.identity_id = (select identity_id from access.member where actor = 'CLIENT')
    and m.id = coalesce((select membership_id from access.viewed_membership), m.id);

create view client.onboardings with (security_barrier) as
select distinct on (identity_id) identity_id, company_id, project_id, video_url, is_pending
from access.own_onboardings
where is_member and has_portal_access
order by identity_id, member_since, membership_id;

create view access.client_locations as
select l.*, a.is_member, a.has_portal_access
from access.client_portals a
join locations l on l.project_id = a.project_id;

create view client.locations with (security_barrier) as
select id, company_id, project_id, name, sort
from access.client_locations
where is_member and has_portal_access;

-- Clients of the same project, whatever their access: membership is no secret among them. Their rights and invitations
-- are not included.
create view access.client_project_clients as
select m.id, m.company_id, m.project_id, case when i.claimed_at is null then x.name else i.name end as name,
    m.relationship, m.is_primary, a.is_member, a.has_portal_access, m.removed_at is null as is_present
from access.client_portals a
join project_memberships m on m.project_id = a.project_id and m.kind = 'CLIENT'
join identities i on i.id = m.identity_id
join contacts x on x.id = m.contact_id;

create view client.project_clients with (security_barrier) as
select id, company_id, project_id, name, relationship, is_primary
from access.client_project_clients
where is_member and has_portal_access and is_present;

create view access.client_team_members as
select t.id, t.company_id, t.project_id,
    -- The name that the company entered, until the person has accepted: before that the account's own name is not
    -- disclosed.
    coalesce(t.name, case when n.accepted_at is null then n.name end, i.name) as name,
    t.title, t.work_phone, t.photo_url, t.is_shown, t.sort,
    a.is_member, a.has_portal_access,
    'TEAM' = any (a.features) as is_feature_on
from access.client_portals a
join team_members t on t.project_id = a.project_id
left join staff_memberships m on m.id = t.staff_membership_id
left join identities i on i.id = m.identity_id
left join staff_invitations n on n.membership_id = m.id;

create view client.team_members with (security_barrier) as
select id, company_id, project_id, null::uuid as staff_membership_id, name, title, work_phone, photo_url, is_shown, sort
from access.client_team_members
where is_member and has_portal_access and is_feature_on and is_shown;

create view access.client_schedule_versions as
select v.*, a.schedule_share, a.is_member, a.has_portal_access,
    'SCHEDULE' = any (a.features) as is_feature_on,
    a.schedule_share <> 'NONE' as is_schedule_shared,
    v.state = 'PUBLISHED' as is_published
from access.client_portals a
join schedule_versions v on v.project_id = a.project_id;

create view client.schedule_versions with (security_barrier) as
select id, company_id, project_id, state, number, published_at, null::timestamptz as created_at, null::date as start_on,
    null::int as version, schedule_share
from access.client_schedule_versions
where is_member and has_portal_access and is_feature_on and is_schedule_shared and is_published;

create view access.client_tasks as
select t.*, a.is_member, a.has_portal_access,
    'SCHEDULE' = any (a.features) as is_feature_on,
    a.schedule_share <> 'NONE' as is_schedule_shared,
    t.client_viewable as is_client_viewable,
    -- A milestone that clients may not view is no milestone to them.
    m.id as viewable_milestone_id
from access.client_portals a
join tasks t on t.project_id = a.project_id
left join milestones m on m.id = t.milestone_id and m.project_id = t.project_id and m.client_viewable;

create view client.tasks with (security_barrier) as
select id, company_id, project_id, viewable_milestone_id as milestone_id, name, start_on, finish_on, work_days,
    percent_complete, client_viewable, sort, version, null::boolean as accepts_progress
from access.client_tasks
where is_member and has_portal_access and is_feature_on and is_schedule_shared and is_client_viewable;

-- Dates of tasks in the first published schedule.
create view access.client_task_baselines as
select b.*, a.is_member, a.has_portal_access,
    'SCHEDULE' = any (a.features) as is_feature_on,
    a.schedule_share <> 'NONE' as is_schedule_shared,
    a.shares_baseline as is_baseline_shared,
    t.client_viewable as is_client_viewable
from access.client_portals a
join tasks t on t.project_id = a.project_id
join task_baselines b on b.task_id = t.id and b.project_id = t.project_id;

create view client.task_baselines with (security_barrier) as
select task_id, company_id, project_id, start_on, finish_on, work_days
from access.client_task_baselines
where is_member and has_portal_access and is_feature_on and is_schedule_shared and is_baseline_shared and is_client_viewable;

-- The milestone's own flag decides, whatever its tasks (MIL-6). Its stored roll-up counts all of them, also those that
-- clients may not view (MIL-5, ISO-9); percent and finish are visible only if the schedule is shared (MIL-1 to MIL-4).
create view access.client_milestones as
select m.id, m.company_id, m.project_id, m.name, m.sort, m.client_viewable, m.status,
    case when a.schedule_share <> 'NONE' then m.percent_complete end as percent_complete,
    case when a.schedule_share <> 'NONE' then m.anticipated_finish_on end as anticipated_finish_on,
    a.is_member, a.has_portal_access,
    'SCHEDULE' = any (a.features) as is_feature_on,
    m.client_viewable as is_client_viewable
from access.client_portals a
join milestones m on m.project_id = a.project_id;

create view client.milestones with (security_barrier) as
select id, company_id, project_id, name, sort, client_viewable, status, percent_complete, anticipated_finish_on
from access.client_milestones
where is_member and has_portal_access and is_feature_on and is_client_viewable;

-- A task that clients may not view is no task of the delay to them.
create view access.client_schedule_delays as
select d.*, t.id as viewable_task_id, a.is_member, a.has_portal_access,
    'SCHEDULE' = any (a.features) as is_feature_on,
    a.schedule_share <> 'NONE' as is_schedule_shared,
    d.client_viewable as is_client_viewable
from access.client_portals a
join schedule_delays d on d.project_id = a.project_id
left join tasks t on t.id = d.task_id and t.project_id = d.project_id and t.client_viewable;

create view client.schedule_delays with (security_barrier) as
select id, company_id, project_id, viewable_task_id as task_id, start_on, days, reason, cause, client_viewable,
    null::int as version
from access.client_schedule_delays
where is_member and has_portal_access and is_feature_on and is_schedule_shared and is_client_viewable;

-- A due date depends on no task that the client does not see.
create view access.client_selections as
select s.*, a.is_member, a.has_portal_access,
    case when 'SCHEDULE' = any (a.features) and a.schedule_share <> 'NONE' then (
        select t.id from tasks t where t.id = s.due_task_id and t.project_id = s.project_id and t.client_viewable)
    end as viewable_due_task_id,
    'SELECTIONS' = any (a.features) as is_feature_on,
    s.status <> 'DRAFT' as is_shared,
    -- The chosen option, if it is the only one.
    (select (array_agg(x.option_id))[1] from selection_choices x where x.selection_id = s.id having count(*) = 1)
        as chosen_option_id
from access.client_portals a
join selections s on s.project_id = a.project_id;

create view client.selections with (security_barrier) as
select id, company_id, project_id, location_id, allowance_id, number, title, instructions, status, due_on,
    viewable_due_task_id as due_task_id, null::int as due_days_before, is_overdue, category, min_choices, max_choices, may_decline,
    chosen_option_id, chosen_at, chosen_by_name, approved_at, locked_at, ordered_at, decline_reason, version
from access.client_selections
where is_member and has_portal_access and is_feature_on and is_shared;

create view access.client_selection_choices as
select x.*, o.sort, s.status as selection_status, s.is_member, s.has_portal_access, s.is_feature_on, s.is_shared
from access.client_selections s
join selection_choices x on x.selection_id = s.id and x.project_id = s.project_id
join selection_options o on o.id = x.option_id;

create view client.selection_choices with (security_barrier) as
select selection_id, option_id, company_id, project_id, selection_status, quantity, sort
from access.client_selection_choices
where is_member and has_portal_access and is_feature_on and is_shared;

create view access.client_selection_options as
select o.*, s.status as selection_status,
    case when s.allowance_id is null then o.price_minor - std.price_minor end as price_delta_minor,
    s.is_member, s.has_portal_access, s.is_feature_on, s.is_shared
from access.client_selections s
join selection_options o on o.selection_id = s.id and o.project_id = s.project_id
left join selection_options std on std.selection_id = s.id and std.is_standard;

create view client.selection_options with (security_barrier) as
select id, company_id, project_id, selection_id, selection_status, title, description, price_minor, price_delta_minor,
    is_standard, lead_time_days, price_expires_on, is_price_expired, sort, version
from access.client_selection_options
where is_member and has_portal_access and is_feature_on and is_shared;

create view access.client_allowances as
select w.*, u.used_minor, a.is_member, a.has_portal_access,
    'SELECTIONS' = any (a.features) as is_feature_on
from access.client_portals a
join allowances w on w.project_id = a.project_id
cross join lateral (
    select coalesce(sum(e.amount_minor), 0)::bigint as used_minor
    from allowance_entries e
    where e.allowance_id = w.id and e.kind in ('APPROVED', 'REOPENED')
) u;

create view client.allowances with (security_barrier) as
select id, company_id, project_id, name, granted_minor, used_minor, covers, terms, unused_policy, fee_percent, tax_percent, sort,
    version
from access.client_allowances
where is_member and has_portal_access and is_feature_on;

create view access.client_allowance_entries as
select e.*, a.is_member, a.has_portal_access,
    'SELECTIONS' = any (a.features) as is_feature_on
from access.client_portals a
join allowance_entries e on e.project_id = a.project_id;

create view client.allowance_entries with (security_barrier) as
select id, company_id, project_id, allowance_id, selection_id, kind, amount_minor, created_at
from access.client_allowance_entries
where is_member and has_portal_access and is_feature_on;

-- Decisions of all clients of the project, also of removed ones, whatever sections the portal has.
create view access.client_decisions as
select d.*, h.key_id, h.signature, a.is_member, a.has_portal_access
from access.client_portals a
join decisions d on d.project_id = a.project_id
left join decision_heads h on h.project_id = d.project_id and h.position = d.position and h.hash = d.hash;

create view client.decisions with (security_barrier) as
select id, company_id, project_id, position, kind, subject_kind, subject_id, outcome, document, document_hash, decided_at,
    decided_by, decided_by_name, terms_version, evidence_hash, prev_hash, hash, key_id, signature
from access.client_decisions
where is_member and has_portal_access;

-- Evidence of the client's own decisions, also of those under an earlier membership.
create view access.client_decision_evidence as
select e.*, m.identity_id, a.is_member, a.has_portal_access, m.identity_id = a.identity_id as is_own
from access.client_portals a
join decision_evidence e on e.project_id = a.project_id
join decisions d on d.id = e.decision_id
join project_memberships m on m.id = d.decided_by;

create view client.decision_evidence with (security_barrier) as
select decision_id, company_id, project_id, identity_id, salt, network, device, on_behalf_reason
from access.client_decision_evidence
where is_member and has_portal_access and is_own;

-- Threads with clients, for all clients of the project. Rows of other audiences are absent, whatever their project.
create view access.client_threads as
select t.*, a.identity_id as reader_id, a.is_member, a.has_portal_access,
    'MESSAGES' = any (a.features) as is_feature_on,
    t.audience = 'CLIENT' as is_with_clients
from access.client_portals a
join threads t on t.project_id = a.project_id;

create view client.threads with (security_barrier) as
select id, company_id, project_id, audience, kind, null::uuid as trade_membership_id, subject_kind, subject_id, title,
    created_at, last_message_at, message_count, search_text
from access.client_threads
where is_member and has_portal_access and is_feature_on and is_with_clients;

-- The audience of the message itself decides, which is that of its thread.
create view access.client_messages as
select m.*, a.is_member, a.has_portal_access,
    'MESSAGES' = any (a.features) as is_feature_on,
    m.audience = 'CLIENT' as is_with_clients
from access.client_portals a
join messages m on m.project_id = a.project_id;

create view client.messages with (security_barrier) as
select id, company_id, project_id, thread_id, audience, null::uuid as trade_membership_id, position, author_id,
    author_kind, author_name, body, created_at, edited_at, version, search_text
from access.client_messages
where is_member and has_portal_access and is_feature_on and is_with_clients;

create view access.client_message_versions as
select v.*, a.is_member, a.has_portal_access,
    'MESSAGES' = any (a.features) as is_feature_on,
    v.audience = 'CLIENT' as is_with_clients
from access.client_portals a
join message_versions v on v.project_id = a.project_id;

create view client.message_versions with (security_barrier) as
select message_id, version, company_id, project_id, audience, null::uuid as trade_membership_id, body, written_at
from access.client_message_versions
where is_member and has_portal_access and is_feature_on and is_with_clients;

-- Messages of others after the reader's mark.
create view access.client_thread_unreads as
select t.id as thread_id, t.company_id, t.project_id, t.audience, u.unread_count, t.is_member, t.has_portal_access,
    t.is_feature_on, t.is_with_clients
from access.client_threads t
cross join lateral (
    select count(*)::int as unread_count
    from messages m
    where m.thread_id = t.id and m.author_id <> t.reader_id and m.position > coalesce((
        select r.position from thread_reads r where r.thread_id = t.id and r.identity_id = t.reader_id), 0)
) u;

create view client.thread_unreads with (security_barrier) as
select thread_id, company_id, project_id, audience, null::uuid as trade_membership_id, unread_count
from access.client_thread_unreads
where is_member and has_portal_access and is_feature_on and is_with_clients;

-- Files on records, with the state of the record; null if there is no such record. The basis of the views of all audiences.
create view access.record_attachments as
select l.*, o.selection_id,
    -- Subqueries: each reads one row by its key, whatever the planner expects of the files and records around it.
    (select s.status from selections s where s.id = o.selection_id and s.project_id = l.project_id) as selection_status,
    case l.record_kind when 'MESSAGE' then (
        select m.audience from messages m where m.id = l.record_id and m.project_id = l.project_id) end as message_audience,
    -- Of tasks in the published schedule. The view of staff adds those that only plans have.
    case l.record_kind when 'TASK' then (
        select 'PUBLISHED' from tasks t where t.id = l.record_id and t.project_id = l.project_id) end as version_state,
    -- The section of the portal in which clients see the record. None for tasks: clients never see their files (SCH-6).
    case
        when o.selection_id is not null then (
            select 'SELECTIONS' from selections s
            where s.id = o.selection_id and s.project_id = l.project_id and s.status <> 'DRAFT')
        when l.record_kind = 'MESSAGE' then (
            select 'MESSAGES' from messages m
            where m.id = l.record_id and m.project_id = l.project_id and m.audience = 'CLIENT')
    end as client_section
from file_attachments l
-- An option is seen with its selection.
cross join lateral (
    select case l.record_kind
        when 'SELECTION' then l.record_id
        when 'SELECTION_OPTION' then (
            select o.selection_id from selection_options o where o.id = l.record_id and o.project_id = l.project_id)
    end as selection_id) o;

-- Files shared with clients, whoever uploaded them, also of removed members (FIL-4, FIL-7). The author's name is as in messages.
-- Without the section for documents, clients see the files of records in other sections.
create view access.client_files as
select f.*, a.features, a.is_member, a.has_portal_access,
    case when 'DOCUMENTS' = any (a.features) then true
        else exists (
            select from access.record_attachments l
            where l.file_id = f.id and l.project_id = f.project_id and not l.hidden_from_clients
                and l.client_section = any (a.features))
    end as is_feature_on,
    f.shared_with_clients as is_shared,
    f.state = 'AVAILABLE' and f.purpose = 'PROJECT' as is_available,
    b.id as visible_album_id
from access.client_portals a
join files f on f.project_id = a.project_id
left join albums b on b.id = f.album_id and b.project_id = f.project_id and b.shared_with_clients
    and a.features @> '{DOCUMENTS}';

create view client.files with (security_barrier) as
select id, company_id, project_id, kind, name, state, shared_with_clients, null::uuid as trade_membership_id, author_id,
    author_kind, author_name, content_number, media_type, size, renditions, taken_at, created_at,
    null::timestamptz as deleted_at, version, visible_album_id as album_id, sha256, is_evidence, search_text
from access.client_files
where is_member and has_portal_access and is_feature_on and is_shared and is_available;

-- What can be downloaded of these files: nothing that may contain the position of a photo.
create view access.client_file_renditions as
select r.*, f.state, f.shared_with_clients, f.is_member, f.has_portal_access, f.is_feature_on, f.is_shared, f.is_available
from access.client_files f
join file_renditions r on r.file_id = f.id and r.project_id = f.project_id;

create view client.file_renditions with (security_barrier) as
select id, company_id, project_id, file_id, state, shared_with_clients, null::uuid as trade_membership_id, kind, is_current,
    is_clean, media_type, size, sha256, width, height
from access.client_file_renditions
where is_member and has_portal_access and is_feature_on and is_shared and is_available and is_clean and is_current;

create view client.file_objects with (security_barrier) as
select o.id, o.company_id, o.project_id, o.rendition_id, r.state as file_state, r.shared_with_clients,
    null::uuid as trade_membership_id, r.is_current, r.is_clean, o.start, o.size
from access.client_file_renditions r
join file_objects o on o.rendition_id = r.id
where r.is_member and r.has_portal_access and r.is_feature_on and r.is_shared and r.is_available and r.is_clean
    and r.is_current;

-- Files on records that the client sees: the file is shared, and not hidden on this record (FIL-3, FIL-9).
create view access.client_file_attachments as
select l.id, l.company_id, l.project_id, l.file_id, l.record_kind, l.record_id, l.hidden_from_clients, l.created_at,
    l.selection_status, l.message_audience, l.version_state, f.state, f.shared_with_clients, f.is_member, f.has_portal_access,
    f.is_feature_on, f.is_shared, f.is_available,
    not l.hidden_from_clients as is_not_hidden,
    -- Never, whatever the task (SCH-6): a rule of its own, since no change can satisfy it.
    l.record_kind <> 'TASK' as is_not_on_task,
    l.record_kind = 'TASK' or coalesce(l.client_section = any (f.features), false) as has_visible_record
from access.client_files f
join access.record_attachments l on l.file_id = f.id and l.project_id = f.project_id;

create view client.file_attachments with (security_barrier) as
select id, company_id, project_id, file_id, record_kind, record_id, hidden_from_clients, created_at, selection_status,
    message_audience, version_state, state as file_state, shared_with_clients, null::uuid as trade_membership_id
from access.client_file_attachments
where is_member and has_portal_access and is_feature_on and is_shared and is_available and is_not_hidden
    and is_not_on_task and has_visible_record;

-- The cover, if the client sees the photo.
create view access.client_project_covers as
select c.project_id, c.company_id, c.file_id, f.state, f.shared_with_clients, f.is_member, f.has_portal_access, f.is_feature_on,
    f.is_shared, f.is_available
from access.client_files f
join project_covers c on c.file_id = f.id and c.project_id = f.project_id;

create view client.project_covers with (security_barrier) as
select project_id, company_id, file_id, state as file_state, shared_with_clients, null::uuid as trade_membership_id
from access.client_project_covers
where is_member and has_portal_access and is_feature_on and is_shared and is_available;

create view access.client_albums as
select b.*, a.is_member, a.has_portal_access,
    'DOCUMENTS' = any (a.features) as is_feature_on,
    b.shared_with_clients as is_shared
from access.client_portals a
join albums b on b.project_id = a.project_id;

-- The sort order among visible albums: the stored one would disclose the number of hidden ones.
create view client.albums with (security_barrier) as
select id, company_id, project_id, name, shared_with_clients,
    row_number() over (partition by project_id order by sort, id)::int as sort
from access.client_albums
where is_member and has_portal_access and is_feature_on and is_shared;

-- Entries of the audit log about what the client may see elsewhere, since the client became a member: changes of the project and its
-- clients, and of the client's own access. Names of staff are not disclosed, nor changes of hidden fields alone. The kinds and
-- fields are those of `ActivityKind` in portico-core; a test compares them.
create view access.client_activity as
select a.id, a.company_id, a.project_id, a.at, a.kind, a.subject_kind, a.subject_id,
    -- Of current members only: the names of former ones are not visible elsewhere.
    case a.subject_kind when 'PROJECT_MEMBERSHIP' then (
        select x.name from access.project_member_names x
        where x.id = a.subject_id and x.project_id = a.project_id and x.kind = 'CLIENT' and x.removed_at is null)
    end as subject_name,
    a.actor_kind, x.id as actor_membership_id, x.name as actor_name,
    coalesce(a.actor_id = p.identity_id, false) as by_viewer,
    coalesce(a.subject_id = p.membership_id, false) as about_viewer,
    f.fields as changed_fields, p.is_member, p.has_portal_access
from access.client_portals p
join project_memberships m on m.id = p.membership_id
join activity a on a.project_id = p.project_id and a.at >= m.created_at
cross join lateral (
    select array(
        select f.field from jsonb_array_elements_text(coalesce(a.details -> 'changed', '[]')) with ordinality f (field, place)
        where case a.kind
            when 'PROJECT_CHANGED' then
                f.field in ('number', 'name', 'address', 'status', 'stage', 'timeZone', 'startedOn')
                or f.field = 'contractTotal' and p.can_pay
            when 'PROJECT_CLIENT_CHANGED' then f.field in ('relationship', 'canSeeStatus', 'canPay', 'canApprove', 'accessLevel')
            else false end
        order by f.place) as fields
) f
left join lateral (
    select x.id, x.name from access.project_member_names x
    where a.actor_kind = 'CLIENT' and x.project_id = a.project_id and x.identity_id = a.actor_id and x.kind = 'CLIENT'
        and x.removed_at is null
) x on true
where case a.kind
        when 'PROJECT_CHANGED' then f.fields <> '{}'
        when 'PROJECT_CLIENT_CHANGED' then a.subject_id = p.membership_id and f.fields <> '{}'
        when 'PROJECT_CLIENT_ADDED' then true
        when 'PROJECT_CLIENT_REMOVED' then true
        when 'PRIMARY_CLIENT_CHANGED' then true
        when 'SELECTION_APPROVED' then true
        when 'SCHEDULE_PUBLISHED' then
            'SCHEDULE' = any (p.features) and p.schedule_share <> 'NONE' and a.details ->> 'isForClients' = 'true'
        when 'INVITATION_ACCEPTED' then a.actor_id = p.identity_id
        else false
    end;

create view client.activity with (security_barrier) as
select id, company_id, project_id, at, kind, subject_kind, subject_id, subject_name, null::uuid as key_creator_id,
    actor_kind, actor_membership_id, actor_name, by_viewer as is_by_viewer, about_viewer as is_about_viewer, changed_fields,
    null::text as former_state, null::text as new_state, null::boolean as is_new, null::boolean as is_published,
    null::text as network, null::text as device
from access.client_activity
where is_member and has_portal_access;

-- What the member was sent of each project's records (changes.rs). A member who was sent nothing yet has no state.
create view access.client_sync_states as
select a.project_id, a.company_id, a.membership_id as reader_id, s.position, s.deleted_position, a.is_member,
    a.has_portal_access
from access.client_portals a
left join sync_states s on s.reader_id = a.membership_id and s.project_id = a.project_id;

create view client.sync_states with (security_barrier) as
select project_id, company_id, reader_id, position, deleted_position
from access.client_sync_states
where is_member and has_portal_access;

create view client.synced_records with (security_barrier) as
select s.project_id, s.company_id, r.reader_id, r.kind, r.record_id, r.digest, r.created_position, r.position
from access.client_sync_states s
join synced_records r on r.reader_id = s.reader_id and r.project_id = s.project_id
where s.is_member and s.has_portal_access;

-- Generations of the visible owners, for cache keys.
create view client.generations with (security_barrier) as
select a.project_id, a.company_id, gp.shared as project_generation, gc.shared as company_generation
from access.client_portals a
join caching.generations gp on gp.owner_id = a.project_id
join caching.generations gc on gc.owner_id = a.company_id
where a.is_member and a.has_portal_access;

-- Folds a search term like the searched texts.
create function client.search_pattern(wanted text) returns text
language sql immutable strict parallel safe
return search.pattern(wanted);
