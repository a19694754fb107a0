-- The second world: every secret has another value, and hidden rows are removed, moved and added. Each part names its entity
-- in docs/domain.md. Columns of staff that no statement here sets are changed by their type: see secrets.rs.

-- Removed ---------------------------------------------------------------------------------------------------------------

-- TaskDependency, the company's internal rows: one in three.
delete from task_dependencies where (task_id, predecessor_id) in (
    select task_id, predecessor_id from (select *, row_number() over (order by task_id, predecessor_id) n from task_dependencies) x where n % 3 = 1);
delete from contact_internals where contact_id in (
    select contact_id from (select contact_id, row_number() over (order by contact_id) n from contact_internals) x where n % 3 = 1);
delete from selection_internals where selection_id in (
    select selection_id from (select selection_id, row_number() over (order by selection_id) n from selection_internals) x where n % 3 = 1);
delete from allowance_costs where allowance_id in (
    select allowance_id from (select allowance_id, row_number() over (order by allowance_id) n from allowance_costs) x where n % 3 = 1);

-- Thread, Message: one in three of other audiences, of other trade partners, and of a disabled section.
delete from threads where id in (
    select id from (select id, row_number() over (order by id) n from threads where id not in (select id from known_threads)) x where n % 3 = 1);

-- FileHold: those of decisions that the caller may not see, and of hidden files.
delete from file_holds where decision_id not in (select id from known_decisions)
    or content_id in (select id from file_contents where file_id not in (select id from known_files));

-- File: one in three of those that are not shared, are not available, or are in a disabled section, with their bytes. FileTrade: one in
-- two of other trade partners.
delete from files where id in (
    select id from (select id, row_number() over (order by id) n from files where id not in (select id from known_files)) x where n % 3 = 1);
delete from file_objects where rendition_id is null;

-- FileAttachment, Album: one in three of those that are hidden. Project.coverPhoto: hidden ones.
delete from file_attachments where id in (
    select id from (select id, row_number() over (order by id) n from file_attachments where id not in (select id from known_attachments)) x where n % 3 = 1);
delete from albums where id in (
    select id from (select id, row_number() over (order by id) n from albums where id not in (select id from known_albums)) x where n % 3 = 1);
delete from project_covers where file_id not in (select id from known_files);
delete from file_trades where (file_id, project_membership_id) in (
    select file_id, project_membership_id from (select *, row_number() over (order by file_id, project_membership_id) n
        from file_trades where project_membership_id not in (select membership_id from places where not for_client)) x where n % 2 = 1);

-- Lead: one in three.
delete from leads where id in (select id from (select id, row_number() over (order by id) n from leads) x where n % 3 = 1);

-- Jobs: one in three.
delete from jobs where id in (select id from (select id, row_number() over (order by id) n from jobs) x where n % 3 = 1);

-- StaffInvitation: one in three; the members of staff remain.
delete from staff_invitations where id in (select id from (select id, row_number() over (order by id) n from staff_invitations) x where n % 3 = 1);

-- HelpArticle: drafts, those of other companies, and those where help is disabled. Onboarding: that of other people.
delete from help_articles where id in (
    select id from (select id, row_number() over (order by id) n from help_articles where id not in (select id from known_articles)) x where n % 3 = 1);
delete from onboardings where identity_id in (
    select identity_id from (select identity_id, row_number() over (order by identity_id) n from onboardings
        where identity_id not in (select identity_id from me)) x where n % 3 = 1);

-- WorkCalendar: one in three of the exceptions.
delete from work_calendar_exceptions where (company_id, falls_on) in (
    select company_id, falls_on from (select *, row_number() over (order by company_id, falls_on) n from work_calendar_exceptions) x where n % 3 = 1);
-- CalendarFeed: one in three of other members.
delete from calendar_feeds where id in (
    select id from (select id, row_number() over (order by id) n from calendar_feeds where membership_id not in (select membership_id from places)) x where n % 3 = 1);

