-- Added rows: hidden ones that the first world does not have, similar to the visible ones.

-- Task: beside each one, one that is hidden from clients and has no assignee, also under
-- visible milestones: those change no roll-up that the caller knows.
insert into tasks (id, company_id, project_id, milestone_id, name, start_on, finish_on, work_days, percent_complete, client_viewable, sort)
    select pg_temp.other(t.id), t.company_id, t.project_id, t.milestone_id, t.name,
        least(t.start_on, case when m.is_shared then m.anticipated_finish_on end),
        case when m.is_shared then m.anticipated_finish_on else t.finish_on + 30 end, t.work_days + 1,
        case when m.is_shared or m.status = 'COMPLETED' then m.percent_complete when m.status = 'NOT_STARTED' then 0
            else 1 + (t.percent_complete + 50) % 99 end,
        exists (select from me where actor = 'TRADE'), t.sort + 1
    from tasks t left join known_milestones m on m.id = t.milestone_id;

-- Milestone: one before all others that clients may not view and in which no trade partner has a
-- task. For clients, visible tasks that had no milestone belong to it.
create temp table new_milestones on commit drop as
    select pg_temp.other(id) as id, company_id, project_id from schedule_versions where state = 'PUBLISHED';
insert into milestones (id, company_id, project_id, name, sort, client_viewable)
    select id, company_id, project_id, 'other milestone', -1, not exists (select from me where actor = 'CLIENT') from new_milestones;
update tasks t set milestone_id = n.id from new_milestones n
    where n.project_id = t.project_id and t.milestone_id is null
        and (t.id not in (select id from known_tasks) or exists (select from me where actor = 'CLIENT'));
insert into task_internals (task_id, company_id, project_id, private_notes)
    select id, company_id, project_id, 'other private notes' from tasks where id not in (select task_id from task_internals);
insert into task_baselines (task_id, company_id, project_id, start_on, finish_on, work_days)
    select id, company_id, project_id, '2026-01-05', '2026-01-09', 77 from tasks t
    where id not in (select task_id from task_baselines)
        and not exists (select from places a where a.project_id = t.project_id and a.for_client and a.shares_baseline
            and t.id in (select id from known_tasks));
insert into task_briefs (task_id, company_id, project_id, public_notes)
    select id, company_id, project_id, 'other brief' from tasks
    where id not in (select task_id from task_briefs) and id not in (select id from known_tasks where exists (select from me where actor = 'TRADE'));

-- ScheduleVersion: a draft and a superseded one in every project, with viewable tasks assigned to the caller.
create temp table new_versions on commit drop as
    select md5(p.id::text || s.state)::uuid as id, p.company_id, p.id as project_id, s.state
    from projects p, (values ('DRAFT'), ('SUPERSEDED')) s (state);
-- One draft in each project.
delete from schedule_versions where state = 'DRAFT';
insert into schedule_versions (id, company_id, project_id, state, number, published_at, start_on)
    select id, company_id, project_id, state, case state when 'SUPERSEDED' then 900 end, case state when 'SUPERSEDED' then '2026-01-05'::timestamptz end,
        '2026-01-05'
    from new_versions;
insert into planned_milestones (id, company_id, project_id, version_id, milestone_id, name, sort)
    select md5(m.id::text || n.id)::uuid, m.company_id, m.project_id, n.id, m.id, m.name, m.sort
    from new_versions n join milestones m on m.project_id = n.project_id;
insert into planned_tasks (id, company_id, project_id, version_id, task_id, planned_milestone_id, name, start_on, finish_on, work_days, client_viewable, sort)
    select md5(t.id::text || n.id)::uuid, t.company_id, t.project_id, n.id, t.id, md5(t.milestone_id::text || n.id)::uuid, t.name, start_on + 7,
        finish_on + 7, work_days, true, t.sort
    from new_versions n join tasks t on t.project_id = n.project_id;
