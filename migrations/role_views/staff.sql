-- Role view of staff and API keys: the company's projects, or those that a key lists, with the permission to read
-- projects; unpublished schedules with the permission to edit them. The role schema and the guards determine which
-- secret columns of a row are readable.

-- One row, read once per statement: without `materialized` it would be read again for each joined row.
create view access.staff_caller as
with caller as materialized (
    select m.company_id, null::uuid[] as listed_projects,
        m.role = 'OWNER' or 'PROJECTS_READ' = any (m.permissions) as may_read_projects,
        m.role = 'OWNER' or 'SCHEDULE_EDIT' = any (m.permissions) as may_edit_schedule,
        m.role = 'OWNER' or 'EMAIL_TEMPLATES_MANAGE' = any (m.permissions) as may_manage_templates,
        m.role = 'OWNER' or 'PROJECTS_WRITE' = any (m.permissions) as may_write_projects,
        m.role = 'OWNER' or 'ACCESS_EXPLAIN' = any (m.permissions) as may_explain_access,
        m.role = 'OWNER' or 'SETTINGS_MANAGE' = any (m.permissions) as may_manage_settings,
        m.role = 'OWNER' or 'CLIENTS_INVITE' = any (m.permissions) as may_invite_clients,
        m.role = 'OWNER' or 'LEADS_MANAGE' = any (m.permissions) as may_manage_leads,
        m.role = 'OWNER' or 'REPORTS_KEYS' = any (m.permissions) as may_make_keys,
        m.role = 'OWNER' or 'STAFF_MANAGE' = any (m.permissions) as may_manage_staff,
        m.role = 'OWNER' or 'MESSAGES_INTERNAL' = any (m.permissions) as may_read_internal,
        m.role = 'OWNER' or 'COSTS_VIEW' = any (m.permissions) as may_view_costs,
        m.role = 'OWNER' or 'MARGINS_VIEW' = any (m.permissions) as may_view_margins,
        -- For the caller's own rows. API keys have no membership and own nothing.
        m.id as membership_id, m.role = 'OWNER' as is_owner, m.id as reader_id
    from access.session s
    join staff_memberships m on m.id = s.staff_membership_id
    where s.actor = 'STAFF' and m.removed_at is null
    union all
    select k.company_id,
        case when k.all_projects then null
            else array(select p.project_id from api_key_projects p where p.key_id = k.id) end,
        'PROJECTS_READ' = any (k.permissions) and (m.role = 'OWNER' or 'PROJECTS_READ' = any (m.permissions)),
        'SCHEDULE_EDIT' = any (k.permissions) and (m.role = 'OWNER' or 'SCHEDULE_EDIT' = any (m.permissions)),
        'EMAIL_TEMPLATES_MANAGE' = any (k.permissions)
            and (m.role = 'OWNER' or 'EMAIL_TEMPLATES_MANAGE' = any (m.permissions)),
        'PROJECTS_WRITE' = any (k.permissions) and (m.role = 'OWNER' or 'PROJECTS_WRITE' = any (m.permissions)),
        'ACCESS_EXPLAIN' = any (k.permissions) and (m.role = 'OWNER' or 'ACCESS_EXPLAIN' = any (m.permissions)),
        'SETTINGS_MANAGE' = any (k.permissions) and (m.role = 'OWNER' or 'SETTINGS_MANAGE' = any (m.permissions)),
        'CLIENTS_INVITE' = any (k.permissions) and (m.role = 'OWNER' or 'CLIENTS_INVITE' = any (m.permissions)),
        'LEADS_MANAGE' = any (k.permissions) and (m.role = 'OWNER' or 'LEADS_MANAGE' = any (m.permissions)),
        false,
        'STAFF_MANAGE' = any (k.permissions) and (m.role = 'OWNER' or 'STAFF_MANAGE' = any (m.permissions)),
        'MESSAGES_INTERNAL' = any (k.permissions)
            and (m.role = 'OWNER' or 'MESSAGES_INTERNAL' = any (m.permissions)),
        'COSTS_VIEW' = any (k.permissions) and (m.role = 'OWNER' or 'COSTS_VIEW' = any (m.permissions)),
        'MARGINS_VIEW' = any (k.permissions) and (m.role = 'OWNER' or 'MARGINS_VIEW' = any (m.permissions)),
        null, false, k.id
    from api_keys k
    join staff_memberships m on m.id = k.created_by and m.removed_at is null
    join identities i on i.id = m.identity_id and i.disabled_at is null
    where k.token_hash = nullif(current_setting('portico.session', true), '') and k.revoked_at is null
)
select * from caller;

create view access.staff_projects as
select p.*, c.may_read_projects, c.may_edit_schedule, c.reader_id,
    c.listed_projects is null or p.id = any (c.listed_projects) as is_listed
from access.staff_caller c
join projects p on p.company_id = c.company_id;

create view staff.portal_entrances with (security_barrier) as
select * from access.portal_entrances;

create view staff.company_brandings with (security_barrier) as
select * from access.company_brandings;

create view staff.companies with (security_barrier) as
select x.id, x.slug, x.region, x.portal_host, x.version
from access.staff_caller c
join companies x on x.id = c.company_id;

-- The company's staff. Until a person has accepted the invitation, only what the company entered is included. Removed
-- members are visible to staff who manage staff; a key limited to projects sees no people.
create view staff.staff_members with (security_barrier) as
select m.id, m.company_id, case when n.id is not null and n.accepted_at is null then n.name else i.name end as name,
    case when n.id is not null and n.accepted_at is null then n.email else i.email end as email,
    m.role, m.title, m.permissions, m.created_at, m.removed_at,
    n.id is not null as is_invited, n.sent_at, n.expires_at, n.accepted_at, n.id as invitation_id
from access.staff_caller c
join staff_memberships m on m.company_id = c.company_id
join identities i on i.id = m.identity_id
left join staff_invitations n on n.membership_id = m.id
where c.listed_projects is null and (m.removed_at is null or c.may_manage_staff);

create view staff.sessions with (security_barrier) as
select * from access.own_sessions;

create view staff.notification_settings with (security_barrier) as
select * from access.own_notification_settings;

create view staff.projects with (security_barrier) as
select id, company_id, number, name, address_line, city, region, postal_code, country, status, stage, time_zone,
    currency, contract_total_minor, started_on, version, search_text
from access.staff_projects
where may_read_projects and is_listed;

create view staff.project_internals with (security_barrier) as
select x.project_id, x.company_id, x.budget_minor, x.target_margin, x.internal_status, x.risk_notes, x.lead_source
from access.staff_caller c
join project_internals x on x.company_id = c.company_id
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects));