-- ApiKey, Session: those of others.
delete from api_key_projects where project_id in (select project_id from (select project_id, row_number() over (order by project_id) n from api_key_projects) x where n = 1);
delete from sessions where id in (
    select id from (select id, row_number() over (order by id) n from sessions where identity_id not in (select identity_id from me)) x where n % 3 = 1);

-- Decision: the chains of projects in which the caller is no client, and one in three of the evidence that is hidden.
delete from decision_evidence where decision_id in (
    select decision_id from (select decision_id, row_number() over (order by decision_id) n from decision_evidence
        where decision_id not in (select id from known_decisions where is_own)) x where n % 3 = 1);
create temp table gone_decisions on commit drop as
    select id, project_id from (
        select d.id, d.project_id, row_number() over (order by d.project_id, d.position desc) n from decisions d
        where d.id not in (select id from known_decisions)
            and not exists (select from decisions x where x.project_id = d.project_id and x.position > d.position)) x where n % 3 = 1;
delete from decision_evidence where decision_id in (select id from gone_decisions);
delete from decision_heads where decision_id in (select id from gone_decisions);
delete from decisions where id in (select id from gone_decisions);

-- Project: those of others, with all their rows.
create temp table gone_projects on commit drop as
    select id from (select id, row_number() over (order by id) n from projects where id not in (select project_id from places)) x where n % 3 = 1;
do $$
declare owned text;
begin
    foreach owned in array array[:tables_of_projects]
    loop
        execute format('delete from %I where project_id in (select id from gone_projects)', owned);
    end loop;
end $$;
delete from projects where id in (select id from gone_projects);

-- Task, Milestone, ScheduleVersion: drafts, superseded ones, those hidden from a client or not assigned to a trade partner.
create temp table strange_tasks on commit drop as
    select id, milestone_id, row_number() over (order by id) as n from tasks
    where id not in (select id from known_tasks union select id from felt_tasks);
create temp table strange_milestones on commit drop as
    select id, row_number() over (order by id) as n from milestones where id not in (select id from known_milestones);
create temp table strange_versions on commit drop as
    select id, row_number() over (order by id) as n from schedule_versions where id not in (select id from open_versions);
delete from tasks where id in (
    select id from strange_tasks where n % 3 = 1 or milestone_id in (select id from strange_milestones where n % 3 = 1));
-- Clients see tasks of a hidden milestone as tasks without one.
update tasks set milestone_id = null where milestone_id in (select id from strange_milestones where n % 3 = 1);
delete from milestones where id in (select id from strange_milestones where n % 3 = 1);
delete from schedule_versions where id in (select id from strange_versions where n % 3 = 1);

-- Task: hidden ones of milestones whose roll-up the caller knows. One in three is replaced by tasks of another number and
-- duration, with the same weight, progress and finish: the roll-up stays the same.
insert into tasks (id, company_id, project_id, milestone_id, name, start_on, finish_on, work_days, percent_complete, client_viewable, sort)
    select md5(t.id::text || part)::uuid, t.company_id, t.project_id, t.milestone_id, 'other ' || part, t.start_on - part, t.finish_on,
        days, t.percent_complete, t.client_viewable, t.sort
    from felt_tasks f join tasks t on t.id = f.id
    cross join lateral (values (1, 1), (2, greatest(t.work_days, 1) - 1)) as parts (part, days)
    where f.n % 3 = 1 and days > 0;
delete from tasks where id in (select id from felt_tasks where n % 3 = 1);

-- ScheduleDelay: one in three of the hidden ones, and the hidden tasks of the others.
delete from schedule_delays where id in (
    select id from (select id, row_number() over (order by id) n from schedule_delays where id not in (select id from known_delays)) x where n % 3 = 1);
update schedule_delays set task_id = null where task_id not in (select id from known_tasks);

-- Selection: drafts, those of other trade partners, those of a disabled section.
update selections set chosen_by = null;
create temp table strange_selections on commit drop as
    select id, row_number() over (order by id) as n from selections where id not in (select id from known_selections);