insert into planned_assignees (id, company_id, project_id, planned_task_id, project_membership_id)
    select md5(t.id::text || a.membership_id)::uuid, t.company_id, t.project_id, t.id, a.membership_id
    from planned_tasks t join new_versions n on n.id = t.version_id join places a on a.project_id = t.project_id;
insert into planned_dependencies (planned_task_id, predecessor_id, company_id, project_id, kind, lag_days)
    select a.id, b.id, a.company_id, a.project_id, 'START_TO_FINISH', 77 from planned_tasks a
    join planned_tasks b on b.version_id = a.version_id and b.sort < a.sort join new_versions n on n.id = a.version_id;
insert into task_dependencies (task_id, predecessor_id, company_id, project_id, kind, lag_days, lag_unit)
    select a.id, b.id, a.company_id, a.project_id, 'START_TO_FINISH', 77, 'ELAPSED_DAYS' from tasks a join tasks b on b.project_id = a.project_id and b.sort < a.sort
    where a.id in (select id from known_tasks) on conflict do nothing;

-- WorkCalendar: more exceptions of every company.
insert into work_calendar_exceptions (company_id, falls_on, is_working, name)
    select company_id, date '2028-12-01' + n, n % 2 = 0, 'other day' from work_calendars, generate_series(1, 40) n
    on conflict do nothing;

-- ScheduleTemplate: one more in each company.
insert into schedule_templates (id, company_id, name, plan, task_count, updated_at)
    select md5(id::text || 'template')::uuid, id, 'Other template', '{}', 3, '2026-01-05' from companies;

-- Selection: a draft beside each, for the caller; and for trade partners a shared one of another trade partner.
insert into selections (id, company_id, project_id, location_id, allowance_id, title, instructions, status, due_on)
    select pg_temp.other(id), company_id, project_id, location_id, allowance_id, title, instructions, 'DRAFT', due_on + 1 from selections;
insert into selections (id, company_id, project_id, location_id, number, title, status, due_on)
    select md5(s.id::text || 'shared')::uuid, s.company_id, s.project_id, s.location_id, s.number + 700, s.title, 'SHARED', s.due_on + 1
    from selections s where s.status <> 'DRAFT' and exists (select from me where actor = 'TRADE');
insert into selection_options (id, company_id, project_id, selection_id, title, price_minor, is_standard, sort)
    select md5(s.id::text || n)::uuid, s.company_id, s.project_id, s.id, 'Option ' || n, 100 * n, n = 1, n
    from selections s, generate_series(1, 2) n where s.id not in (select selection_id from selection_options)
        and s.id not in (select id from known_selections);
insert into selection_trades (selection_id, project_membership_id, company_id, project_id)
    select s.id, a.membership_id, s.company_id, s.project_id from selections s join places a on a.project_id = s.project_id
    where s.status = 'DRAFT' and not a.for_client on conflict do nothing;
insert into selection_trade_infos (selection_id, company_id, project_id, trade_info)
    select id, company_id, project_id, 'other info' from selections
    where id not in (select selection_id from selection_trade_infos)
        and id not in (select id from known_selections where exists (select from me where actor = 'TRADE'));

-- SelectionChoice, AllowanceEntry
insert into selection_choices (selection_id, option_id, company_id, project_id, quantity)
    select selection_id, id, company_id, project_id, 3 from selection_options where selection_id not in (select id from known_selections)
    on conflict do nothing;
insert into allowance_entries (id, company_id, project_id, allowance_id, kind, amount_minor)
    select md5(id::text || 'entry')::uuid, company_id, project_id, id, 'GRANT_CHANGED', 777 from allowances
    where id not in (select id from known_allowances);

-- Project: one more in each company, with all kinds of rows, in which the caller's membership has ended.
create temp table new_projects on commit drop as
    select md5(c.id::text || 'project')::uuid as id, c.id as company_id,
        coalesce((select p.name from projects p join places a on a.project_id = p.id order by p.id limit 1), 'Maple Street House') as name
    from companies c;
