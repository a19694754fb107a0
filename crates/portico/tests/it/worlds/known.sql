-- The caller, and the rows visible to the caller according to docs/domain.md, which the second world must not change.
-- `:hash` is the hash of the caller's token; for anonymous callers it matches no session, and nothing is visible.
begin;
set constraints all deferred;
-- The ledger and the files that it refers to refuse changes, also to the owner of the tables.
alter table decisions disable trigger append_only;
alter table decision_heads disable trigger append_only;
alter table decision_evidence disable trigger append_only;
alter table file_holds disable trigger append_only;
alter table files disable trigger keep_held;
alter table file_contents disable trigger keep_held;
alter table file_renditions disable trigger keep_held;
alter table file_objects disable trigger keep_held;
create temp table me on commit drop as
    select identity_id, actor from sessions where token_hash = ':hash';
create temp table places on commit drop as
    select m.id as membership_id, m.project_id, m.company_id, p.features, p.schedule_share, p.shares_baseline, m.kind = 'CLIENT' as for_client,
        m.can_pay
    from project_memberships m
    join me on me.identity_id = m.identity_id and me.actor = m.kind
    join project_portals p on p.project_id = m.project_id
    where m.removed_at is null and case m.kind when 'CLIENT' then m.access_level = 'PORTAL' else m.web_access end;
-- The published version, even if the schedule is not shared: its milestones are visible by name and status.
create temp table open_versions on commit drop as
    select v.id, v.project_id, a.for_client, a.membership_id, not a.for_client or a.schedule_share <> 'NONE' as is_shared
    from schedule_versions v join places a on a.project_id = v.project_id
    where v.state = 'PUBLISHED' and (not a.for_client or 'SCHEDULE' = any (a.features));
create temp table known_tasks on commit drop as
    select t.id
    from tasks t join open_versions v on v.project_id = t.project_id
    where v.is_shared and case when v.for_client then t.client_viewable
        else exists (select from task_assignees x where x.task_id = t.id and x.project_membership_id = v.membership_id) end;
-- Baselines of these tasks, for clients whose portal shares them. Trade partners know none.
create temp table known_baselines on commit drop as
    select b.task_id from task_baselines b join places a on a.project_id = b.project_id
    where a.for_client and a.shares_baseline and b.task_id in (select id from known_tasks);
-- With the roll-ups that the caller knows: the status only, if the schedule is not shared.
create temp table known_milestones on commit drop as
    select m.id, v.is_shared, m.status, m.percent_complete, m.anticipated_finish_on
    from milestones m join open_versions v on v.project_id = m.project_id
    where case when v.for_client then m.client_viewable
        else exists (
            select from tasks t join task_assignees x on x.task_id = t.id
            where t.milestone_id = m.id and x.project_membership_id = v.membership_id) end;
-- Tasks that are visible only by their effect on a milestone's roll-up, which counts all tasks (RULE-12).
create temp table felt_tasks on commit drop as
    select t.id, m.is_shared, m.status, m.anticipated_finish_on, row_number() over (order by t.id) as n
    from tasks t join known_milestones m on m.id = t.milestone_id where t.id not in (select id from known_tasks);
create temp table known_versions on commit drop as select id from open_versions where is_shared;
-- Delays that clients may view, while the schedule is shared. Trade partners know none.
create temp table known_delays on commit drop as
    select d.id from schedule_delays d join places a on a.project_id = d.project_id
    where a.for_client and d.client_viewable and 'SCHEDULE' = any (a.features) and a.schedule_share <> 'NONE';
create temp table known_selections on commit drop as
    select s.id from selections s join places a on a.project_id = s.project_id
    where s.status <> 'DRAFT' and case when a.for_client then 'SELECTIONS' = any (a.features)
        else exists (select from selection_trades x where x.selection_id = s.id and x.project_membership_id = a.membership_id) end;
create temp table known_options on commit drop as
    select o.id from selection_options o where o.selection_id in (select id from known_selections);
create temp table known_allowances on commit drop as
    select w.id from allowances w join places a on a.project_id = w.project_id
    where a.for_client and 'SELECTIONS' = any (a.features);
create temp table known_articles on commit drop as
    select h.id from help_articles h where h.state = 'PUBLISHED' and h.company_id in (
        select a.company_id from places a where a.for_client and 'HELP' = any (a.features));