delete from allowance_entries where selection_id in (select id from strange_selections where n % 3 = 1);
delete from selection_options where selection_id in (select id from strange_selections where n % 3 = 1);
delete from selections where id in (select id from strange_selections where n % 3 = 1);

-- Assignees of tasks and trade partners of selections that are hidden from the caller.
delete from task_assignees where id in (
    select id from (select id, row_number() over (order by id) n from task_assignees
        where not exists (select from me where actor = 'TRADE') or task_id not in (select id from known_tasks)) x where n % 3 = 1);
delete from selection_trades where (selection_id, project_membership_id) in (
    select selection_id, project_membership_id from (select *, row_number() over (order by selection_id, project_membership_id) n
        from selection_trades where selection_id not in (select id from known_selections)
            or project_membership_id not in (select membership_id from places)) x where n % 2 = 1);

-- TeamMember: hidden ones. ProjectMembership: those that are hidden from the caller.
delete from team_members where id in (
    select id from (select id, row_number() over (order by id) n from team_members where id not in (select id from known_team)) x where n % 3 = 1);
create temp table gone_members on commit drop as
    select id from (select id, row_number() over (order by id) n from project_memberships where id not in (select id from known_members) and id not in (select decided_by from decisions)) x where n % 3 = 1;
delete from task_assignees where project_membership_id in (select id from gone_members);
delete from planned_assignees where project_membership_id in (select id from gone_members);
delete from selection_trades where project_membership_id in (select id from gone_members);
delete from invitations where membership_id in (select id from gone_members);
delete from project_memberships where id in (select id from gone_members);

-- Changed ---------------------------------------------------------------------------------------------------------------

-- Company
update companies set slug = 'other-' || md5(slug), region = case when id in (select company_id from places) then region when region = 'US' then 'CA' else 'US' end;

-- Identity, Session, ApiKey
update identities set email = md5(email) || '@other.example', email_canonical = md5(email) || '@other.example',
    phone = '+1999' || (1000000 + abs(hashtext(id::text)) % 8999999),
    locale = case when locale = 'pt' then 'en' else 'pt' end,
    time_zone = case when time_zone = 'Asia/Tokyo' then 'UTC' else 'Asia/Tokyo' end,
    -- Whether an account is claimed determines the name that other clients see.
    claimed_at = case when id in (select id from known_identities) then claimed_at when claimed_at is null then now() end,
    disabled_at = case when disabled_at is null then now() end,
    created_at = created_at + interval '9 days'
    where id not in (select identity_id from me);
update identities set name = pg_temp.other(name) where id not in (select id from known_identities);
update sessions set token_hash = md5(token_hash) || md5(token_hash), device = pg_temp.other(device),
    created_at = created_at + interval '9 days', last_seen_at = last_seen_at + interval '9 days',
    expires_at = expires_at + interval '9 days', revoked_at = case when revoked_at is null then now() end
    where identity_id not in (select identity_id from me);
update api_keys set token_hash = md5(token_hash) || md5(token_hash), permissions = '{SETTINGS_MANAGE}',
    revoked_at = case when revoked_at is null then now() end;

-- CompanyPortal: defaults of new projects, and the guide and video of companies where the caller has no access.
update company_portals set default_features = case when 'TEAM' = any (default_features) then '{DASHBOARD,HELP}' else '{DASHBOARD,TEAM}'::text[] end,
    default_schedule_share = case default_schedule_share when 'GANTT' then 'NONE' else 'GANTT' end,
    default_share_files = not default_share_files, selection_reminder_days = coalesce(selection_reminder_days, 3) % 30 + 1;
-- Trade partners know whether they report progress.
update company_portals set trades_report_progress = not trades_report_progress
    where company_id not in (select company_id from places where not for_client);
update company_portals set guide_url = pg_temp.other(guide_url), onboarding_video_url = pg_temp.other(onboarding_video_url)
    where company_id not in (select company_id from places where for_client);

-- WorkCalendar
update work_calendars set working_days = case when 'MONDAY' = any (working_days) then '{SUNDAY}' else '{MONDAY}'::text[] end;