insert into projects (id, company_id, number, name, address_line, city, region, postal_code, country, status, stage, time_zone, currency, started_on)
    select id, company_id, 'AB-2042', name, '418 Maple Street', 'Bellingham', 'WA', '98225', 'US', 'ACTIVE', 'CONSTRUCTION',
        'America/Los_Angeles', 'USD', '2026-05-04' from new_projects;
insert into project_internals (project_id, company_id, budget_minor) select id, company_id, 777 from new_projects;
insert into project_portals (project_id, company_id, features, schedule_share, shares_baseline)
    select id, company_id, '{DASHBOARD,SELECTIONS,SCHEDULE,TEAM}', 'GANTT', true from new_projects;
insert into locations (id, company_id, project_id, name, sort)
    select pg_temp.other(id), company_id, id, 'Kitchen', 1 from new_projects;
insert into allowances (id, company_id, project_id, name, granted_minor, sort)
    select pg_temp.other(id), company_id, id, 'Lighting allowance', 100, 1 from new_projects;
insert into project_memberships (id, company_id, project_id, contact_id, identity_id, kind, relationship, access_level, web_access, removed_at)
    select md5(p.id::text || 'member')::uuid, p.company_id, p.id,
        (select c.id from contacts c where c.company_id = p.company_id order by c.id limit 1), me.identity_id, me.actor,
        case me.actor when 'CLIENT' then 'PARTNER' end, case me.actor when 'CLIENT' then 'PORTAL' else 'NONE' end, me.actor = 'TRADE', now()
    from new_projects p, me;
insert into invitations (id, company_id, project_id, membership_id, state, template, sent_at, expires_at)
    select md5(m.id::text || 'invited')::uuid, m.company_id, m.project_id, m.id, 'INVITED', 'CUSTOMER_INVITATION', now(), now()
    from project_memberships m join new_projects p on p.id = m.project_id where m.kind = 'CLIENT';
insert into schedule_versions (id, company_id, project_id, state, number, published_at, start_on)
    select pg_temp.other(id), company_id, id, 'PUBLISHED', 1, '2026-01-05', '2026-01-05' from new_projects;
insert into milestones (id, company_id, project_id, name, sort)
    select pg_temp.other(id), company_id, id, 'Foundation', 1 from new_projects;
insert into tasks (id, company_id, project_id, milestone_id, name, start_on, finish_on, work_days, client_viewable, sort)
    select pg_temp.other(id), company_id, id, pg_temp.other(id), 'Frame walls', '2026-06-29', '2026-07-31', 5, true, 1
    from new_projects;
insert into task_assignees (id, company_id, project_id, task_id, project_membership_id)
    select md5(id::text || 'assignee')::uuid, company_id, id, pg_temp.other(id), md5(id::text || 'member')::uuid from new_projects
    where exists (select from me);
insert into selections (id, company_id, project_id, allowance_id, number, title, status)
    select pg_temp.other(id), company_id, id, pg_temp.other(id), 1, 'Front door', 'SHARED' from new_projects;

-- ScheduleDelay: a hidden one before all others, and viewable ones of projects that the caller does not see.
insert into schedule_delays (id, company_id, project_id, task_id, start_on, days, reason, cause, client_viewable)
    select md5(p.id::text || 'delay')::uuid, p.company_id, p.id, (select t.id from tasks t where t.project_id = p.id order by t.id limit 1),
        '2026-01-05', 9, 'other delay', 'OTHER', p.id not in (select project_id from places where for_client)
    from projects p;

-- TeamMember: hidden ones, with new people, before all others.
create temp table new_people on commit drop as
    select md5(p.id::text || 'person')::uuid as id, p.company_id, p.id as project_id from projects p;
insert into identities (id, email, email_canonical, name)
    select id, id || '@other.example', id || '@other.example', 'Other Person' from new_people;
