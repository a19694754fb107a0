//! Tests of the cost of repeated answers, and of what invalidates them.

use portico_core::id::Tag;
use portico_fixtures::world::World;
use portico_store::tables::{Generation, TABLES, Table};
use portico_testkit::{Operation, operations};

use crate::support::caches::{Gateways, Read, WRITES, id};
use crate::support::{MAPLE, ORCHARD};

/// Operations whose answers are not cached: lists of all projects of a company depend on every row of each project, and
/// whether one has changed is not known before the read.
const NOT_KEPT: [&str; 3] = ["staff/ProjectBoard", "owner/Margins", "reporting/CostExport"];
/// Operations that read everything again: explanations show the current state.
const READ_ANEW: [&str; 2] = ["owner/ExplainAccess", "staff/VisibilityPreview"];

/// Operations with parts that are read each time: a person's own account, the right to see drafts, the company of a
/// host name, the names of clients, comments, calendar feeds, the audit log, changes, and the verification of decisions.
const READ_EACH_TIME: &[&str] = &[
    "client/CalendarFeed",
    "trade/CalendarFeed",
    "client/DecisionCheck",
    "client/OfflineCopy",
    "client/Welcome",
    "client/Messages",
    "client/News",
    "client/Selection",
    "client/Team",
    "client/Updates",
    "staff/ThreadInbox",
    "owner/CompanySettings",
    "public/Entrance",
    "owner/AddressBook",
    "owner/LeadInbox",
    "owner/InvitationMail",
    "staff/ClientAccess",
    "owner/ViewAsClients",
    "staff/TradeAccess",
    "owner/ContactProjects",
    "owner/Staff",
    "owner/StaffActivity",
    "staff/ProjectActivity",
    "staff/ProjectFiles",
];

fn named(operation: &Operation) -> String {
    format!("{}/{}", operation.role, operation.name)
}

fn read_of(operation: &Operation) -> Read {
    let token = match operation.role.as_str() {
        "client" => "demo-client",
        "trade" => "demo-trade",
        "staff" => "demo-staff",
        "owner" => "demo-owner",
        _ => "demo-reporting",
    };
    let selection = id(Tag::SELECTION, &format!("{MAPLE}/selection/Front door"));
    let client = id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/client/ana"));
    let variables = operation.variables(&id(Tag::PROJECT, MAPLE), &selection, &client);
    Read { token, name: named(operation), text: operation.text.clone(), variables }
}

fn the(name: &str) -> Read {
    let operation = operations().into_iter().find(|operation| named(operation) == name);
    read_of(&operation.unwrap_or_else(|| panic!("there is no {name}")))
}

/// The cost of a repeated query.
async fn cost(gateways: &Gateways, read: &Read) -> u64 {
    let (reply, statements) = gateways.reply_with_cost(0, read).await;
    assert_eq!(reply, gateways.reference(read).await, "{read}");
    statements
}