-- HelpArticle: visible ones keep their order; sort values change. Onboarding: that of other people.
update help_articles set sort = 3 * sort + 7, published_at = published_at + interval '9 days';
update help_articles set title = pg_temp.other(title), body = pg_temp.other(body), sort = 50 - sort
    where id not in (select id from known_articles);
update help_articles set state = case state when 'DRAFT' then 'PUBLISHED' else 'DRAFT' end,
    published_at = case state when 'DRAFT' then now() end
    where company_id not in (select company_id from places where for_client and 'HELP' = any (features));
update onboardings set dismissed_at = dismissed_at + interval '9 days' where identity_id not in (select identity_id from me);

-- Jobs. The subject is derived from the key.
update jobs set kind = 'other', key = 'other:' || key, payload = '{"other": "payload"}', state = 'PARKED';

-- CalendarFeed: of other members.
update calendar_feeds set nonce = md5(nonce) || md5(nonce), created_at = created_at + interval '9 days'
    where membership_id not in (select membership_id from places);

-- NotificationSettings: of other people. StaffInvitation: teams show only the names of pending ones.
update notification_settings set instant_alerts = not coalesce(instant_alerts, false),
    summary_frequency = case summary_frequency when 'NEVER' then 'WEEKLY' else 'NEVER' end
    where identity_id not in (select identity_id from me);
update staff_invitations set name = pg_temp.other(name), accepted_at = accepted_at + interval '9 days';

-- Contact: trade partners on the same task, and other clients with an unclaimed account, show the company's name for them.
update contacts set identity_id = null, kind = case kind when 'MISC' then 'CLIENT' else 'MISC' end, email = pg_temp.other(email),
    phone = '+1' || abs(hashtext(id::text));
update contacts set name = pg_temp.other(name)
    where id not in (
        select k.contact_id from known_members k join identities i on i.id = k.identity_id cross join me
        where me.actor = 'TRADE' or i.claimed_at is null);

-- Lead
update leads set state = case state when 'LOST' then 'SPAM' else 'LOST' end, source = case source when 'WEB' then 'STAFF' else 'WEB' end;

-- Support.
update support_agents set host = 'other.' || host;

-- Staff: role, permissions and pay.
update staff_memberships set role = case role when 'OWNER' then 'STAFF' else 'OWNER' end, title = pg_temp.other(title),
    permissions = case when 'LEADS_MANAGE' = any (permissions) then '{}' else array_append(permissions, 'LEADS_MANAGE') end,
    removed_at = case when removed_at is null then now() end;

-- Project
update projects set number = 'X' || number, name = name || ' Other', address_line = pg_temp.other(address_line), city = 'Other ' || city,
    region = 'ZZ', postal_code = '0' || postal_code, country = case country when 'NZ' then 'AU' else 'NZ' end,
    status = case status when 'ACTIVE' then 'WARRANTY' else 'ACTIVE' end, stage = case stage when 'CLOSEOUT' then 'DESIGN' else 'CLOSEOUT' end,
    time_zone = 'Asia/Tokyo', currency = case currency when 'CHF' then 'EUR' else 'CHF' end,
    started_on = coalesce(started_on, '2026-01-05') + 3, shared_version = shared_version + 5
    where id not in (select project_id from places);
-- The version that outsiders see is another one.
update projects set version = version + 5;
update projects set contract_total_minor = coalesce(contract_total_minor, 0) + 12345
    where id not in (select project_id from places where for_client and can_pay);
update project_internals set target_margin = 0.9 - coalesce(target_margin, 0);
update project_portals set features = case when 'TEAM' = any (features) then '{DASHBOARD,HELP}' else '{DASHBOARD,SELECTIONS,SCHEDULE,TEAM}'::text[] end,
    schedule_share = case schedule_share when 'NONE' then 'GANTT' else 'NONE' end, shares_baseline = not shares_baseline,
    guide_url = pg_temp.other(guide_url)
    where project_id not in (select project_id from places where for_client);