insert into staff_memberships (id, company_id, identity_id, role, title) select id, company_id, id, 'STAFF', 'Other title' from new_people;
insert into staff_internals (staff_membership_id, company_id, pay_rate_minor) select id, company_id, 777 from new_people;
insert into staff_invitations (id, company_id, membership_id, name, email, sent_at, expires_at, accepted_at)
    select id, company_id, id, 'Other Person', id || '@other.example', '2026-11-20', '2026-12-04', '2026-11-21' from new_people;
insert into team_members (id, company_id, project_id, staff_membership_id, title, is_shown, sort)
    select id, company_id, project_id, id, 'Other title', false, -1 from new_people;

-- ProjectMembership of others: clients without access and, among trade partners, those on other tasks.
insert into contacts (id, company_id, identity_id, kind, name)
    select id, company_id, id, 'TRADE', 'Other Trade' from new_people;
insert into contact_internals (contact_id, company_id, internal_notes) select id, company_id, 'other' from new_people;
insert into project_memberships (id, company_id, project_id, contact_id, identity_id, kind, access_level, web_access)
    select pg_temp.other(id), company_id, project_id, id, id, 'TRADE', 'NONE', true from new_people;
insert into selection_trades (selection_id, project_membership_id, company_id, project_id)
    select s.id, pg_temp.other(n.id), s.company_id, s.project_id from selections s join new_people n on n.project_id = s.project_id;
insert into task_assignees (id, company_id, project_id, task_id, project_membership_id)
    select md5(t.id::text || n.id)::uuid, t.company_id, t.project_id, t.id, pg_temp.other(n.id)
    from tasks t join new_people n on n.project_id = t.project_id
    where not exists (select from me where actor = 'TRADE') or t.id not in (select id from known_tasks);

-- HelpArticle: a draft before each. Onboarding: a new person has dismissed the video.
insert into help_articles (id, company_id, title, body, sort, state)
    select pg_temp.other(id), company_id, title, body, sort - 1, 'DRAFT' from help_articles;
insert into onboardings (identity_id, dismissed_at)
    select id, '2026-11-21' from new_people;

-- Decision: one after each chain that the caller may not see, and one in each project of others.
insert into decisions (id, company_id, project_id, position, kind, subject_kind, subject_id, outcome, document_hash, decided_at,
        decided_by, decided_by_name, evidence_hash, prev_hash, hash)
    select md5(p.id::text || 'decision')::uuid, p.company_id, p.id, coalesce(n.position, 0) + 1, 'SELECTION_APPROVED', 'SELECTION', p.id,
        'APPROVED', md5(p.id::text) || md5(p.id::text), '2026-11-20', m.id, 'Other Client', md5('e') || md5('e'), n.hash,
        md5(p.id::text || 'hash') || md5(p.id::text || 'hash')
    from projects p
    cross join lateral (select x.id from project_memberships x where x.project_id = p.id order by x.id limit 1) m
    left join lateral (select d.position, d.hash from decisions d where d.project_id = p.id order by d.position desc limit 1) n on true
    where p.id not in (select project_id from places where for_client);
insert into decision_heads (decision_id, company_id, project_id, position, hash, key_id, signature)
    select id, company_id, project_id, position, hash, 'other', 'other' from decisions where decided_by_name = 'Other Client';
insert into decision_evidence (decision_id, company_id, project_id, salt, network, decided_at)
    select id, company_id, project_id, 'other', '203.0.113.250', decided_at from decisions where decided_by_name = 'Other Client';