create view staff.project_portals with (security_barrier) as
select x.project_id, x.company_id, x.features, x.schedule_share, x.shares_baseline, coalesce(x.guide_url, cp.guide_url) as guide_url,
    x.guide_url as own_guide_url, x.mail_key
from access.staff_caller c
join project_portals x on x.company_id = c.company_id
left join company_portals cp on cp.company_id = x.company_id
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects));

-- Setup progress of a project's portal, in the order of the steps (PRT-14).
create view staff.portal_setups with (security_barrier) as
select x.project_id, x.company_id,
    cardinality(x.features) > 1 as has_features,
    b.logo_url is not null as has_branding,
    not 'HELP' = any (x.features) or exists (
        select from help_articles h where h.company_id = x.company_id and h.state = 'PUBLISHED') as has_help,
    coalesce(x.guide_url, cp.guide_url) is not null as has_guide,
    exists (
        select from invitations i
        join project_memberships m on m.id = i.membership_id and m.kind = 'CLIENT'
        where i.project_id = x.project_id and i.state in ('INVITED', 'ACCEPTED')) as has_clients
from access.staff_caller c
join project_portals x on x.company_id = c.company_id
left join company_portals cp on cp.company_id = x.company_id
left join company_brandings b on b.company_id = x.company_id
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects));

create view staff.company_portals with (security_barrier) as
select x.company_id, x.default_features, x.default_schedule_share, x.default_share_files, x.trades_report_progress,
    x.selection_reminder_days, x.guide_url, x.onboarding_video_url, x.offers_password, x.offers_link
from access.staff_caller c
join company_portals x on x.company_id = c.company_id;

create view access.staff_schedule_templates as
select x.*, c.may_edit_schedule
from access.staff_caller c
join schedule_templates x on x.company_id = c.company_id;

create view staff.schedule_templates with (security_barrier) as
select id, company_id, name, task_count, version, updated_at
from access.staff_schedule_templates
where may_edit_schedule;

create view staff.work_calendars with (security_barrier) as
select x.company_id, x.working_days, x.version
from access.staff_caller c
join work_calendars x on x.company_id = c.company_id;

create view staff.work_calendar_exceptions with (security_barrier) as
select x.company_id, x.falls_on, x.is_working, x.name
from access.staff_caller c
join work_calendar_exceptions x on x.company_id = c.company_id;

create view access.staff_help_articles as
select h.*, c.may_manage_settings, h.state = 'PUBLISHED' as is_published
from access.staff_caller c
join help_articles h on h.company_id = c.company_id;

-- The company's articles, drafts included for staff who edit them.
create view staff.help_articles with (security_barrier) as
select id, company_id, null::uuid as project_id, title, body, state, sort, version, published_at, updated_at
from access.staff_help_articles
where is_published or may_manage_settings;

-- Articles as the project's clients would read them; the project's enabled sections decide whether they do.
create view staff.portal_help_articles with (security_barrier) as
select h.id, h.company_id, x.project_id, h.title, h.body, h.state, h.sort, h.version, h.published_at, h.updated_at
from access.staff_caller c
join project_portals x on x.company_id = c.company_id
join help_articles h on h.company_id = x.company_id
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects))
    and h.state = 'PUBLISHED';

-- Onboarding is for clients only. This view has the columns without rows.
create view staff.onboardings with (security_barrier) as
select null::uuid as identity_id, null::uuid as company_id, null::uuid as project_id, null::text as video_url,
    false as is_pending
where false;

-- Calendar feeds are for clients and trade partners only, as well.
create view staff.calendar_feeds with (security_barrier) as
select null::uuid as id, null::uuid as company_id, null::uuid as project_id, null::uuid as membership_id, null::text as nonce,
    null::timestamptz as created_at
where false;

create view staff.locations with (security_barrier) as
select x.id, x.company_id, x.project_id, x.name, x.sort
from access.staff_caller c
join locations x on x.company_id = c.company_id
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects));

-- Named as the company entered them until they have claimed the account: names entered by other companies are not
-- disclosed.
create view staff.project_clients with (security_barrier) as
select m.id, m.company_id, m.project_id, case when i.claimed_at is null then x.name else i.name end as name,
    m.relationship, m.is_primary
from access.staff_caller c
join project_memberships m on m.company_id = c.company_id
join identities i on i.id = m.identity_id
join contacts x on x.id = m.contact_id
where c.may_read_projects and (c.listed_projects is null or m.project_id = any (c.listed_projects))
    and m.kind = 'CLIENT' and m.removed_at is null;

create view staff.project_client_internals with (security_barrier) as
select m.id as membership_id, m.company_id, m.project_id, m.contact_id, m.can_see_status, m.can_pay, m.can_approve,
    n.id as invitation_id, n.state as invitation_state, n.sent_at as invitation_sent_at,
    n.expires_at as invitation_expires_at, s.label, s.instant_alerts, s.summary_frequency,
    m.access_level
from access.staff_caller c
join project_memberships m on m.company_id = c.company_id
left join project_client_settings s on s.membership_id = m.id
left join invitations n on n.membership_id = m.id and n.ended_at is null
where c.may_read_projects and (c.listed_projects is null or m.project_id = any (c.listed_projects))
    and m.kind = 'CLIENT' and m.removed_at is null;

-- Current memberships of clients and trade partners, with their current invitation.
create view access.project_members as
select m.id, m.company_id, m.project_id, m.contact_id, m.kind,
    x.name, m.web_access, n.id as invitation_id, n.state as invitation_state,
    n.sent_at as invitation_sent_at, n.expires_at as invitation_expires_at, c.may_invite_clients, c.listed_projects
from access.staff_caller c
join project_memberships m on m.company_id = c.company_id
join contacts x on x.id = m.contact_id
left join invitations n on n.membership_id = m.id and n.ended_at is null
where c.may_read_projects and (c.listed_projects is null or m.project_id = any (c.listed_projects))
    and m.removed_at is null;

-- Trade partners by the company's name for them, as in task assignments.
create view staff.project_trades with (security_barrier) as
select id, company_id, project_id, contact_id, name, web_access, invitation_id, invitation_state,
    invitation_sent_at, invitation_expires_at
from access.project_members
where kind = 'TRADE';

-- A contact's projects, for staff who may read contacts and projects.
create view staff.contact_memberships with (security_barrier) as
select id, company_id, project_id, contact_id, kind, invitation_id, invitation_state, invitation_sent_at,
    invitation_expires_at