-- The address for files is for clients whose portal has the section.
update project_portals set mail_key = substr(md5(mail_key), 1, 24)
    where project_id not in (select project_id from places where for_client) or not 'DOCUMENTS' = any (features);
update locations set name = pg_temp.other(name), sort = 90 - sort where project_id not in (select project_id from places);

-- ProjectMembership: clients know which of them is primary; no client knows the rights of another.
update project_memberships set can_see_status = not can_see_status, can_pay = not can_pay, can_approve = not can_approve
    where identity_id not in (select identity_id from me);
update project_memberships set web_access = not web_access, access_level = case access_level when 'PORTAL' then 'NONE' else 'PORTAL' end,
    -- Memberships removed from the caller's own projects are hidden, and would be visible if restored.
    removed_at = case when removed_at is null then now()
        when kind = 'CLIENT' and project_id in (select project_id from places where for_client) then removed_at - interval '9 days' end,
    is_primary = false,
    relationship = case when relationship is null then null when relationship = 'PARTNER' then 'REPRESENTATIVE' else 'PARTNER' end
    where id not in (select id from known_members);

-- ProjectClientSettings: of other clients, which no client knows.
update project_client_settings set instant_alerts = not coalesce(instant_alerts, false),
    summary_frequency = case summary_frequency when 'NEVER' then 'WEEKLY' else 'NEVER' end
    where membership_id not in (select m.id from project_memberships m join me on me.identity_id = m.identity_id);

-- Invitation
update invitations set accepted_at = case when accepted_at is null then now() end;
-- The state decides whether the defaults of the company apply; no client knows the invitations of others.
update invitations set state = case state when 'REMOVED' then 'REVOKED' else 'REMOVED' end,
    ended_at = coalesce(ended_at, sent_at) + interval '9 days'
    where membership_id not in (select m.id from project_memberships m join me on me.identity_id = m.identity_id);

-- TeamMember: visible ones keep their order, not their sort values.
update team_members set sort = 3 * sort + 7;
update team_members set title = pg_temp.other(title), work_phone = pg_temp.other(work_phone), photo_url = pg_temp.other(photo_url),
    name = case when name is not null then pg_temp.other(name) end,
    is_shown = is_shown and project_id not in (select project_id from places), sort = 50 - sort
    where id not in (select id from known_team);
update team_members set is_shown = not is_shown where project_id not in (select project_id from places);

-- ScheduleVersion: numbers and dates of superseded versions and of schedules that are not shared.
update schedule_versions set number = number + 500, published_at = published_at + interval '9 days'
    where state <> 'DRAFT' and id not in (select id from known_versions);
update schedule_versions set state = 'SUPERSEDED' where state = 'PUBLISHED' and project_id not in (select project_id from places);

-- Milestone, Task: visible ones keep their order, not their sort values. Roll-ups that the caller knows stay the same.
update milestones set sort = 3 * sort + 7;
update milestones set name = pg_temp.other(name), sort = 50 - sort where id not in (select id from known_milestones);
update tasks set sort = 3 * sort + 7;
update milestones set client_viewable = not client_viewable
    where not exists (select from me where actor = 'CLIENT') or project_id not in (select project_id from places);
update tasks set name = pg_temp.other(name), version = version + 5, sort = 50 - sort where id not in (select id from known_tasks);
update tasks set start_on = start_on + 3, finish_on = finish_on + 300, work_days = work_days + 40
    where id not in (select id from known_tasks) and (milestone_id is null or milestone_id not in (select id from known_milestones where is_shared));
update tasks set percent_complete = 100 - percent_complete where id in (select id from strange_tasks) and percent_complete <> 50;
update tasks t set percent_complete = 1 + (t.percent_complete + 30) % 99
    from felt_tasks f where f.id = t.id and not f.is_shared and f.status = 'STARTED';
update tasks t set start_on = t.start_on - 9, finish_on = f.anticipated_finish_on from felt_tasks f where f.id = t.id and f.is_shared;
update tasks set client_viewable = not client_viewable
    where not exists (select from me where actor = 'CLIENT') or project_id not in (select project_id from places);