-- Thread: among staff, about every record, newer than all others; with other trade partners; and with clients, for others.
create temp table new_threads on commit drop as
    select md5(x.id::text || x.kind || 'thread')::uuid as id, x.company_id, x.project_id, 'INTERNAL' as audience, null::uuid as partner, x.kind, x.id as subject
    from (select id, company_id, id as project_id, 'PROJECT' as kind from projects
        union all select id, company_id, project_id, 'TASK' from tasks
        union all select id, company_id, project_id, 'SELECTION' from selections) x
    union all
    select md5(id::text || 'partner')::uuid, company_id, project_id, 'TRADE', pg_temp.other(id), 'PROJECT', project_id from new_people
    union all
    select md5(id::text || 'client')::uuid, company_id, project_id, 'CLIENT', null, 'PROJECT', project_id from new_people
    where not exists (select from me where actor = 'CLIENT');
insert into threads (id, company_id, project_id, audience, trade_membership_id, subject_kind, subject_id, title, last_message_at, message_count)
    select id, company_id, project_id, audience, partner, kind, subject, 'Walkthrough on Saturday', '2027-01-04', 2 from new_threads;
insert into messages (id, company_id, project_id, thread_id, audience, position, author_id, author_kind, author_name, body, version)
    select md5(t.id::text || n)::uuid, t.company_id, t.project_id, t.id, t.audience, n, p.id, 'COMPANY', 'Other Person', 'other message', 2
    from new_threads t join new_people p on p.project_id = t.project_id, generate_series(1, 2) n;
insert into message_versions (message_id, version, company_id, project_id, audience, body, written_at)
    select md5(t.id::text || 1)::uuid, 1, t.company_id, t.project_id, t.audience, 'other text', '2027-01-03'
    from new_threads t join new_people p on p.project_id = t.project_id;
insert into message_mentions (message_id, staff_membership_id, company_id, project_id)
    select m.id, p.id, m.company_id, m.project_id from messages m join new_people p on p.project_id = m.project_id;
-- Others have read the caller's threads, and the caller has read hidden ones.
insert into thread_reads (thread_id, identity_id, company_id, project_id, position)
    select t.id, p.id, t.company_id, t.project_id, 1 from threads t join new_people p on p.project_id = t.project_id;
insert into thread_reads (thread_id, identity_id, company_id, project_id, position)
    select t.id, me.identity_id, t.company_id, t.project_id, 1 from new_threads t cross join me on conflict do nothing;

-- File: beside each one, earlier, at the same time and later, with the same name and size: some that are not shared with the caller,
-- and some that are and were deleted, or mailed by an unknown sender; each with its content, an image and bytes. Known ones are shared with other trade partners, and have an
-- earlier content.
create temp table new_files on commit drop as
    select md5(f.id::text || n || s.state)::uuid as id, f.id as of_file, s.state, f.created_at + n * interval '1 minute' as created_at
    from files f, generate_series(-1, 1) n, (values ('AVAILABLE'), ('DELETED'), ('QUARANTINED')) s (state);
insert into files (id, company_id, project_id, kind, name, state, shared_with_clients, author_id, author_kind, author_name, media_type,
        size, sha256, renditions, taken_at, created_at, deleted_at)
    select n.id, f.company_id, f.project_id, f.kind, f.name, n.state,
        n.state <> 'AVAILABLE' or not exists (select from me where actor = 'CLIENT'), case when n.state <> 'QUARANTINED' then coalesce(f.author_id, (select min(id::text)::uuid from identities)) end,
        case n.state when 'QUARANTINED' then 'SENDER' else case f.author_kind when 'SENDER' then 'COMPANY' else f.author_kind end end, f.author_name,
        f.media_type, f.size, md5(n.id::text) || md5(n.id::text), f.renditions, f.taken_at, n.created_at, case n.state when 'DELETED' then now() end
    from new_files n join files f on f.id = n.of_file;
insert into file_trades (file_id, project_membership_id, company_id, project_id)
    select f.id, a.membership_id, f.company_id, f.project_id
    from new_files n join files f on f.id = n.id join places a on a.project_id = f.project_id
    where n.state <> 'AVAILABLE' and not a.for_client;
insert into file_trades (file_id, project_membership_id, company_id, project_id)
    select f.id, pg_temp.other(p.id), f.company_id, f.project_id from files f join new_people p on p.project_id = f.project_id
    where f.state = 'AVAILABLE';