from access.project_members
where may_invite_clients and listed_projects is null;

-- All invitations of clients, past ones included.
create view staff.invitations with (security_barrier) as
select n.id, n.company_id, n.project_id, m.contact_id, case when i.claimed_at is null then x.name else i.name end as name,
    n.state, n.sent_at, n.expires_at, n.accepted_at, n.ended_at
from access.staff_caller c
join invitations n on n.company_id = c.company_id
join project_memberships m on m.id = n.membership_id and m.kind = 'CLIENT'
join identities i on i.id = m.identity_id
join contacts x on x.id = m.contact_id
where c.may_read_projects and (c.listed_projects is null or n.project_id = any (c.listed_projects));

create view staff.team_members with (security_barrier) as
select x.id, x.company_id, x.project_id, x.staff_membership_id,
    coalesce(x.name, case when n.accepted_at is null then n.name end, i.name) as name, x.title, x.work_phone,
    x.photo_url, x.is_shown, x.sort
from access.staff_caller c
join team_members x on x.company_id = c.company_id
left join staff_memberships m on m.id = x.staff_membership_id
left join identities i on i.id = m.identity_id
left join staff_invitations n on n.membership_id = m.id
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects));

create view staff.team_member_internals with (security_barrier) as
select x.id as team_member_id, x.company_id, x.project_id, n.pay_rate_minor, n.private_phone, p.currency
from access.staff_projects p
join team_members x on x.project_id = p.id
join staff_internals n on n.staff_membership_id = x.staff_membership_id
where p.may_read_projects and p.is_listed;

create view access.staff_schedule_versions as
select v.*, c.may_read_projects, pp.schedule_share,
    c.listed_projects is null or v.project_id = any (c.listed_projects) as is_listed,
    v.state <> 'DRAFT' or c.may_edit_schedule as may_see_state
from access.staff_caller c
join schedule_versions v on v.company_id = c.company_id
left join project_portals pp on pp.project_id = v.project_id;

create view staff.schedule_versions with (security_barrier) as
select id, company_id, project_id, state, number, published_at, created_at, start_on, version, schedule_share
from access.staff_schedule_versions
where may_read_projects and is_listed and may_see_state;

create view staff.schedule_version_internals with (security_barrier) as
select x.version_id, x.company_id, x.project_id, x.publish_notes
from access.staff_schedule_versions v
join schedule_version_internals x on x.version_id = v.id and x.project_id = v.project_id
where v.may_read_projects and v.is_listed and v.may_see_state;

-- The plans of versions: for staff alone, and of drafts for those who edit schedules.
create view staff.planned_milestones with (security_barrier) as
select m.id, m.company_id, m.project_id, m.version_id, v.state as version_state, m.milestone_id, m.name,
    m.client_viewable, m.internal_target_on, m.sort
from access.staff_schedule_versions v
join planned_milestones m on m.version_id = v.id and m.project_id = v.project_id
where v.may_read_projects and v.is_listed and v.may_see_state;

create view staff.schedule_delays with (security_barrier) as
select x.id, x.company_id, x.project_id, x.task_id, x.start_on, x.days, x.reason, x.cause, x.client_viewable, x.version
from access.staff_caller c
join schedule_delays x on x.company_id = c.company_id
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects));

create view access.staff_planned_tasks as
select t.*, v.state as version_state, v.may_read_projects, v.is_listed, v.may_see_state
from access.staff_schedule_versions v
join planned_tasks t on t.version_id = v.id and t.project_id = v.project_id;

create view staff.planned_tasks with (security_barrier) as
select id, company_id, project_id, version_id, version_state, task_id, planned_milestone_id, name, work_days, fixed_start_on,
    start_on, finish_on, total_float_days, is_critical, is_too_early, client_viewable, public_notes, private_notes,
    cost_code, labor_hours, internal_deadline_on, buffer_days, sort
from access.staff_planned_tasks
where may_read_projects and is_listed and may_see_state;

create view staff.planned_assignees with (security_barrier) as
select x.id, x.company_id, x.project_id, t.version_state, x.planned_task_id, x.project_membership_id,
    x.staff_membership_id,
    case when x.staff_membership_id is null then 'TRADE' else 'TEAM' end as kind,
    coalesce(case when n.accepted_at is null then n.name end, i.name, c.name) as name
from access.staff_planned_tasks t
join planned_assignees x on x.planned_task_id = t.id and x.project_id = t.project_id
left join staff_memberships sm on sm.id = x.staff_membership_id
left join staff_invitations n on n.membership_id = sm.id
left join identities i on i.id = sm.identity_id
left join project_memberships pm on pm.id = x.project_membership_id
left join contacts c on c.id = pm.contact_id
where t.may_read_projects and t.is_listed and t.may_see_state;

create view staff.planned_dependencies with (security_barrier) as
select x.planned_task_id, x.predecessor_id, x.company_id, x.project_id, t.version_state, x.kind, x.lag_days, x.lag_unit
from access.staff_planned_tasks t
join planned_dependencies x on x.planned_task_id = t.id and x.project_id = t.project_id
where t.may_read_projects and t.is_listed and t.may_see_state;

create view staff.milestones with (security_barrier) as
select m.id, m.company_id, m.project_id, m.name, m.sort, m.client_viewable, m.status, m.percent_complete,
    m.anticipated_finish_on
from access.staff_projects p
join milestones m on m.project_id = p.id
where p.may_read_projects and p.is_listed;

create view staff.milestone_internals with (security_barrier) as
select x.milestone_id, x.company_id, x.project_id, x.internal_target_on
from access.staff_projects p
join milestone_internals x on x.project_id = p.id
where p.may_read_projects and p.is_listed;

create view staff.tasks with (security_barrier) as
select t.id, t.company_id, t.project_id, t.milestone_id, t.name, t.start_on, t.finish_on, t.work_days, t.percent_complete,
    t.client_viewable, t.sort, t.version, p.status <> 'ARCHIVED' as accepts_progress
from access.staff_projects p
join tasks t on t.project_id = p.id
where p.may_read_projects and p.is_listed;

create view staff.task_internals with (security_barrier) as
select x.task_id, x.company_id, x.project_id, x.private_notes, x.cost_code, x.labor_hours, x.internal_deadline_on,
    x.buffer_days, x.total_float_days, x.is_critical
from access.staff_projects p
join task_internals x on x.project_id = p.id
where p.may_read_projects and p.is_listed;