-- TaskBaseline: one in three of the hidden ones, and the dates of the others.
delete from task_baselines where task_id in (
    select task_id from (select task_id, row_number() over (order by task_id) n from task_baselines
        where task_id not in (select task_id from known_baselines)) x where n % 3 = 1);
update task_baselines set start_on = start_on - 3, finish_on = finish_on + 300, work_days = work_days + 40
    where task_id not in (select task_id from known_baselines);
update task_briefs set public_notes = pg_temp.other(public_notes)
    where not exists (select from me where actor = 'TRADE') or task_id not in (select id from known_tasks);
-- Templates of schedules: one in three goes.
delete from schedule_templates where id in (
    select id from (select id, row_number() over (order by id) n from schedule_templates) x where n % 3 = 1);
update schedule_templates set name = pg_temp.other(name), task_count = task_count + 7, version = version + 5, updated_at = updated_at + interval '9 days';

-- The plans of all versions.
delete from planned_tasks where id in (select id from (select id, row_number() over (order by id) as n from planned_tasks) x where n % 3 = 1);
update planned_milestones set name = pg_temp.other(name), client_viewable = not client_viewable, sort = 50 - sort,
    internal_target_on = coalesce(internal_target_on, '2026-01-01') + 9;
update planned_tasks set name = pg_temp.other(name), work_days = work_days + 40, fixed_start_on = coalesce(fixed_start_on, '2026-01-01') + 9,
    start_on = start_on - 3, finish_on = finish_on + 300, total_float_days = total_float_days + 7, is_critical = not is_critical,
    is_too_early = not is_too_early, client_viewable = not client_viewable, public_notes = 'other brief', private_notes = 'other private notes',
    cost_code = 'other', labor_hours = 777, internal_deadline_on = '2026-01-01', buffer_days = 77, sort = 50 - sort;
update planned_dependencies set kind = case kind when 'START_TO_FINISH' then 'FINISH_TO_START' else 'START_TO_FINISH' end,
    lag_days = 33, lag_unit = case lag_unit when 'WORKING_DAYS' then 'ELAPSED_DAYS' else 'WORKING_DAYS' end;
update schedule_versions set start_on = start_on + 99, version = version + 5;
update task_dependencies set lag_unit = case lag_unit when 'WORKING_DAYS' then 'ELAPSED_DAYS' else 'WORKING_DAYS' end, kind = case kind when 'START_TO_FINISH' then 'FINISH_TO_START' else 'START_TO_FINISH' end;

-- ScheduleDelay
update schedule_delays set start_on = start_on + 3, days = days % 365 + 1, reason = pg_temp.other(reason),
    cause = case cause when 'OTHER' then 'CLIENT' else 'OTHER' end where id not in (select id from known_delays);
update schedule_delays set client_viewable = not client_viewable
    where not exists (select from me where actor = 'CLIENT') or project_id not in (select project_id from places);

-- Allowance
update allowances set sort = 3 * sort + 7;
update allowances set name = pg_temp.other(name), granted_minor = granted_minor + 12345, covers = case covers when 'MATERIAL' then 'MATERIAL_AND_LABOR' else 'MATERIAL' end, terms = 'other terms',
    unused_policy = case unused_policy when 'KEEP' then 'CREDIT' else 'KEEP' end, fee_percent = 0.31, tax_percent = 0.27, version = version + 5,
    sort = 50 - sort where id not in (select id from known_allowances);

-- Selection, SelectionOption. Trade partners do not know a selection's allowance.
update selections set title = pg_temp.other(title), instructions = pg_temp.other(instructions), due_on = coalesce(due_on, '2026-11-16') + 3,
    number = number + 500, locked_at = coalesce(locked_at, '2026-08-21') + interval '9 days', version = version + 5
    where id not in (select id from known_selections);
update selections set status = 'APPROVED', approved_at = coalesce(approved_at, '2026-08-22') where status in ('CHOSEN', 'LOCKED', 'ORDERED') and id not in (select id from known_selections);
update selections set status = 'DECLINED' where status = 'SHARED' and id not in (select id from known_selections);
update selections set category = 'other category', min_choices = 2, max_choices = 9, may_decline = not may_decline, is_overdue = not is_overdue
    where id not in (select id from known_selections);