insert into file_contents (id, file_id, company_id, project_id, number, media_type, size, sha256, author_id, author_name)
    select pg_temp.other(id), id, company_id, project_id, 1, media_type, size, md5(id::text) || md5(id::text), author_id, author_name
    from files where id in (select id from new_files)
    union all
    select pg_temp.other(id), id, company_id, project_id, 99, media_type, size, md5(id::text) || md5(id::text), author_id, author_name
    from files where id in (select id from known_files);
insert into file_renditions (id, content_id, file_id, company_id, project_id, kind, is_current, is_clean, media_type, size, sha256)
    select md5(c.id::text || k.kind)::uuid, c.id, c.file_id, c.company_id, c.project_id, k.kind, c.number = 1, true, c.media_type, c.size, c.sha256
    from file_contents c, (values ('ORIGINAL'), ('SMALL')) k (kind)
    where c.file_id in (select id from new_files) or c.number = 99;
-- FileHold: hidden files are evidence of decisions, known or not.
insert into file_holds (content_id, decision_id, company_id, project_id)
    select c.id, d.id, c.company_id, c.project_id
    from file_contents c join new_files n on n.id = c.file_id and n.state = 'AVAILABLE'
    cross join lateral (select x.id from decisions x where x.project_id = c.project_id order by x.position limit 1) d;
insert into file_internals (file_id, company_id, project_id, source, scan_result, is_unattributed, latitude, longitude)
    select id, company_id, project_id, 'UPLOAD', 'CLEAN', author_kind = 'SENDER', 7, 7 from files where id in (select id from new_files);
insert into file_objects (id, company_id, project_id, rendition_id, start, size, state, created_at)
    select pg_temp.other(r.id), r.company_id, r.project_id, r.id, 0, r.size, 'STORED', now()
    from file_renditions r where r.id not in (select rendition_id from file_objects where rendition_id is not null);

-- Album: a hidden one before all others. Hidden files are in known albums, and known files in hidden ones.
insert into albums (id, company_id, project_id, name, shared_with_clients, sort)
    select md5(id::text || 'album')::uuid, company_id, id, 'other album', not exists (select from me where actor = 'CLIENT'), -1 from projects;
update files f set album_id = md5(f.project_id::text || 'album')::uuid
    where f.album_id is null and f.id in (select id from known_files);
update files f set album_id = b.id from albums b
    where b.project_id = f.project_id and b.id in (select id from known_albums) and f.id in (select id from new_files);

-- FileAttachment: hidden files on known records, and known files on records of which the caller sees no files: tasks, for clients;
-- and selections and options on which they are hidden.
insert into file_attachments (id, company_id, project_id, file_id, record_kind, record_id, created_at)
    select md5(n.id::text || r.id)::uuid, r.company_id, r.project_id, n.id, r.kind, r.id, now()
    from (select id, company_id, project_id, 'SELECTION' as kind from selections union all
        select id, company_id, project_id, 'SELECTION_OPTION' from selection_options union all
        select id, company_id, project_id, 'MESSAGE' from messages union all
        select id, company_id, project_id, 'TASK' from tasks) r
    join files f on f.project_id = r.project_id join new_files n on n.id = f.id
    where r.id in (select id from known_records);
insert into file_attachments (id, company_id, project_id, file_id, record_kind, record_id, hidden_from_clients, created_at)
    select md5(f.id::text || r.id)::uuid, r.company_id, r.project_id, f.id, r.kind, r.id, r.kind <> 'TASK', now()
    from (select id, company_id, project_id, 'SELECTION' as kind from selections union all
        select id, company_id, project_id, 'SELECTION_OPTION' from selection_options union all
        select id, company_id, project_id, 'TASK' from tasks) r
    join files f on f.project_id = r.project_id and f.id in (select id from known_files)
    where r.id not in (select id from known_records) or exists (select from me where actor = 'CLIENT') and r.kind <> 'TASK'
    on conflict do nothing;