create view staff.task_baselines with (security_barrier) as
select x.task_id, x.company_id, x.project_id, x.start_on, x.finish_on, x.work_days
from access.staff_projects p
join task_baselines x on x.project_id = p.id
where p.may_read_projects and p.is_listed;

create view staff.task_briefs with (security_barrier) as
select x.task_id, x.company_id, x.project_id, x.public_notes
from access.staff_projects p
join task_briefs x on x.project_id = p.id
where p.may_read_projects and p.is_listed;

create view staff.task_assignees with (security_barrier) as
select x.id, x.company_id, x.project_id, x.task_id,
    x.project_membership_id, x.staff_membership_id,
    case when x.staff_membership_id is null then 'TRADE' else 'TEAM' end as kind,
    coalesce(case when n.accepted_at is null then n.name end, i.name, c.name) as name
from access.staff_projects p
join task_assignees x on x.project_id = p.id
left join staff_memberships sm on sm.id = x.staff_membership_id
left join staff_invitations n on n.membership_id = sm.id
left join identities i on i.id = sm.identity_id
left join project_memberships pm on pm.id = x.project_membership_id
left join contacts c on c.id = pm.contact_id
where p.may_read_projects and p.is_listed;

create view staff.task_dependencies with (security_barrier) as
select x.task_id, x.predecessor_id, x.company_id, x.project_id, x.kind, x.lag_days, x.lag_unit
from access.staff_projects p
join task_dependencies x on x.project_id = p.id
where p.may_read_projects and p.is_listed;

create view staff.selections with (security_barrier) as
select s.id, s.company_id, s.project_id, s.location_id, s.allowance_id, s.number, s.title, s.instructions, s.status,
    s.due_on, s.due_task_id, s.due_days_before, s.is_overdue, s.category, s.min_choices, s.max_choices, s.may_decline,
    -- The chosen option, if it is the only one.
    (select (array_agg(x.option_id))[1] from selection_choices x where x.selection_id = s.id having count(*) = 1)
        as chosen_option_id,
    s.chosen_at, s.chosen_by_name, s.approved_at, s.locked_at, s.ordered_at, s.decline_reason, s.version
from access.staff_caller c
join selections s on s.company_id = c.company_id
where c.may_read_projects and (c.listed_projects is null or s.project_id = any (c.listed_projects));

create view staff.selection_internals with (security_barrier) as
select x.selection_id, x.company_id, x.project_id, x.original_budget_minor, x.revised_budget_minor
from access.staff_caller c
join selection_internals x on x.company_id = c.company_id
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects));

create view staff.selection_trade_infos with (security_barrier) as
select x.selection_id, x.company_id, x.project_id, x.trade_info
from access.staff_caller c
join selection_trade_infos x on x.company_id = c.company_id
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects));

create view staff.selection_trades with (security_barrier) as
select x.selection_id, x.project_membership_id, x.company_id, x.project_id
from access.staff_caller c
join selection_trades x on x.company_id = c.company_id
join project_memberships m on m.id = x.project_membership_id and m.removed_at is null
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects));

create view staff.selection_choices with (security_barrier) as
select x.selection_id, x.option_id, x.company_id, x.project_id, s.status as selection_status, x.quantity, o.sort
from access.staff_caller c
join selection_choices x on x.company_id = c.company_id
join selections s on s.id = x.selection_id
join selection_options o on o.id = x.option_id
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects));

create view staff.selection_options with (security_barrier) as
select o.id, o.company_id, o.project_id, o.selection_id, s.status as selection_status, o.title, o.description,
    o.price_minor, case when s.allowance_id is null then o.price_minor - std.price_minor end as price_delta_minor,
    o.is_standard, o.lead_time_days, o.price_expires_on, o.is_price_expired, o.sort, o.version
from access.staff_caller c
join selections s on s.company_id = c.company_id
join selection_options o on o.selection_id = s.id and o.project_id = s.project_id
left join selection_options std on std.selection_id = s.id and std.is_standard
where c.may_read_projects and (c.listed_projects is null or s.project_id = any (c.listed_projects));

create view staff.selection_option_costs with (security_barrier) as
select x.option_id, x.company_id, x.project_id, x.unit_cost_minor, x.vendor, x.vendor_sku
from access.staff_caller c
join selection_option_costs x on x.company_id = c.company_id
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects));

create view staff.allowances with (security_barrier) as
select w.id, w.company_id, w.project_id, w.name, w.granted_minor, u.used_minor, w.covers, w.terms, w.unused_policy, w.fee_percent,
    w.tax_percent, w.sort, w.version
from access.staff_caller c
join allowances w on w.company_id = c.company_id
cross join lateral (
    select coalesce(sum(e.amount_minor), 0)::bigint as used_minor
    from allowance_entries e
    where e.allowance_id = w.id and e.kind in ('APPROVED', 'REOPENED')
) u
where c.may_read_projects and (c.listed_projects is null or w.project_id = any (c.listed_projects));

create view staff.allowance_entries with (security_barrier) as
select e.id, e.company_id, e.project_id, e.allowance_id, e.selection_id, e.kind, e.amount_minor, e.created_at
from access.staff_caller c
join allowance_entries e on e.company_id = c.company_id
where c.may_read_projects and (c.listed_projects is null or e.project_id = any (c.listed_projects));

create view staff.decisions with (security_barrier) as
select d.id, d.company_id, d.project_id, d.position, d.kind, d.subject_kind, d.subject_id, d.outcome, d.document,
    d.document_hash, d.decided_at, d.decided_by, d.decided_by_name, d.terms_version, d.evidence_hash, d.prev_hash, d.hash,
    h.key_id, h.signature
from access.staff_caller c
join decisions d on d.company_id = c.company_id
left join decision_heads h on h.project_id = d.project_id and h.position = d.position and h.hash = d.hash
where c.may_read_projects and (c.listed_projects is null or d.project_id = any (c.listed_projects));

create view staff.decision_evidence with (security_barrier) as
select e.decision_id, e.company_id, e.project_id, m.identity_id, e.salt, e.network, e.device, e.on_behalf_reason
from access.staff_caller c
join decision_evidence e on e.company_id = c.company_id
join decisions d on d.id = e.decision_id
join project_memberships m on m.id = d.decided_by
where c.may_read_projects and c.may_explain_access
    and (c.listed_projects is null or e.project_id = any (c.listed_projects));

create view staff.allowance_costs with (security_barrier) as
select x.allowance_id, x.company_id, x.project_id, x.cost_basis_minor, x.buffer_percent
from access.staff_caller c
join allowance_costs x on x.company_id = c.company_id
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects));