create temp table known_threads on commit drop as
    select t.id from threads t join places a on a.project_id = t.project_id
    where case when a.for_client then t.audience = 'CLIENT' and 'MESSAGES' = any (a.features)
        else t.audience = 'TRADE' and t.trade_membership_id = a.membership_id end;
-- Records whose files the caller may see: clients never those of tasks (SCH-6).
create temp table known_records on commit drop as
    select id from known_selections union select id from known_options union select m.id from messages m where m.thread_id in (select id from known_threads)
    union select t.id from known_tasks t join me on me.actor = 'TRADE';
-- Without the section DOCUMENTS, clients see the files of records that they see.
create temp table known_files on commit drop as
    select f.id from files f join places a on a.project_id = f.project_id
    where f.state = 'AVAILABLE' and case when a.for_client then f.shared_with_clients and ('DOCUMENTS' = any (a.features) or exists (
            select from file_attachments x where x.file_id = f.id and not x.hidden_from_clients
                and x.record_id in (select id from known_records)))
        else exists (select from file_trades x where x.file_id = f.id and x.project_membership_id = a.membership_id) end;
create temp table known_attachments on commit drop as
    select x.id from file_attachments x join places a on a.project_id = x.project_id
    where x.file_id in (select id from known_files) and x.record_id in (select id from known_records)
        and not (a.for_client and x.hidden_from_clients);
create temp table known_albums on commit drop as
    select b.id from albums b join places a on a.project_id = b.project_id
    where a.for_client and b.shared_with_clients and 'DOCUMENTS' = any (a.features);
-- Clients and trade partners know nothing of what may contain the position of a photo.
create temp table known_renditions on commit drop as
    select r.id from file_renditions r where r.file_id in (select id from known_files) and r.is_clean and r.is_current;
create temp table known_team on commit drop as
    select t.id, t.staff_membership_id from team_members t join places a on a.project_id = t.project_id
    where t.is_shown and (not a.for_client or 'TEAM' = any (a.features));
-- Clients see other clients; trade partners see the assignees of their tasks.
create temp table known_members on commit drop as
    select m.id, m.identity_id, m.contact_id from project_memberships m join places a on a.project_id = m.project_id
    where a.for_client and m.kind = 'CLIENT' and m.removed_at is null
    union select m.id, m.identity_id, m.contact_id from project_memberships m join me on me.identity_id = m.identity_id
    union select m.id, m.identity_id, m.contact_id
    from project_memberships m join task_assignees x on x.project_membership_id = m.id join me on me.actor = 'TRADE'
    where x.task_id in (select id from known_tasks);
create temp table known_identities on commit drop as
    select identity_id as id from known_members
    union select m.identity_id from known_team t join staff_memberships m on m.id = t.staff_membership_id
    union select m.identity_id from task_assignees x join staff_memberships m on m.id = x.staff_membership_id
        join me on me.actor = 'TRADE' where x.task_id in (select id from known_tasks)
    union select identity_id from me;

-- Decisions of all clients are known to the clients of the project, and the evidence to the client who decided.
create temp table known_decisions on commit drop as
    select d.id, m.identity_id in (select identity_id from me) as is_own
    from decisions d join places a on a.project_id = d.project_id and a.for_client
    join project_memberships m on m.id = d.decided_by;

-- Another text, and another id.
create function pg_temp.other(text) returns text language sql immutable as $$ select 'other ' || md5(coalesce($1, '')) $$;
create function pg_temp.other(uuid) returns uuid language sql immutable as $$ select md5($1::text)::uuid $$;

-- Another value of each type, for the columns of staff that no statement sets by hand.
create function pg_temp.changed(text) returns text language sql immutable as $$ select pg_temp.other($1) $$;
create function pg_temp.changed(int) returns int language sql immutable as $$ select coalesce($1, 0) + 5 $$;
create function pg_temp.changed(bigint) returns bigint language sql immutable as $$ select 100000000 - coalesce($1, 0) $$;
create function pg_temp.changed(numeric) returns numeric language sql immutable as $$ select coalesce($1, 0) + 3 $$;
create function pg_temp.changed(boolean) returns boolean language sql immutable as $$ select not coalesce($1, false) $$;
create function pg_temp.changed(date) returns date language sql immutable as $$ select coalesce($1, '2026-01-05') + 3 $$;
create function pg_temp.changed(timestamptz) returns timestamptz language sql stable as
    $$ select coalesce($1, '2026-01-05') + interval '9 days' $$;
create function pg_temp.changed(text[]) returns text[] language sql immutable as $$ select array_append($1, 'https://other.example') $$;