-- Project.coverPhoto: a hidden file in each project without a cover.
insert into project_covers (project_id, company_id, file_id)
    select distinct on (f.project_id) f.project_id, f.company_id, f.id from files f join new_files n on n.id = f.id
    order by f.project_id, f.id on conflict do nothing;
insert into project_storage (project_id, company_id, used_bytes, file_count) select id, company_id, 777, 7 from new_projects;

-- Lead: one more per contact.
insert into leads (id, company_id, contact_id, state, source, message)
    select md5(id::text || 'lead')::uuid, company_id, id, 'NEW', 'WEB', 'other message' from contacts;

-- Mails to all of them.
insert into jobs (id, kind, key, company_id, payload, next_attempt_at, created_at)
    select id, 'mail', 'other:' || id, company_id, jsonb_build_object('key', 'other:' || id, 'company_id', company_id, 'template',
        'PROJECT_SHARED_AGAIN', 'to_address', id || '@other.example', 'values', '{"project": "Other"}'::jsonb), now(), now()
    from new_people;

-- Support agents: all of them.
insert into support_agents (identity_id, host) select id, 'other.example' from new_people;

-- Session, ApiKey
insert into sessions (id, token_hash, identity_id, actor, expires_at)
    select id, md5(id::text) || md5(id::text), id, 'TRADE', '2099-01-01' from new_people;
insert into api_keys (id, token_hash, company_id, name, created_by, permissions, all_projects, expires_at)
    select id, md5(id::text) || md5(id::text), company_id, 'Other key', id, '{PROJECTS_READ}', true, '2099-01-01' from new_people;

-- CalendarFeed: of other members.
insert into calendar_feeds (id, company_id, project_id, membership_id, nonce, created_at)
    select md5(m.id || 'added feed')::uuid, m.company_id, m.project_id, m.id, md5(m.id || 'c') || md5(m.id || 'd'), '2026-11-23'
    from project_memberships m
    where m.id not in (select membership_id from calendar_feeds) and m.id not in (select membership_id from places);

-- Rolls up all milestones: what the caller knows of them must be equal in both worlds.
set constraints all immediate;
alter table decisions enable trigger append_only;
alter table decision_heads enable trigger append_only;
alter table decision_evidence enable trigger append_only;
alter table file_holds enable trigger append_only;
alter table files enable trigger keep_held;
alter table file_contents enable trigger keep_held;
alter table file_renditions enable trigger keep_held;
alter table file_objects enable trigger keep_held;
do $$ begin
    if exists (
        select from known_milestones k left join milestones m on m.id = k.id
        where m.status is distinct from k.status or k.is_shared
            and (m.percent_complete, m.anticipated_finish_on) is distinct from (k.percent_complete, k.anticipated_finish_on))
    then
        raise exception 'the second world has another roll-up of a milestone that the caller knows';
    end if;
end $$;
commit;

-- Activity: entries about hidden fields, other clients' access, and what clients do not read.
insert into activity (id, at, company_id, project_id, kind, subject_kind, subject_id, actor_kind, network, details)
    select md5(a.id::text || k.kind || k.details)::uuid, a.at + interval '1 minute', a.company_id, a.project_id, k.kind,
        a.subject_kind, case k.kind when 'PROJECT_CLIENT_CHANGED' then md5(a.id::text)::uuid else a.subject_id end, 'SYSTEM',
        '198.51.100.9', k.details
    from activity a, (values
        ('PROJECT_CHANGED', jsonb '{"changed": ["budget", "riskNotes"]}'), ('PROJECT_CLIENT_CHANGED', '{"changed": ["canPay"]}'),
        ('INVITATION_SENT', '{}'), ('LOCATION_SAVED', '{"isNew": true}'), ('INVITATION_ACCEPTED', '{}')
    ) k (kind, details);