-- Threads with clients, and with `MESSAGES_INTERNAL` also internal ones and those with trade partners.
create view staff.threads with (security_barrier) as
select t.id, t.company_id, t.project_id, t.audience, t.kind, t.trade_membership_id, t.subject_kind, t.subject_id,
    t.title, t.created_at, t.last_message_at, t.message_count, t.search_text
from access.staff_caller c
join threads t on t.company_id = c.company_id
where c.may_read_projects and (c.listed_projects is null or t.project_id = any (c.listed_projects))
    and (t.audience = 'CLIENT' or c.may_read_internal);

create view staff.messages with (security_barrier) as
select m.id, m.company_id, m.project_id, m.thread_id, m.audience, t.trade_membership_id, m.position, m.author_id,
    m.author_kind, m.author_name, m.body, m.created_at, m.edited_at, m.version, m.search_text
from access.staff_caller c
join messages m on m.company_id = c.company_id
join threads t on t.id = m.thread_id
where c.may_read_projects and (c.listed_projects is null or m.project_id = any (c.listed_projects))
    and (m.audience = 'CLIENT' or c.may_read_internal);

create view staff.message_versions with (security_barrier) as
select v.message_id, v.version, v.company_id, v.project_id, v.audience, t.trade_membership_id, v.body, v.written_at
from access.staff_caller c
join message_versions v on v.company_id = c.company_id
join messages m on m.id = v.message_id
join threads t on t.id = m.thread_id
where c.may_read_projects and (c.listed_projects is null or v.project_id = any (c.listed_projects))
    and (v.audience = 'CLIENT' or c.may_read_internal);

-- Named like the staff of a team: as invited, until the person has accepted.
create view staff.message_mentions with (security_barrier) as
select x.message_id, x.staff_membership_id, x.company_id, x.project_id, m.audience,
    coalesce(case when n.accepted_at is null then n.name end, i.name) as name
from access.staff_caller c
join message_mentions x on x.company_id = c.company_id
join messages m on m.id = x.message_id
join staff_memberships s on s.id = x.staff_membership_id
join identities i on i.id = s.identity_id
left join staff_invitations n on n.membership_id = s.id
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects))
    and (m.audience = 'CLIENT' or c.may_read_internal);

-- Messages of others after the reader's mark. API keys have no marks, and nothing unread.
create view staff.thread_unreads with (security_barrier) as
select t.id as thread_id, t.company_id, t.project_id, t.audience, t.trade_membership_id, u.unread_count
from access.staff_caller c
join staff_memberships s on s.id = c.membership_id
join threads t on t.company_id = c.company_id
cross join lateral (
    select count(*)::int as unread_count
    from messages m
    where m.thread_id = t.id and m.author_id <> s.identity_id and m.position > coalesce((
        select r.position from thread_reads r where r.thread_id = t.id and r.identity_id = s.identity_id), 0)
) u
where c.may_read_projects and (c.listed_projects is null or t.project_id = any (c.listed_projects))
    and (t.audience = 'CLIENT' or c.may_read_internal);

-- Files in all states: lists leave out deleted ones unless they are asked for.
create view staff.files with (security_barrier) as
select f.id, f.company_id, f.project_id, f.kind, f.name, f.state, f.shared_with_clients,
    null::uuid as trade_membership_id, f.author_id, f.author_kind, f.author_name, f.content_number, f.media_type, f.size,
    f.renditions, f.taken_at, f.created_at, f.deleted_at, f.version, f.album_id, f.sha256,
    f.is_evidence, f.search_text
from access.staff_caller c
join files f on f.company_id = c.company_id
where c.may_read_projects and (c.listed_projects is null or f.project_id = any (c.listed_projects))
    and f.purpose = 'PROJECT';

create view staff.file_renditions with (security_barrier) as
select r.id, r.company_id, r.project_id, r.file_id, f.state, f.shared_with_clients, null::uuid as trade_membership_id, r.kind,
    r.is_current, r.is_clean, r.media_type, r.size, r.sha256, r.width, r.height
from access.staff_caller c
join file_renditions r on r.company_id = c.company_id
join files f on f.id = r.file_id
where c.may_read_projects and (c.listed_projects is null or r.project_id = any (c.listed_projects));

create view staff.file_objects with (security_barrier) as
select o.id, o.company_id, o.project_id, o.rendition_id, f.state as file_state, f.shared_with_clients,
    null::uuid as trade_membership_id, r.is_current, r.is_clean, o.start, o.size
from access.staff_caller c
join file_objects o on o.company_id = c.company_id
join file_renditions r on r.id = o.rendition_id
join files f on f.id = r.file_id
where c.may_read_projects and (c.listed_projects is null or o.project_id = any (c.listed_projects));

-- Not those who left the project.
create view staff.file_trades with (security_barrier) as
select x.file_id, x.project_membership_id, x.company_id, x.project_id
from access.staff_caller c
join file_trades x on x.company_id = c.company_id
join project_memberships m on m.id = x.project_membership_id and m.removed_at is null
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects));

create view staff.file_internals with (security_barrier) as
select x.file_id, x.company_id, x.project_id, x.source, x.scan_result, x.latitude, x.longitude
from access.staff_caller c
join file_internals x on x.company_id = c.company_id
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects));

-- Files on records that the caller sees, while the file is not deleted.
create view staff.file_attachments with (security_barrier) as
select l.id, l.company_id, l.project_id, l.file_id, l.record_kind, l.record_id, l.hidden_from_clients, l.created_at,
    l.selection_status, l.message_audience, p.version_state, f.state as file_state, f.shared_with_clients,
    null::uuid as trade_membership_id
from access.staff_caller c
join access.record_attachments l on l.company_id = c.company_id
join files f on f.id = l.file_id
-- A task that was removed from the schedule is known to all staff, a new one to those who edit schedules.
cross join lateral (
    select case when l.record_kind = 'TASK' then coalesce(l.version_state, (
        select max(v.state) from planned_tasks t join schedule_versions v on v.id = t.version_id
        where t.task_id = l.record_id and t.project_id = l.project_id)) end as version_state) p
where c.may_read_projects and (c.listed_projects is null or l.project_id = any (c.listed_projects))
    and f.state <> 'DELETED' and f.purpose = 'PROJECT'
    and case l.record_kind
        when 'TASK' then p.version_state <> 'DRAFT' or c.may_edit_schedule and p.version_state is not null
        when 'SELECTION' then l.selection_status is not null
        when 'SELECTION_OPTION' then l.selection_status is not null
        when 'MESSAGE' then l.message_audience = 'CLIENT' or c.may_read_internal and l.message_audience is not null
    end;

