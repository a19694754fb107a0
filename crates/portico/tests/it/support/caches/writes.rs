//! Changes in the life of a company: one entry per way in which rows are inserted, changed and deleted.

use fastrand::Rng;

/// Description and statements of a change. `{tasks where ..}` stands for the id of such a row, `#` for a unique number.
pub(crate) type Write = (&'static str, &'static str);

/// The statements of a change, with placeholders filled in.
pub(crate) fn in_words((_, sql): Write, rng: &mut Rng, number: usize) -> String {
    let mut words = String::new();
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once('{') {
        let (pick, after) = after.split_once('}').expect("a pick is closed");
        let chance = rng.u64(..);
        words += before;
        words += &format!("(select id from {pick} order by md5(id::text || '{chance}') limit 1)");
        rest = after;
    }
    (words + rest).replace('#', &number.to_string())
}

/// Views for placeholders besides tables.
pub(crate) const PICKS: &str = "
    create temp view waiting as select distinct task_id as id from task_dependencies;
    create temp view concerning as select selection_id as id from selection_trades
        union select selection_id from selection_trade_infos;";

pub(crate) const WRITES: &[Write] = &[
    // Schedules.
    ("a task is renamed", "update tasks set name = 'Task #' where id = {tasks}"),
    ("a template is renamed", "update schedule_templates set name = 'Template #' where id = {schedule_templates}"),
    ("a planned task is renamed", "update planned_tasks set name = 'Task #' where id = {planned_tasks}"),
    ("a planned task moves", "update planned_tasks set finish_on = finish_on + 1, work_days = work_days + 1 where id = {planned_tasks}"),
    ("a planned task goes", "delete from planned_tasks where id = {planned_tasks}"),
    ("a planned milestone is renamed", "update planned_milestones set name = 'Milestone #' where id = {planned_milestones}"),
    ("a planned task waits longer", "update planned_dependencies set lag_days = # % 300 where planned_task_id = {planned_tasks}"),
    ("a planned assignee is removed", "delete from planned_assignees where id = {planned_assignees}"),
    ("work goes on", "update tasks set percent_complete = # % 101, version = version + 1 where id = {tasks}"),
    ("a task is put off", "update tasks set finish_on = finish_on + 1, work_days = work_days + 1 where id = {tasks}"),
    ("a task is shown or hidden", "update tasks set client_viewable = not client_viewable where id = {tasks}"),
    ("tasks are put in another order", "update tasks set sort = -sort where project_id = {projects}"),
    ("a task leaves its milestone", "update tasks set milestone_id = null where id = {tasks}"),
    ("a task goes", "delete from tasks where id = {tasks}"),
    (
        "a task comes",
        "insert into tasks (id, company_id, project_id, name, start_on, finish_on, work_days, client_viewable, sort)
        select gen_random_uuid(), company_id, id, 'New #', '2026-11-02', '2026-12-03', 4, true, 99
        from projects where id = {projects}",
    ),
    ("a milestone is renamed", "update milestones set name = 'Milestone #' where id = {milestones}"),
    (
        "a milestone is shown or hidden",
        "update milestones set client_viewable = not client_viewable where id = {milestones}",
    ),
    ("milestones are put in another order", "update milestones set sort = -sort where project_id = {projects}"),
    (
        "a milestone goes",
        "update tasks set milestone_id = null where milestone_id = {milestones}; delete from milestones m
        where not exists (select from tasks t where t.milestone_id = m.id)",
    ),
    (
        "a draft is published",
        "create temp table now_published on commit drop as select id, project_id from schedule_versions
            where id = {schedule_versions where state = 'DRAFT'};
        update schedule_versions v set state = 'SUPERSEDED' from now_published d
            where v.project_id = d.project_id and v.state = 'PUBLISHED';
        update schedule_versions v set state = 'PUBLISHED', published_at = '2026-11-22',
            number = (select coalesce(max(number), 0) + 1 from schedule_versions o where o.project_id = v.project_id)
            from now_published d where v.id = d.id;
        delete from tasks t using now_published d where t.project_id = d.project_id
            and not exists (select from planned_tasks p where p.version_id = d.id and p.task_id = t.id);
        insert into tasks (id, company_id, project_id, name, start_on, finish_on, work_days, client_viewable, sort)
            select p.task_id, p.company_id, p.project_id, p.name, p.start_on, p.finish_on, p.work_days, p.client_viewable, p.sort
            from planned_tasks p join now_published d on d.id = p.version_id
            on conflict (id) do update set name = excluded.name, start_on = excluded.start_on, finish_on = excluded.finish_on,
                work_days = excluded.work_days, client_viewable = excluded.client_viewable, sort = excluded.sort,
                version = tasks.version + 1",
    ),
    (
        "a draft is begun",
        "create temp table begun on commit drop as select gen_random_uuid() as id, company_id, project_id
            from schedule_versions where id = {schedule_versions v where state = 'PUBLISHED' and not exists
                (select from schedule_versions d where d.project_id = v.project_id and d.state = 'DRAFT')};
        insert into schedule_versions (id, company_id, project_id, state, start_on)
            select id, company_id, project_id, 'DRAFT', '2026-11-02' from begun;
        insert into planned_tasks (id, company_id, project_id, version_id, task_id, name, start_on, finish_on, work_days,
            client_viewable, sort) select gen_random_uuid(), t.company_id, t.project_id, b.id, t.id, t.name || '+', t.start_on,
            t.finish_on, t.work_days, t.client_viewable, t.sort from begun b join tasks t on t.project_id = b.project_id",
    ),
    ("a draft is thrown away", "delete from schedule_versions where id = {schedule_versions where state = 'DRAFT'}"),
    ("it is said why", "update schedule_version_internals set publish_notes = 'Why #' where version_id = {schedule_versions}"),
    ("the team wants it done", "update milestone_internals set internal_target_on = '2026-01-01'::date + # where milestone_id = {milestones}"),
    ("a private note changes", "update task_internals set private_notes = 'Private #' where task_id = {tasks}"),
    ("a private note goes", "delete from task_internals where task_id = {tasks}"),
    ("a baseline goes", "delete from task_baselines where task_id = {tasks}"),
    ("a baseline comes", "insert into task_baselines (task_id, company_id, project_id, start_on, finish_on, work_days)
        select id, company_id, project_id, start_on, finish_on, # % 99 from tasks where id = {tasks} on conflict do nothing"),
    ("a brief changes", "update task_briefs set public_notes = 'Brief #' where task_id = {tasks t where exists (select from task_briefs b where b.task_id = t.id)}"),
    ("a brief goes", "delete from task_briefs where task_id = {tasks t where exists (select from task_briefs b where b.task_id = t.id)}"),
    (
        "a brief comes",
        "insert into task_briefs (task_id, company_id, project_id, public_notes)
        select id, company_id, project_id, 'Brief #' from tasks where id = {tasks} on conflict do nothing",
    ),
    (
        "a trade is assigned",
        "insert into task_assignees (id, company_id, project_id, task_id, project_membership_id)
        select gen_random_uuid(), t.company_id, t.project_id, t.id, m.id from tasks t
        join project_memberships m on m.project_id = t.project_id and m.kind = 'TRADE'
        where t.id = {tasks} on conflict do nothing",
    ),
    (
        "a member of staff is assigned",
        "insert into task_assignees (id, company_id, project_id, task_id, staff_membership_id)
        select gen_random_uuid(), t.company_id, t.project_id, t.id, m.id from tasks t
        join staff_memberships m on m.company_id = t.company_id
        where t.id = {tasks} order by m.id limit 1 on conflict do nothing",
    ),
    ("an assignee is removed", "delete from task_assignees where id = {task_assignees}"),
    (
        "a task waits for another",
        "insert into task_dependencies (task_id, predecessor_id, company_id, project_id, kind)
        select t.id, p.id, t.company_id, t.project_id, 'START_TO_START' from tasks t
        join tasks p on p.project_id = t.project_id and p.id <> t.id where t.id = {tasks} limit 1 on conflict do nothing",
    ),
    ("a task waits longer", "update task_dependencies set lag_days = # % 300 where task_id = {waiting}"),
    ("a task waits no longer", "delete from task_dependencies where task_id = {waiting}"),
    // Selections.
    ("a selection is renamed", "update selections set title = 'Selection #', version = version + 1 where id = {selections}"),
    ("instructions change", "update selections set instructions = 'Mind #' where id = {selections}"),
    ("a choice is due on another day", "update selections set due_on = '2026-11-01'::date + # % 40 where id = {selections}"),
    (
        "a selection is shared",
        "update selections s set status = 'SHARED', number = (select coalesce(max(number), 0) + 1 from selections o
            where o.project_id = s.project_id) where id = {selections where status = 'DRAFT'}",
    ),
    (
        "a selection is unshared",
        "update selections set status = 'DRAFT', number = null where id = {selections where status in ('SHARED', 'DECLINED')}",
    ),
    (
        "a choice is made",
        "with made as (update selections s set status = 'CHOSEN', chosen_at = now() where id = {selections x where status = 'SHARED'
            and exists (select from selection_options o where o.selection_id = x.id)} returning s.*)
        insert into selection_choices (selection_id, option_id, company_id, project_id) select m.id, (select o.id from selection_options o
            where o.selection_id = m.id order by o.title limit 1), m.company_id, m.project_id from made m on conflict do nothing",
    ),
    (
        "a choice is undone",
        "with made as (update selections set status = 'SHARED', chosen_at = null where id = {selections where status = 'CHOSEN'} returning id)
        delete from selection_choices where selection_id in (select id from made)",
    ),
    ("a selection goes", "delete from selections where id = {selections where status in ('DRAFT', 'DECLINED')}"),
    (
        "a selection comes",
        "insert into selections (id, company_id, project_id, title, status) select gen_random_uuid(), company_id, id,
            'New #', 'DRAFT' from projects where id = {projects}",
    ),
    ("a selection is elsewhere", "update selections s set location_id = (select l.id from locations l
        where l.project_id = s.project_id order by md5(l.id::text || '#') limit 1) where id = {selections}"),
    ("a selection is paid from elsewhere", "update selections s set allowance_id = (select a.id from allowances a
        where a.project_id = s.project_id order by md5(a.id::text || '#') limit 1) where id = {selections}"),
    ("a budget is revised", "update selection_internals set revised_budget_minor = 7 + 10 * # where selection_id = {selections}"),
    ("a trade is told more", "update selection_trade_infos set trade_info = 'Info #' where selection_id = {concerning}"),
    (
        "a trade is told something",
        "insert into selection_trade_infos (selection_id, company_id, project_id, trade_info)
        select id, company_id, project_id, 'Info #' from selections where id = {selections} on conflict do nothing",
    ),
    (
        "a selection concerns trades",
        "insert into selection_trades (selection_id, project_membership_id, company_id, project_id)
        select s.id, m.id, s.company_id, s.project_id from selections s
        join project_memberships m on m.project_id = s.project_id and m.kind = 'TRADE'
        where s.id = {selections} on conflict do nothing",
    ),
    ("a selection concerns no trade", "delete from selection_trades where selection_id = {concerning}"),
    ("an option is renamed", "update selection_options set title = 'Option #' where id = {selection_options}"),
    ("a price changes", "update selection_options set price_minor = 500 * # where id = {selection_options}"),
    ("a price is open", "update selection_options set price_minor = null where id = {selection_options}"),
    ("options are put in another order", "update selection_options set sort = -sort where selection_id = {selections}"),
    (
        "an option comes",
        "insert into selection_options (id, company_id, project_id, selection_id, title, price_minor, sort)
        select gen_random_uuid(), company_id, project_id, id, 'Option #', 5000, -1 from selections where id = {selections}",
    ),
    ("an option goes", "delete from selection_options where id = {selection_options o where not exists
        (select from selection_choices s where s.option_id = o.id)}"),
    (
        "an option moves to another selection",
        "update selection_options o set is_standard = false, selection_id = (select s.id from selections s
            where s.project_id = o.project_id order by md5(s.id::text || '#') limit 1)
        where id = {selection_options o where not exists (select from selection_choices s where s.option_id = o.id)}",
    ),
    ("a quantity changes", "update selection_choices set quantity = 1 + # % 99 where selection_id = {selections}"),
    (
        "an allowance is used",
        "insert into allowance_entries (id, company_id, project_id, allowance_id, kind, amount_minor)
        select gen_random_uuid(), company_id, project_id, id, 'GRANT_CHANGED', 100 * # from allowances where id = {allowances}",
    ),
    ("a cost changes", "update selection_option_costs set unit_cost_minor = 7 + 10 * # where option_id = {selection_options}"),
    ("a vendor goes", "delete from selection_option_costs where option_id = {selection_options}"),
    ("an allowance is granted", "update allowances set granted_minor = 500 * #, name = 'Allowance #' where id = {allowances}"),
    ("an allowance costs more", "update allowance_costs set cost_basis_minor = 7 + 10 * # where allowance_id = {allowances}"),
    (
        "a client decides",
        "insert into decisions (id, company_id, project_id, position, kind, subject_kind, subject_id, outcome, document_hash,
            decided_at, decided_by, decided_by_name, evidence_hash, prev_hash, hash)
        select gen_random_uuid(), p.company_id, p.id, coalesce(n.position, 0) + 1, 'SELECTION_APPROVED', 'SELECTION', p.id,
            'APPROVED', md5('#') || md5('d'), '2026-11-22', m.id, 'Client #', md5('#') || md5('e'), n.hash,
            md5('#') || md5(p.id::text)
        from projects p
        join lateral (select x.id from project_memberships x where x.project_id = p.id and x.kind = 'CLIENT'
            order by x.id limit 1) m on true
        left join lateral (select d.position, d.hash from decisions d where d.project_id = p.id
            order by d.position desc limit 1) n on true
        where p.id = {projects}",
    ),
    (
        "a decision is signed",
        "insert into decision_heads (decision_id, company_id, project_id, position, hash, key_id, signature)
        select id, company_id, project_id, position, hash, 'key', 'signature #' from decisions d
        where not exists (select from decision_heads h where h.decision_id = d.id)",
    ),
    // Projects and portals.
    ("a project is renamed", "update projects set name = 'Project #', version = version + 1 where id = {projects}"),
    ("a project goes on", "update projects set stage = 'CLOSEOUT', status = 'WARRANTY', contract_total_minor = 500 * # where id = {projects}"),
    ("a project has another budget", "update project_internals set budget_minor = 7 + 10 * #, risk_notes = 'Risk #' where project_id = {projects}"),
    ("a delay is shown or hidden", "update schedule_delays set client_viewable = not client_viewable, version = version + 1
        where id = {schedule_delays}"),
    ("a delay has another reason", "update schedule_delays set reason = 'Reason #', version = version + 1 where id = {schedule_delays}"),
    ("a delay comes", "insert into schedule_delays (id, company_id, project_id, task_id, start_on, days, reason, cause, client_viewable)
        select gen_random_uuid(), company_id, project_id, id, start_on, 1 + # % 9, 'Reason #', 'OTHER', # % 2 = 0 from tasks where id = {tasks}"),
    ("a delay goes", "delete from schedule_delays where id = {schedule_delays}"),
    ("a location is renamed", "update locations set name = 'Location #' where id = {locations}"),
    ("a location comes", "insert into locations (id, company_id, project_id, name, sort)
        select gen_random_uuid(), company_id, id, 'Location #', -1 from projects where id = {projects}"),
    ("locations go", "delete from locations l where not exists (select from selections s where s.location_id = l.id)"),
    ("the portal shows no schedule", "update project_portals set schedule_share = case schedule_share
        when 'NONE' then 'GANTT' else 'NONE' end where project_id = {projects}"),
    ("the portal shares the baseline", "update project_portals set shares_baseline = not shares_baseline
        where project_id = {projects}"),
    ("a section is switched", "update project_portals set features = case when features @> array['SELECTIONS', 'TEAM']
        then array['DASHBOARD', 'SCHEDULE'] else array['DASHBOARD', 'SELECTIONS', 'SCHEDULE', 'TEAM'] end
        where project_id = {projects}"),
    ("the schedule is switched", "update project_portals set features = case when 'SCHEDULE' = any (features)
        then array_remove(features, 'SCHEDULE') else features || 'SCHEDULE'::text end where project_id = {projects}"),
    ("a team member is shown or hidden", "update team_members set is_shown = not is_shown where id = {team_members}"),
    ("a team member has another title", "update team_members set title = 'Title #' where id = {team_members}"),
    ("a team member is removed", "delete from team_members where id = {team_members}"),
    // Threads, people and companies. A message, its thread and its mentions change together.
    ("a message is posted", "insert into messages (id, company_id, project_id, thread_id, audience, position, author_id,
            author_kind, author_name, body)
        select gen_random_uuid(), t.company_id, t.project_id, t.id, t.audience, t.message_count + 1, i.id, 'COMPANY', i.name, 'Message #'
        from threads t cross join (select id, name from identities order by id limit 1) i where t.id = {threads};
        update threads set message_count = message_count + 1, last_message_at = last_message_at + interval '1 minute'
        where id = {threads}"),
    ("a message is edited", "insert into message_versions (message_id, version, company_id, project_id, audience, body, written_at)
        select id, version, company_id, project_id, audience, body, created_at from messages where id = {messages};
        update messages set body = 'Edited #', version = version + 1, edited_at = created_at where id = {messages}"),
    ("a thread has another title", "update threads set title = 'Thread #' where id = {threads}"),
    ("a message mentions others", "insert into message_mentions (message_id, staff_membership_id, company_id, project_id)
        select m.id, s.id, m.company_id, m.project_id from messages m join staff_memberships s on s.company_id = m.company_id
        where m.id = {messages} order by s.id limit 1 on conflict do nothing"),
    ("a thread goes", "delete from threads where id = {threads}"),
    ("messages are switched", "update project_portals set features = case when 'MESSAGES' = any (features)
        then array_remove(features, 'MESSAGES') else features || 'MESSAGES'::text end where project_id = {projects}"),
    // Files.
    ("a file is uploaded", "insert into files (id, company_id, project_id, kind, name, state, shared_with_clients, author_id, author_kind,
            author_name, media_type, size, sha256, renditions)
        select gen_random_uuid(), p.company_id, p.id, 'PHOTO', 'File #.jpg', 'AVAILABLE', # % 2 = 0, i.id, 'COMPANY', i.name, 'image/jpeg', #,
            repeat('0', 64), 'PENDING' from projects p cross join (select id, name from identities order by id limit 1) i where p.id = {projects}"),
    ("a file has another name", "update files set name = 'File #', version = version + 1 where id = {files}"),
    ("a file is shared with clients or not", "update files set shared_with_clients = not shared_with_clients where id = {files}"),
    ("a file is shared with a trade partner", "insert into file_trades (file_id, project_membership_id, company_id, project_id)
        select f.id, m.id, f.company_id, f.project_id from files f
        join project_memberships m on m.project_id = f.project_id and m.kind = 'TRADE'
        where f.id = {files} order by md5(m.id::text || '#') limit 1 on conflict do nothing"),
    ("a file is shared with no trade partner", "delete from file_trades where file_id = {files}"),
    ("images of a file are made", "insert into file_contents (id, file_id, company_id, project_id, number, media_type, size, sha256, author_id, author_name)
        select gen_random_uuid(), id, company_id, project_id, # + 1000, media_type, size, repeat('0', 64), author_id, author_name from files where id = {files};
        insert into file_renditions (id, content_id, file_id, company_id, project_id, kind, is_current, is_clean, media_type, size, sha256, width, height)
        select gen_random_uuid(), id, file_id, company_id, project_id, 'SMALL', true, true, 'image/jpeg', #, sha256, #, #
        from file_contents where number = # + 1000;
        update files set renditions = 'READY' where id in (select file_id from file_contents where number = # + 1000)"),
    ("a file is attached to a selection", "insert into file_attachments (id, company_id, project_id, file_id, record_kind, record_id, created_at)
        select gen_random_uuid(), f.company_id, f.project_id, f.id, 'SELECTION', s.id, now() from files f join selections s on s.project_id = f.project_id
        where f.id = {files} order by md5(s.id::text || '#') limit 1 on conflict do nothing"),
    ("a file is attached to an option", "insert into file_attachments (id, company_id, project_id, file_id, record_kind, record_id, created_at)
        select gen_random_uuid(), f.company_id, f.project_id, f.id, 'SELECTION_OPTION', o.id, now() from files f join selection_options o on o.project_id = f.project_id
        where f.id = {files} order by md5(o.id::text || '#') limit 1 on conflict do nothing"),
    ("a file is attached to a task", "insert into file_attachments (id, company_id, project_id, file_id, record_kind, record_id, created_at)
        select gen_random_uuid(), f.company_id, f.project_id, f.id, 'TASK', t.id, now() from files f join tasks t on t.project_id = f.project_id
        where f.id = {files} order by md5(t.id::text || '#') limit 1 on conflict do nothing"),
    ("a file is attached to a message", "insert into file_attachments (id, company_id, project_id, file_id, record_kind, record_id, created_at)
        select gen_random_uuid(), f.company_id, f.project_id, f.id, 'MESSAGE', m.id, now() from files f join messages m on m.project_id = f.project_id
        where f.id = {files} order by md5(m.id::text || '#') limit 1 on conflict do nothing"),
    ("a file is hidden on a record or shown", "update file_attachments set hidden_from_clients = not hidden_from_clients where id = {file_attachments}"),
    ("a file is detached", "delete from file_attachments where id = {file_attachments}"),
    ("an album comes", "insert into albums (id, company_id, project_id, name, shared_with_clients, sort)
        select gen_random_uuid(), company_id, id, 'Album #', # % 2 = 0, # from projects where id = {projects}"),
    ("an album is renamed", "update albums set name = 'Album #' where id = {albums}"),
    ("an album is shared or not", "update albums set shared_with_clients = not shared_with_clients where id = {albums}"),
    ("an album goes", "delete from albums where id = {albums}"),
    ("a file is put into an album", "update files f set album_id = (select b.id from albums b where b.project_id = f.project_id
        order by md5(b.id::text || '#') limit 1) where id = {files}"),
    ("a project has another cover", "delete from project_covers where project_id = {projects};
        insert into project_covers (project_id, company_id, file_id)
        select project_id, company_id, id from files where id = {files} on conflict do nothing"),
    ("the position of a photo is found", "update file_internals set latitude = # % 90, longitude = # % 180 where file_id = {files}"),
    ("a file is deleted or restored", "update files set state = case state when 'DELETED' then 'AVAILABLE' else 'DELETED' end,
        deleted_at = case state when 'DELETED' then null else timestamptz '2026-11-22' end where id = {files} and not is_evidence"),
    ("a file is purged", "delete from files where id = {files} and not is_evidence"),
    ("a file is evidence of a decision", "insert into file_holds (content_id, decision_id, company_id, project_id)
        select c.id, d.id, c.company_id, c.project_id from files f join file_contents c on c.file_id = f.id
        join decisions d on d.project_id = f.project_id
        where f.id = {files} and f.state <> 'DELETED' order by md5(d.id::text || '#') limit 1 on conflict do nothing"),
    ("files are switched", "update project_portals set features = case when 'DOCUMENTS' = any (features)
        then array_remove(features, 'DOCUMENTS') else features || 'DOCUMENTS'::text end where project_id = {projects}"),
    ("staff may read internal threads or not", "update staff_memberships set permissions = case
        when 'MESSAGES_INTERNAL' = any (permissions) then array_remove(permissions, 'MESSAGES_INTERNAL')
        else permissions || 'MESSAGES_INTERNAL'::text end where role = 'STAFF'"),
    ("a person has another name", "update identities set name = 'Identity #' where id = {identities}"),
    ("a contact has another name", "update contacts set name = 'Contact #' where id = {contacts}"),
    ("a company has another name", "update companies set name = 'Company #' where id = {companies}"),
    ("a company has other colours", "update company_brandings set primary_color = '#00aa11' where company_id = {companies};
        update company_brandings set logo_url = 'https://logo.example/' || # where company_id = {companies}"),
    ("a company has another guide", "update company_portals set guide_url = 'https://guide.example/' || #,
        onboarding_video_url = 'https://video.example/' || # where company_id = {companies}"),
    ("a company offers less", "update company_portals set offers_link = not offers_link, offers_password = true
        where company_id = {companies}"),
    ("new projects begin otherwise", "update company_portals set default_features = array['DASHBOARD', 'HELP']
        where company_id = {companies}"),
    ("a company works other days", "update work_calendars set version = version + 1,
        working_days = case when 'SATURDAY' = any (working_days) then array_remove(working_days, 'SATURDAY')
            else working_days || 'SATURDAY'::text end where company_id = {companies}"),
    ("a company has another holiday", "insert into work_calendar_exceptions (company_id, falls_on, is_working, name)
        select company_id, date '2027-01-01' + #, false, 'Holiday #' from work_calendars where company_id = {companies}
        on conflict do nothing"),
    ("an article is written", "insert into help_articles (id, company_id, title, body, sort)
        select gen_random_uuid(), id, 'Article #', 'Body #', -1 from companies where id = {companies}"),
    ("an article changes", "update help_articles set title = 'Article #', version = version + 1 where id = {help_articles}"),
    ("articles are put in another order", "update help_articles set sort = -sort where company_id = {companies}"),
    ("an article is published or unpublished", "update help_articles set version = version + 1,
        published_at = case state when 'DRAFT' then timestamptz '2026-11-22' end,
        state = case state when 'DRAFT' then 'PUBLISHED' else 'DRAFT' end where id = {help_articles}"),
    ("an article goes", "delete from help_articles where id = {help_articles}"),
    ("help is switched", "update project_portals set features = case when 'HELP' = any (features)
        then array_remove(features, 'HELP') else features || 'HELP'::text end where project_id = {projects}"),
    ("a project gets or loses its guide", "update project_portals set guide_url = case when guide_url is null
        then 'https://own.example/' || # end where project_id = {projects}"),
    ("a client is shown around", "insert into onboardings (identity_id, dismissed_at)
        select id, '2026-11-22' from identities where id = {identities} on conflict do nothing"),
    ("a client is to be shown around again", "delete from onboardings"),
    ("staff may change settings or not", "update staff_memberships set permissions = case
        when permissions @> array['SETTINGS_MANAGE'] then array_remove(permissions, 'SETTINGS_MANAGE')
        else permissions || 'SETTINGS_MANAGE'::text end where id = {staff_memberships}"),
    ("a member of staff is paid more", "update staff_internals set pay_rate_minor = 7 + 10 * # where staff_membership_id = {staff_memberships}"),
    // Rights.
    ("a client or a trade comes or goes", "update project_memberships set removed_at =
        case when removed_at is null then timestamptz '2026-11-01' end where id = {project_memberships}"),
    ("a client may pay or not", "update project_memberships set can_pay = not can_pay where id = {project_memberships}"),
    ("a client may see status reports or not", "update project_memberships set can_see_status = not can_see_status
        where id = {project_memberships}"),
    ("a client has another label", "insert into project_client_settings (membership_id, company_id, project_id, label)
        select id, company_id, project_id, 'Label #' from project_memberships where id = {project_memberships where kind = 'CLIENT'}
        on conflict (membership_id) do update set label = excluded.label"),
    ("an invitation is accepted or open again", "update invitations set
        state = case state when 'ACCEPTED' then 'INVITED' else 'ACCEPTED' end,
        accepted_at = case state when 'ACCEPTED' then null else timestamptz '2026-11-22' end
        where id = {invitations where state in ('INVITED', 'ACCEPTED')}"),
    ("a client's portal is opened or closed", "update project_memberships set access_level = case access_level
        when 'PORTAL' then 'NONE' else 'PORTAL' end where id = {project_memberships where kind = 'CLIENT'}"),
    ("a trade may use the web or not", "update project_memberships set web_access = not web_access
        where id = {project_memberships where kind = 'TRADE'}"),
    ("staff may edit schedules or not", "update staff_memberships set permissions = case
        when permissions @> array['SCHEDULE_EDIT'] then array_remove(permissions, 'SCHEDULE_EDIT')
        else permissions || 'SCHEDULE_EDIT'::text end where id = {staff_memberships}"),
    ("staff may see costs or not", "update staff_memberships set permissions = case
        when permissions @> array['COSTS_VIEW'] then array_remove(permissions, 'COSTS_VIEW')
        else permissions || 'COSTS_VIEW'::text end where id = {staff_memberships}"),
    ("staff may read projects or not", "update staff_memberships set permissions = case
        when permissions @> array['PROJECTS_READ'] then array_remove(permissions, 'PROJECTS_READ')
        else permissions || 'PROJECTS_READ'::text end where id = {staff_memberships where role = 'STAFF'}"),
    ("staff come or go", "update staff_memberships set removed_at = case when removed_at is null
        then timestamptz '2026-11-01' end where id = {staff_memberships where role = 'STAFF'}"),
    ("a key may do more or less", "update api_keys set permissions = case
        when permissions @> array['COSTS_VIEW'] then array_remove(permissions, 'COSTS_VIEW')
        else permissions || 'COSTS_VIEW'::text end where id = {api_keys}"),
    ("a key lists less", "delete from api_key_projects where project_id = {projects}"),
    ("a key lists more", "insert into api_key_projects (key_id, company_id, project_id)
        select k.id, k.company_id, p.id from api_keys k join projects p on p.company_id = k.company_id
        where k.id = {api_keys} on conflict do nothing"),
    ("a session ends or is as before", "update sessions set revoked_at = case when revoked_at is null
        then timestamptz '2026-11-01' end where id = {sessions}"),
    ("a person is disabled or enabled", "update identities set disabled_at = case when disabled_at is null
        then timestamptz '2026-11-01' end where id = {identities}"),
];