#[tokio::test]
async fn repeated_answer_takes_no_statement() {
    let gateways = Gateways::over([None]).await;
    let mut wrong = Vec::new();
    for operation in operations() {
        let (read, name) = (read_of(&operation), named(&operation));
        let cold = cost(&gateways, &read).await;
        let warm = cost(&gateways, &read).await;
        let is_right = match operation.role.as_str() {
            _ if READ_EACH_TIME.contains(&name.as_str()) => warm > 0 && warm <= cold,
            "client" | "trade" => warm == 0,
            _ if NOT_KEPT.contains(&name.as_str()) => warm > 1 && warm < cold,
            // Earlier operations may have warmed the project for them.
            _ if READ_ANEW.contains(&name.as_str()) => warm > 1 && warm <= cold,
            // Sign-in does not read the states of all projects of a company: one statement reads those of the query.
            _ => warm == 1,
        };
        if cold == 0 || !is_right {
            wrong.push(format!("{name}: {warm} of {cold}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[tokio::test]
async fn cold_dashboard_takes_twelve_statements() {
    let gateways = Gateways::over([None]).await;
    let cold = cost(&gateways, &the("client/Dashboard")).await;
    assert!(cold < 12, "{cold} and sign-in's");
}

fn row(path: &str) -> String {
    format!("'{}'", World::id(path))
}

/// Changes that no client of the first project can see.
fn hidden_changes() -> Vec<String> {
    let (maple, draft) = (row(MAPLE), row(&format!("{MAPLE}/schedule/draft")));
    vec![
        format!("update schedule_versions set start_on = start_on + 1, version = version + 1 where id = {draft}"),
        // The plan of the published version, too: publishing copies it.
        format!("update planned_tasks set name = name || '!', finish_on = finish_on + 1 where project_id = {maple}"),
        format!("update planned_milestones set sort = sort + 1 where project_id = {maple}"),
        format!("update planned_dependencies set lag_days = lag_days + 1 where project_id = {maple}"),
        format!("delete from planned_assignees where planned_task_id in (select id from planned_tasks where version_id = {draft})"),
        format!("delete from planned_tasks where id = (select id from planned_tasks where version_id = {draft} order by id limit 1)"),
        format!("update task_internals set cost_code = 'C' where project_id = {maple}"),
        format!("update selection_option_costs set unit_cost_minor = 77 where project_id = {maple}"),
        format!("update project_internals set budget_minor = 77 where project_id = {maple}"),
        format!("update messages set body = 'Hidden' where project_id = {maple} and audience = 'INTERNAL'"),
        format!("update message_versions set body = 'Hidden' where project_id = {maple} and audience = 'INTERNAL'"),
        format!("update threads set message_count = 9, last_message_at = now() where project_id = {maple} and audience = 'INTERNAL'"),
        format!("delete from message_mentions where project_id = {maple}"),
        format!("update thread_reads set position = position + 1 where project_id = {maple}"),
        format!("update files set name = 'Hidden' where project_id = {maple} and not shared_with_clients and not shared_with_trades"),
        format!("update files set name = 'Hidden' where project_id = {maple} and state <> 'AVAILABLE'"),
        format!(
            "update file_renditions set width = 7 where project_id = {maple} and file_id in
                (select id from files where state <> 'AVAILABLE' or not shared_with_clients and not shared_with_trades)"
        ),
        format!("update file_contents set author_name = 'Hidden' where project_id = {maple}"),
        format!("update file_internals set latitude = 7, longitude = 7 where project_id = {maple}"),
        format!("update project_storage set used_bytes = used_bytes + 7 where project_id = {maple}"),
        format!("update file_objects set created_at = created_at + interval '1 hour' where project_id = {maple}"),
        format!("update allowance_costs set cost_basis_minor = 77 where project_id = {maple}"),
        format!("update selection_internals set original_budget_minor = 77 where project_id = {maple}"),
        format!("update selections set title = 'Hidden' where project_id = {maple} and status = 'DRAFT'"),
        format!(
            "update selection_options set price_minor = 77 where selection_id in
                (select id from selections where project_id = {maple} and status = 'DRAFT')"
        ),
        format!("update team_members set title = 'Hidden' where project_id = {maple} and not is_shown"),
        format!("update schedule_version_internals set publish_notes = 'Hidden' where project_id = {maple}"),
        format!("update milestone_internals set internal_target_on = '2026-01-01' where project_id = {maple}"),
        format!("update task_dependencies set lag_days = lag_days + 1 where project_id = {maple}"),
        format!("update invitations set sent_at = sent_at - interval '1 hour' where project_id = {maple}"),
        format!(
            "insert into project_client_settings (membership_id, company_id, project_id, label)
                select id, company_id, project_id, 'Hidden' from project_memberships where project_id = {maple} and kind = 'CLIENT'
                on conflict (membership_id) do update set label = 'Hidden'"
        ),
        "update api_keys set name = name || '!'".to_owned(),
        "update schedule_templates set name = name || '!', version = version + 1".to_owned(),
        "update work_calendars set working_days = '{MONDAY}', version = version + 1".to_owned(),
        "update work_calendar_exceptions set name = 'Hidden'".to_owned(),
        format!("update schedule_delays set reason = 'Hidden' where project_id = {maple} and not client_viewable"),
        format!("update staff_internals set pay_rate_minor = 77 where company_id = {}", row("alderbrook")),
        // A row of another project.
        format!("update tasks set name = name || '!' where project_id = {}", row(ORCHARD)),
        format!("update projects set name = 'Elsewhere' where id = {}", row(ORCHARD)),
        "insert into contacts (id, company_id, kind, name) select gen_random_uuid(), id, 'MISC', 'A lead' from companies".to_owned(),
    ]
}

#[tokio::test]
async fn invisible_change_keeps_dashboard_warm() {
    let gateways = Gateways::over([None]).await;
    let dashboard = the("client/Dashboard");
    cost(&gateways, &dashboard).await;
    for sql in hidden_changes() {
        gateways.write(&sql).await;
        assert_eq!(cost(&gateways, &dashboard).await, 0, "{sql}");
    }
}

#[tokio::test]
async fn visible_change_cools_one_dashboard() {
    let gateways = Gateways::over([None]).await;
    let fields = "name milestones { name } selections(first: 9) { nodes { title } }";
    let (dashboard, other) = (the("client/Dashboard"), Read::of_project("demo-session-cleo", ORCHARD, fields));
    cost(&gateways, &dashboard).await;
    cost(&gateways, &other).await;
    let maple = row(MAPLE);
    let visible = [
        format!("update selections set title = 'Seen' where project_id = {maple} and status = 'SHARED'"),
        format!("update tasks set percent_complete = 50 where project_id = {maple}"),
        format!("update projects set name = 'Seen' where id = {maple}"),
        format!("update allowances set granted_minor = 500 where project_id = {maple}"),
    ];
    for sql in visible {
        gateways.write(&sql).await;
        assert!(cost(&gateways, &dashboard).await > 0, "{sql}");
        assert_eq!(cost(&gateways, &dashboard).await, 0, "{sql}");
        assert_eq!(cost(&gateways, &other).await, 0, "{sql}");
    }
}

/// Tables that none of these changes writes.
fn unwritten<'a>(tables: impl Iterator<Item = &'a Table>, changes: &[&str]) -> Vec<&'a str> {
    let writes = |table: &str| {
        let verbs = ["insert into ", "update ", "delete from "].map(|verb| format!("{verb}{table} "));
        let ends = format!("delete from {table}");
        changes.iter().any(|sql| verbs.iter().any(|verb| sql.contains(verb)) || sql.ends_with(&ends))
    };
    tables.map(|table| table.name).filter(|name| !writes(name)).collect()
}

#[test]
fn tests_of_caches_change_every_table() {
    let filled = || TABLES.iter().filter(|table| table.operational.is_none());
    let tracked = filled().filter(|table| !matches!(table.generation, Generation::Untracked(_)));
    let changes: Vec<_> = WRITES.iter().map(|(_, sql)| *sql).collect();
    assert_eq!(unwritten(tracked, &changes), Vec::<&str>::new(), "add a change of each to WRITES");
    let internal = filled().filter(|table| matches!(table.generation, Generation::Internal));
    let changes = hidden_changes();
    let changes: Vec<_> = changes.iter().map(String::as_str).collect();
    assert_eq!(unwritten(internal, &changes), Vec::<&str>::new(), "add a change of each to `hidden_changes`");
}