create view staff.project_covers with (security_barrier) as
select x.project_id, x.company_id, x.file_id, f.state as file_state, f.shared_with_clients,
    null::uuid as trade_membership_id
from access.staff_caller c
join project_covers x on x.company_id = c.company_id
join files f on f.id = x.file_id
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects))
    and f.state <> 'DELETED' and f.purpose = 'PROJECT';

create view staff.albums with (security_barrier) as
select x.id, x.company_id, x.project_id, x.name, x.shared_with_clients, x.sort
from access.staff_caller c
join albums x on x.company_id = c.company_id
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects));

-- Read by staff who manage files.
create view staff.project_storage with (security_barrier) as
select x.project_id, x.company_id, x.used_bytes, x.reserved_bytes, x.file_count
from access.staff_caller c
join project_storage x on x.company_id = c.company_id
where c.may_read_projects and (c.listed_projects is null or x.project_id = any (c.listed_projects));

-- Customized mail bodies, for staff who may change them (INV-18).
create view staff.email_templates with (security_barrier) as
select x.company_id, x.key, x.body, x.version, x.updated_at
from access.staff_caller c
join email_templates x on x.company_id = c.company_id
where c.may_manage_templates;

-- Delivery status of mails to the company's clients and staff, for staff who may invite them. Never the content: of the
-- payload only the template is read, and of the mail server's reply only the code, since the text may repeat anything.
create view staff.mail_deliveries with (security_barrier) as
select d.id, d.company_id, d.subject_id, d.state, d.attempts, d.last_attempt_at, d.next_attempt_at, d.created_at,
    substring(d.last_error from '\(([245][0-9]{2})\)') as reply_code,
    d.payload ->> 'template' in ('STAFF_INVITATION', 'STAFF_INVITATION_WITH_ACCOUNT') as is_to_staff
from access.staff_caller c
join jobs d on d.company_id = c.company_id
where d.kind = 'mail' and c.listed_projects is null and d.subject_id is not null
    and (c.may_invite_clients and d.payload ->> 'template' in ('CUSTOMER_INVITATION',
            'CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE', 'PROJECT_SHARED_AGAIN', 'TRADE_INVITATION', 'CONTACT_REVIEW')
        or c.may_manage_staff and d.payload ->> 'template' in ('STAFF_INVITATION', 'STAFF_INVITATION_WITH_ACCOUNT'));

-- The company's contacts, for staff who may invite clients. Not for a key limited to projects: contacts do not belong
-- to a project.
create view staff.contacts with (security_barrier) as
select x.id, x.company_id, x.kind, x.name, x.email, x.phone, x.created_at,
    -- The only column from the account (ACC-11).
    coalesce(i.claimed_at is not null, false) as is_user_managed, x.search_text
from access.staff_caller c
join contacts x on x.company_id = c.company_id
left join identities i on i.id = x.identity_id
where c.may_invite_clients and c.listed_projects is null;

create view staff.contact_internals with (security_barrier) as
select x.contact_id, x.company_id, x.internal_notes, x.lead_score
from access.staff_caller c
join contact_internals x on x.company_id = c.company_id
where c.may_invite_clients and c.listed_projects is null;

-- Leads with their contact's data.
create view staff.leads with (security_barrier) as
select l.id, l.company_id, l.contact_id, l.state, l.source, l.message, l.interest, l.project_id, l.created_at, l.updated_at,
    l.version, x.name, x.email, x.phone, x.search_text || e'\n' || l.search_text as search_text
from access.staff_caller c
join leads l on l.company_id = c.company_id
join contacts x on x.id = l.contact_id
where c.may_manage_leads and c.listed_projects is null;

-- The company's lead form. Its key is in public pages, so it is no secret for staff who work on leads.
create view staff.lead_forms with (security_barrier) as
select f.company_id, f.key, f.is_open, f.allowed_origins
from access.staff_caller c
join lead_forms f on f.company_id = c.company_id
where c.may_manage_leads and c.listed_projects is null;

-- API keys, without tokens: owners see the company's, other staff their own. API keys see none.
create view staff.api_keys with (security_barrier) as
select k.id, k.company_id, k.name, k.permissions,
    case when k.all_projects then null
        else array(select p.project_id from api_key_projects p where p.key_id = k.id order by p.project_id) end as project_ids,
    k.created_at, k.expires_at, u.last_used_at, k.revoked_at is not null as is_revoked, i.id as creator_id,
    i.name as creator_name
from access.staff_caller c
join api_keys k on k.company_id = c.company_id
join staff_memberships m on m.id = k.created_by
join identities i on i.id = m.identity_id
left join api_key_uses u on u.key_id = k.id
where c.may_make_keys and (c.is_owner or k.created_by = c.membership_id);

-- Names of staff, removed ones included, as the staff role view shows them elsewhere.
create view access.staff_names as
select m.id, m.company_id, m.identity_id, m.removed_at, m.created_at,
    case when n.id is not null and n.accepted_at is null then n.name else i.name end as name
from staff_memberships m
join identities i on i.id = m.identity_id
left join staff_invitations n on n.membership_id = m.id;