-- Whether there is a time of a choice and of an approval follows from the status.
update selections set decline_reason = 'other reason', chosen_by_name = 'other name', chosen_at = chosen_at + interval '3 hours',
    approved_at = approved_at + interval '3 hours', ordered_at = coalesce(ordered_at, '2026-11-05') + interval '3 hours'
    where id not in (select id from known_selections) or not exists (select from me where actor = 'CLIENT');
update selections set due_days_before = 77;
-- SelectionChoice, AllowanceEntry
update selection_choices set quantity = quantity + 3 where selection_id not in (select id from known_selections);
update allowance_entries set kind = case kind when 'GRANTED' then 'GRANT_CHANGED' when 'GRANT_CHANGED' then 'GRANTED'
    when 'APPROVED' then 'REOPENED' else 'APPROVED' end, amount_minor = amount_minor + 12345, created_at = created_at + interval '1 hour'
    where allowance_id not in (select id from known_allowances);
update selections set allowance_id = null where allowance_id is not null and not exists (select from me where actor = 'CLIENT');
update selection_trade_infos set trade_info = pg_temp.other(trade_info)
    where not exists (select from me where actor = 'TRADE') or selection_id not in (select id from known_selections);
update selection_options set sort = 3 * sort + 7;
update selection_options set title = pg_temp.other(title), description = pg_temp.other(description), is_standard = false,
    lead_time_days = coalesce(lead_time_days, 0) + 3, version = version + 5, sort = 50 - sort
    where id not in (select id from known_options);
update selection_options set is_price_expired = not is_price_expired, price_expires_on = coalesce(price_expires_on, '2026-12-24') + 3,
    price_minor = coalesce(price_minor, 0) + 12345
    where id not in (select id from known_options) or not exists (select from me where actor = 'CLIENT');

-- Decision: other chains, and the evidence of other people's decisions.
update decisions set kind = 'OTHER', subject_kind = 'OTHER', outcome = case outcome when 'APPROVED' then 'DECLINED' else 'APPROVED' end,
    document = pg_temp.other(document), document_hash = encode(sha256(convert_to(pg_temp.other(document), 'UTF8')), 'hex'),
    decided_at = decided_at + interval '9 days', decided_by_name = pg_temp.other(decided_by_name), terms_version = pg_temp.other(terms_version),
    evidence_hash = md5(evidence_hash) || md5(evidence_hash), prev_hash = md5(prev_hash) || md5(prev_hash), hash = md5(hash) || md5(hash)
    where id not in (select id from known_decisions);
update decision_heads set hash = md5(hash) || md5(hash), key_id = pg_temp.other(key_id), signature = pg_temp.other(signature)
    where decision_id not in (select id from known_decisions);
update decision_evidence set salt = pg_temp.other(salt), network = pg_temp.other(network), device = pg_temp.other(device),
    on_behalf_reason = pg_temp.other(on_behalf_reason), decided_at = decided_at + interval '9 days'
    where decision_id not in (select id from known_decisions where is_own);

-- Thread, Message. No number, order or read mark of a thread depends on another thread.
update threads set audience = case when audience = 'INTERNAL' and not exists (select from me where actor = 'CLIENT') then 'CLIENT' else 'INTERNAL' end,
    trade_membership_id = null, kind = 'DISCUSSION', subject_kind = case subject_kind when 'TASK' then 'PROJECT' else 'TASK' end,
    subject_id = pg_temp.other(subject_id), title = pg_temp.other(title), created_at = created_at + interval '9 days',
    last_message_at = last_message_at + interval '9 days', message_count = message_count + 5
    where id not in (select id from known_threads);