-- The company's audit log, with the rules of its entries. `may_read_kind` and the hidden fields are those of
-- `ActivityKind` in portico-core; a test compares them.
create view access.staff_activity as
select a.*, c.is_owner, c.membership_id, c.may_view_costs, c.may_view_margins,
    -- Addresses of the company's own people, for those who manage them.
    c.may_manage_staff and c.listed_projects is null and a.actor_kind in ('STAFF', 'OWNER') as may_read_origin,
    case when a.project_id is null then c.listed_projects is null
        else c.may_read_projects and (c.listed_projects is null or a.project_id = any (c.listed_projects))
    end as is_in_scope,
    -- Not support's, and not those of strangers that became no record: they are deleted after some time.
    a.actor_kind <> 'SUPPORT' and (a.actor_kind <> 'PUBLIC' or a.subject_id is not null) as is_of_company,
    case
        when a.kind in (
            'COMPANY_CREATED', 'COMPANY_CHANGED', 'WORK_CALENDAR_CHANGED', 'PROJECT_CLIENT_ADDED', 'PROJECT_CLIENT_CHANGED',
            'PROJECT_CLIENT_REMOVED', 'PRIMARY_CLIENT_CHANGED', 'PROJECT_TRADE_ADDED', 'PROJECT_TRADE_CHANGED',
            'PROJECT_TRADE_REMOVED', 'INVITATION_SENT', 'INVITATION_RESENT', 'INVITATION_REMOVED', 'INVITATION_ACCEPTED',
            'PROJECT_CREATED', 'PROJECT_CHANGED', 'TEAM_MEMBER_SAVED', 'TEAM_MEMBER_REMOVED', 'LOCATION_SAVED',
            'LOCATION_REMOVED', 'SCHEDULE_PUBLISHED', 'TASK_PROGRESS_SET',
            'SCHEDULE_DELAY_SAVED', 'SCHEDULE_DELAY_REMOVED', 'THREAD_STARTED', 'MESSAGE_POSTED', 'MESSAGE_EDITED', 'FEEDBACK_SENT',
            'FILE_UPLOADED', 'INTERNAL_FILE_UPLOADED', 'FILE_CHANGED', 'FILE_SHARED', 'FILE_DELETED', 'FILE_RESTORED',
            'FILE_RELEASED', 'MAIL_RECEIVED', 'FILES_ADDRESS_REPLACED',
            'FILE_ATTACHED', 'FILE_DETACHED', 'FILE_ATTACHMENT_CHANGED', 'ALBUM_SAVED', 'ALBUM_DELETED',
            'COVER_PHOTO_CHANGED', 'CALENDAR_FEED_CREATED', 'CALENDAR_FEED_REVOKED',
            'CLIENT_VIEW_STARTED', 'CLIENT_VIEW_ENDED',
            'PORTAL_SETTINGS_CHANGED', 'BRANDING_CHANGED', 'SELECTION_APPROVED',
            'SELECTION_SAVED', 'SELECTION_DELETED', 'SELECTION_OPTION_SAVED', 'SELECTION_OPTION_DELETED',
            'SELECTION_SHARED', 'SELECTION_CHOSEN', 'SELECTION_DECLINED', 'SELECTION_LOCKED',
            'SELECTION_ORDERED', 'SELECTION_REOPENED', 'SELECTIONS_COPIED', 'ALLOWANCE_SAVED',
            'ALLOWANCE_DELETED') then true
        when a.kind in ('INTERNAL_THREAD_STARTED', 'INTERNAL_MESSAGE_POSTED', 'INTERNAL_MESSAGE_EDITED')
            then c.may_read_internal
        when a.kind in ('STAFF_INVITED', 'STAFF_INVITATION_RESENT', 'STAFF_JOINED', 'STAFF_CHANGED', 'STAFF_REMOVED')
            then c.may_manage_staff
        when a.kind in (
            'CLIENT_CREATED', 'TRADE_CREATED', 'CLIENT_CHANGED', 'TRADE_CHANGED', 'CLIENT_KNOWN_ELSEWHERE',
            'CONTACT_REVIEW_REQUESTED') then c.may_invite_clients
        when a.kind in ('HELP_ARTICLE_SAVED', 'HELP_ARTICLE_PUBLISHED', 'HELP_ARTICLE_DELETED') then c.may_manage_settings
        when a.kind = 'EMAIL_TEMPLATE_CHANGED' then c.may_manage_templates
        when a.kind in ('SCHEDULE_DRAFT_CREATED', 'SCHEDULE_DRAFT_CHANGED', 'SCHEDULE_DRAFT_DISCARDED', 'SCHEDULE_TEMPLATE_SAVED',
            'SCHEDULE_TEMPLATE_DELETED') then c.may_edit_schedule
        when a.kind in ('API_KEY_CREATED', 'API_KEY_REVOKED') then c.may_make_keys and (c.is_owner or exists (
            select from api_keys k where k.id = a.subject_id and k.created_by = c.membership_id))
        when a.kind in ('LEAD_CREATED', 'LEAD_SUBMITTED', 'LEAD_FORM_CHANGED', 'LEAD_CHANGED', 'LEAD_CONVERTED')
            then c.may_manage_leads
        else false
    end as may_read_kind,
    -- A change of hidden fields alone is hidden.
    case when a.kind not in ('PROJECT_CHANGED', 'SELECTION_SAVED', 'SELECTION_OPTION_SAVED', 'ALLOWANCE_SAVED')
            or coalesce(a.details -> 'changed', '[]') = '[]' then true
        else c.may_view_costs and c.may_view_margins or exists (
            select from jsonb_array_elements_text(a.details -> 'changed') f (field)
            where case when a.kind = 'PROJECT_CHANGED' and f.field in ('budget', 'internalStatus', 'riskNotes', 'leadSource')
                    or a.kind = 'SELECTION_SAVED' and f.field in ('originalBudget', 'revisedBudget')
                    or a.kind = 'SELECTION_OPTION_SAVED' and f.field in ('unitCost', 'vendor', 'vendorSku')
                    or a.kind = 'ALLOWANCE_SAVED' and f.field in ('costBasis', 'bufferPercent') then c.may_view_costs
                when f.field = 'targetMargin' then c.may_view_margins
                else true end)
    end as has_readable_change
from access.staff_caller c
join activity a on a.company_id = c.company_id;

-- Messages have no titles: their first words, in one line.
create view access.message_openings as
select m.id, m.project_id, m.thread_id, m.position, left(regexp_replace(m.body, '\s+', ' ', 'g'), 80) as opening
from messages m;

-- Newest first, in the order of the indexes: a page then reads no more entries than it needs. Of the details only the names of
-- changed fields and states are read. A subject that is gone has no name.
create view staff.activity with (security_barrier) as
select a.id, a.company_id, a.project_id, a.at, a.kind, a.subject_kind, a.subject_id,
    case a.subject_kind
        when 'COMPANY' then (select x.name from companies x where x.id = a.subject_id and x.id = a.company_id)
        when 'PROJECT' then (
            select x.name from projects x where x.id = a.subject_id and x.company_id = a.company_id)
        when 'STAFF_MEMBERSHIP' then (
            select x.name from access.staff_names x where x.id = a.subject_id and x.company_id = a.company_id)
        when 'CONTACT' then (
            select x.name from contacts x where x.id = a.subject_id and x.company_id = a.company_id)
        when 'PROJECT_MEMBERSHIP' then (
            select x.name from access.project_member_names x where x.id = a.subject_id and x.project_id = a.project_id)
        when 'INVITATION' then (
            select x.name from invitations n join access.project_member_names x on x.id = n.membership_id
            where n.id = a.subject_id and n.project_id = a.project_id)
        when 'TEAM_MEMBER' then (
            select coalesce(t.name, x.name) from team_members t
            left join access.staff_names x on x.id = t.staff_membership_id
            where t.id = a.subject_id and t.project_id = a.project_id)
        when 'LOCATION' then (
            select x.name from locations x where x.id = a.subject_id and x.project_id = a.project_id)
        when 'SCHEDULE_VERSION' then (
            select 'Version ' || x.number from schedule_versions x where x.id = a.subject_id and x.project_id = a.project_id)
        when 'TASK' then (
            select x.name from tasks x where x.id = a.subject_id and x.project_id = a.project_id)
        when 'SCHEDULE_TEMPLATE' then (
            select x.name from schedule_templates x where x.id = a.subject_id and x.company_id = a.company_id)
        when 'SCHEDULE_DELAY' then (
            select left(regexp_replace(x.reason, '\s+', ' ', 'g'), 80) from schedule_delays x
            where x.id = a.subject_id and x.project_id = a.project_id)
        when 'SELECTION' then (
            select x.title from selections x where x.id = a.subject_id and x.project_id = a.project_id)
        when 'ALLOWANCE' then (
            select x.name from allowances x where x.id = a.subject_id and x.project_id = a.project_id)
        when 'THREAD' then (
            select coalesce(x.title, m.opening) from threads x
            join access.message_openings m on m.thread_id = x.id and m.position = 1
            where x.id = a.subject_id and x.project_id = a.project_id)
        when 'MESSAGE' then (
            select x.opening from access.message_openings x where x.id = a.subject_id and x.project_id = a.project_id)
        when 'FILE' then (
            select x.name from files x where x.id = a.subject_id and x.project_id = a.project_id)
        when 'ALBUM' then (
            select x.name from albums x where x.id = a.subject_id and x.project_id = a.project_id)
        when 'HELP_ARTICLE' then (
            select x.title from help_articles x where x.id = a.subject_id and x.company_id = a.company_id)
        when 'API_KEY' then (
            select x.name from api_keys x where x.id = a.subject_id and x.company_id = a.company_id)
        when 'LEAD' then (
            select x.name from leads l join contacts x on x.id = l.contact_id
            where l.id = a.subject_id and l.company_id = a.company_id)
    end as subject_name,
    -- Who has created the key: other staff read about their own keys only.
    case when a.subject_kind = 'API_KEY' then (
        select m.identity_id from api_keys k join staff_memberships m on m.id = k.created_by
        where k.id = a.subject_id and k.company_id = a.company_id)
    end as key_creator_id,
    a.actor_kind,
    -- The current membership, or the last one.
    case
        when a.actor_kind in ('STAFF', 'OWNER') then (
            select m.id from staff_memberships m where m.company_id = a.company_id and m.identity_id = a.actor_id
            order by m.removed_at desc nulls first, m.created_at desc, m.id limit 1)
        when a.actor_kind in ('CLIENT', 'TRADE') then (
            select m.id from project_memberships m
            where m.project_id = a.project_id and m.identity_id = a.actor_id and m.kind = a.actor_kind
            order by m.removed_at desc nulls first, m.created_at desc, m.id limit 1)
    end as actor_membership_id,
    case
        when a.actor_kind in ('STAFF', 'OWNER') then (
            select x.name from access.staff_names x where x.company_id = a.company_id and x.identity_id = a.actor_id
            order by x.removed_at desc nulls first, x.created_at desc, x.id limit 1)
        when a.actor_kind in ('CLIENT', 'TRADE') then (
            select x.name from access.project_member_names x
            where x.project_id = a.project_id and x.identity_id = a.actor_id and x.kind = a.actor_kind
            order by x.removed_at desc nulls first, x.created_at desc, x.id limit 1)
    end as actor_name,
    coalesce(a.actor_id = (select identity_id from access.session), false) as is_by_viewer,
    coalesce(a.subject_id = a.membership_id, false) as is_about_viewer,
    array(
        select f.field from jsonb_array_elements_text(coalesce(a.details -> 'changed', '[]')) with ordinality f (field, place)
        where a.kind <> 'PROJECT_CHANGED' or case
            when f.field in ('budget', 'internalStatus', 'riskNotes', 'leadSource') then a.may_view_costs
            when f.field = 'targetMargin' then a.may_view_margins
            else true end
        order by f.place) as changed_fields,
    case when a.kind in ('LEAD_CHANGED', 'LEAD_CONVERTED') then a.details ->> 'from' end as former_state,
    case a.kind when 'LEAD_CHANGED' then a.details ->> 'to' when 'LEAD_CONVERTED' then 'CONVERTED' end as new_state,
    case when a.kind in ('TEAM_MEMBER_SAVED', 'LOCATION_SAVED', 'SCHEDULE_DELAY_SAVED', 'HELP_ARTICLE_SAVED', 'ALBUM_SAVED')
        then a.details ->> 'isNew' = 'true' end as is_new,
    case when a.kind = 'HELP_ARTICLE_PUBLISHED' then a.details ->> 'isPublished' = 'true' end as is_published,
    case when a.may_read_origin then a.network end as network,
    case when a.may_read_origin then a.device end as device
from access.staff_activity a
where a.is_in_scope and a.is_of_company and a.may_read_kind and a.has_readable_change
order by a.at desc, a.id desc;

-- What the caller was sent of each project's records (changes.rs).
create view access.staff_sync_states as
select p.id as project_id, p.company_id, p.reader_id, s.position, s.deleted_position, p.may_read_projects, p.is_listed
from access.staff_projects p
left join sync_states s on s.reader_id = p.reader_id and s.project_id = p.id;

create view staff.sync_states with (security_barrier) as
select project_id, company_id, reader_id, position, deleted_position
from access.staff_sync_states
where may_read_projects and is_listed;

create view staff.synced_records with (security_barrier) as
select s.project_id, s.company_id, r.reader_id, r.kind, r.record_id, r.digest, r.created_position, r.position
from access.staff_sync_states s
join synced_records r on r.reader_id = s.reader_id and r.project_id = s.project_id
where s.may_read_projects and s.is_listed;

-- Generations of the visible owners, for cache keys.
create view staff.generations with (security_barrier) as
select p.id as project_id, p.company_id, gp.internal as project_generation, gc.internal as company_generation
from access.staff_projects p
join caching.generations gp on gp.owner_id = p.id
join caching.generations gc on gc.owner_id = p.company_id
where p.may_read_projects and p.is_listed;

-- Folds a search term like the searched texts.
create function staff.search_pattern(wanted text) returns text
language sql immutable strict parallel safe
return search.pattern(wanted);