update threads set kind = 'FEEDBACK' where audience = 'CLIENT' and id not in (select id from known_threads);
update messages set position = position + 500, author_kind = case author_kind when 'COMPANY' then 'CLIENT' else 'COMPANY' end,
    author_name = pg_temp.other(author_name), body = pg_temp.other(body), created_at = created_at + interval '9 days',
    edited_at = coalesce(edited_at, created_at) + interval '9 days', version = version + 5
    where thread_id not in (select id from known_threads);
update message_versions set body = pg_temp.other(body), written_at = written_at + interval '9 days'
    where message_id in (select id from messages where thread_id not in (select id from known_threads));
update thread_reads set position = position + 5, read_at = read_at + interval '9 days'
    where identity_id not in (select identity_id from me);

-- File: hidden ones, and of visible ones what the caller may not know. No number, order or size of a file depends on another file.
update files set kind = case kind when 'FILE' then 'PHOTO' else 'FILE' end, purpose = 'TEAM_PHOTO', name = pg_temp.other(name),
    state = case state when 'AVAILABLE' then 'CHECKING' else 'AVAILABLE' end, deleted_at = null,
    author_kind = case author_kind when 'COMPANY' then 'SENDER' else 'COMPANY' end,
    author_id = case author_kind when 'COMPANY' then null else coalesce(author_id, (select min(id::text)::uuid from identities)) end, content_number = content_number + 5,
    media_type = pg_temp.other(media_type), size = size + 12345, renditions = case renditions when 'FAILED' then 'PENDING' else 'FAILED' end,
    taken_at = coalesce(taken_at, created_at) + interval '9 days', created_at = created_at + interval '9 days', version = version + 5
    where id not in (select id from known_files);
update files set shared_with_clients = not shared_with_clients where not exists (select from me where actor = 'CLIENT');
update files set author_name = pg_temp.other(author_name), sha256 = md5(sha256) || md5(sha256), is_evidence = not is_evidence
    where not exists (select from me where actor = 'CLIENT') or id not in (select id from known_files);
-- Hidden albums are none. An attachment is not shown to clients by its change.
update files set album_id = null where album_id not in (select id from known_albums);
update albums set sort = 3 * sort + 7;
update albums set name = pg_temp.other(name), sort = 50 - sort where id not in (select id from known_albums);
update albums set shared_with_clients = not shared_with_clients
    where not exists (select from me where actor = 'CLIENT') or project_id not in (select project_id from places);
update file_attachments set created_at = created_at + interval '9 days' where id not in (select id from known_attachments);
update file_attachments set hidden_from_clients = not hidden_from_clients
    where not exists (select from me where actor = 'CLIENT') or record_kind = 'TASK' or file_id not in (select id from known_files);
update file_contents set sha256 = md5(sha256) || md5(sha256);
update file_renditions set media_type = pg_temp.other(media_type), size = size + 12345, sha256 = md5(sha256) || md5(sha256),
    width = coalesce(width, 0) + 5, height = coalesce(height, 0) + 5
    where id not in (select id from known_renditions);
update file_renditions set is_current = not is_current, is_clean = not is_clean where file_id not in (select id from known_files);
update file_renditions set kind = 'LARGE' where kind = 'ORIGINAL' and file_id not in (select id from known_files)
    and content_id not in (select content_id from file_renditions where kind = 'LARGE');
update file_internals set source = case source when 'MAIL' then 'UPLOAD' else 'MAIL' end, scan_result = 'INFECTED', is_unattributed = not is_unattributed,
    latitude = coalesce(latitude, 0) + 3, longitude = coalesce(longitude, 0) + 3;
update file_objects set start = start + 12345, size = size + 12345
    where rendition_id is null or rendition_id not in (select id from known_renditions);
update file_objects set state = case state when 'STORED' then 'PENDING' else 'STORED' end;

-- Activity: clients know entries of their projects.
update activity set audiences = '{CLIENT}',
    at = case when project_id in (select project_id from places where for_client) then at else at + interval '9 days' end,
    kind = case when project_id in (select project_id from places where for_client) then kind else 'PROJECT_CREATED' end,
    details = case when project_id in (select project_id from places where for_client) then details
        else details || '{"changed": ["other"]}' end;
