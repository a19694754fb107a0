//! Tests that every rule that can hide an object is named in an explanation.

use std::collections::{BTreeMap, BTreeSet};

use portico_core::explain::{KINDS, PARTS, kind_of_view, texts_of};
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};

use super::crawl::{schedule_of, seen_by};
use super::{db_session, explained, of_maple, place, record};
use crate::support::{MAPLE, project};

/// Boolean columns of access views that are not rules.
const NO_RULES: [&str; 6] =
    ["is_standard", "is_primary", "is_evidence", "is_overdue", "is_price_expired", "may_decline"];

/// SQL that makes a rule fail for the objects of the showcase project, and SQL that reverts it.
struct Case {
    audience: &'static str,
    rule: &'static str,
    change: &'static str,
    back: &'static str,
}

const fn case(audience: &'static str, rule: &'static str, change: &'static str, back: &'static str) -> Case {
    Case { audience, rule, change, back }
}

/// `:m` stands for the membership, `:p` for the project, `:t` for the task, `:s` for the selection, `:h` for the thread, `:f` for the
/// file, `:a` for its attachment to the selection, `:b` for the album, `:d` for the delay.
const CASES: [Case; 21] = [
    case(
        "client",
        "is_member",
        "update project_memberships set removed_at = now() where id = :m",
        "update project_memberships set removed_at = null where id = :m",
    ),
    case(
        "client",
        "has_portal_access",
        "update project_memberships set access_level = 'EMAIL_ONLY' where id = :m",
        "update project_memberships set access_level = 'PORTAL' where id = :m",
    ),
    case(
        "client",
        "is_feature_on",
        "update project_portals set features = array['DASHBOARD'] where project_id = :p",
        "update project_portals set features = array['DASHBOARD', 'SELECTIONS', 'DOCUMENTS', 'MESSAGES', 'SCHEDULE', 'TEAM'] where project_id = :p",
    ),
    case(
        "client",
        "is_schedule_shared",
        "update project_portals set schedule_share = 'NONE' where project_id = :p",
        "update project_portals set schedule_share = 'GANTT' where project_id = :p",
    ),
    case(
        "client",
        "is_baseline_shared",
        "update project_portals set shares_baseline = false where project_id = :p",
        "update project_portals set shares_baseline = true where project_id = :p",
    ),
    case(
        "client",
        "is_published",
        "update schedule_versions set state = 'SUPERSEDED' where id = :v",
        "update schedule_versions set state = 'PUBLISHED' where id = :v",
    ),
    case(
        "client",
        "is_client_viewable",
        "update tasks set client_viewable = false where id = :t; update milestones set client_viewable = false where id = :i;
            update schedule_delays set client_viewable = false where id = :d",
        "update tasks set client_viewable = true where id = :t; update milestones set client_viewable = true where id = :i;
            update schedule_delays set client_viewable = true where id = :d",
    ),
    case(
        "client",
        "is_shared",
        "update selections set status = 'DRAFT', number = null where id = :s; update files set shared_with_clients = false where id = :f;
            update albums set shared_with_clients = false where id = :b",
        "update selections set status = 'SHARED', number = 905 where id = :s; update files set shared_with_clients = true where id = :f;
            update albums set shared_with_clients = true where id = :b",
    ),
    case(
        "client",
        "is_available",
        "update files set state = 'QUARANTINED' where id = :f",
        "update files set state = 'AVAILABLE' where id = :f",
    ),
    case(
        "trade",
        "is_available",
        "update files set state = 'CHECKING' where id = :f",
        "update files set state = 'AVAILABLE' where id = :f",
    ),
    case(
        "client",
        "is_shown",
        "update team_members set is_shown = false where project_id = :p",
        "update team_members set is_shown = true where project_id = :p",
    ),
    case(
        "client",
        "is_with_clients",
        "update threads set audience = 'INTERNAL' where id = :h",
        "update threads set audience = 'CLIENT' where id = :h",
    ),
    case(
        "trade",
        "is_with_partner",
        "update threads set trade_membership_id = :e where id = :h",
        "update threads set trade_membership_id = :m where id = :h",
    ),
    case(
        "client",
        "is_not_hidden",
        "update file_attachments set hidden_from_clients = true where id = :a",
        "update file_attachments set hidden_from_clients = false where id = :a",
    ),
    case(
        "client",
        "is_not_on_task",
        "update file_attachments set record_kind = 'TASK', record_id = :other where id = :a",
        "update file_attachments set record_kind = 'SELECTION', record_id = :s where id = :a",
    ),
    case(
        "client",
        "has_visible_record",
        "update selections set status = 'DRAFT', number = null where id = :s",
        "update selections set status = 'SHARED', number = 905 where id = :s",
    ),
    case(
        "trade",
        "is_member",
        "update project_memberships set removed_at = now() where id = :m",
        "update project_memberships set removed_at = null where id = :m",
    ),
    case(
        "trade",
        "has_web_access",
        "update project_memberships set web_access = false where id = :m",
        "update project_memberships set web_access = true where id = :m",
    ),
    case(
        "trade",
        "is_published",
        "update schedule_versions set state = 'SUPERSEDED' where id = :v",
        "update schedule_versions set state = 'PUBLISHED' where id = :v",
    ),
    case(
        "trade",
        "is_shared",
        "update selections set status = 'DRAFT', number = null where id = :s",
        "update selections set status = 'SHARED', number = 905 where id = :s",
    ),
    case(
        "trade",
        "is_shown",
        "update team_members set is_shown = false where project_id = :p",
        "update team_members set is_shown = true where project_id = :p",
    ),
];
/// Cases of another table.
const LINKS: [Case; 5] = [
    case(
        "trade",
        "has_visible_record",
        "update selection_trades set project_membership_id = :e where selection_id = :s and project_membership_id = :m",
        "update selection_trades set project_membership_id = :m where selection_id = :s and project_membership_id = :e",
    ),
    case(
        "trade",
        "is_assigned",
        "update task_assignees set task_id = :other where task_id = :t and project_membership_id = :m",
        "update task_assignees set task_id = :t where task_id = :other and project_membership_id = :m",
    ),
    case(
        "trade",
        "has_assigned_task",
        "update tasks set milestone_id = null where project_id = :p and milestone_id = :i",
        "update tasks set milestone_id = :i where id = :t",
    ),
    case(
        "trade",
        "is_shared_with_partner",
        "update file_trades set project_membership_id = :e where file_id = :f and project_membership_id = :m",
        "update file_trades set project_membership_id = :m where file_id = :f and project_membership_id = :e",
    ),
    case(
        "trade",
        "is_concerned",
        "update selection_trades set project_membership_id = :e where selection_id = :s and project_membership_id = :m",
        "update selection_trades set project_membership_id = :m where selection_id = :s and project_membership_id = :e",
    ),
];

/// The thread that a member sees.
fn thread_of(person: &str) -> &'static str {
    if person.starts_with("client/") { "thread/1" } else { "thread/3" }
}

/// One object of each view that both members see; of threads, one that this member sees.
fn things(app: &TestApp, person: &str) -> BTreeMap<&'static str, String> {
    let thread = thread_of(person);
    BTreeMap::from([
        ("projects", project(app, MAPLE)),
        ("locations", of_maple(app, Tag::LOCATION, "location/Kitchen")),
        ("team_members", of_maple(app, Tag::TEAM_MEMBER, "team/jo")),
        ("schedule_versions", of_maple(app, Tag::SCHEDULE_VERSION, "schedule/v2")),
        ("milestones", of_maple(app, Tag::MILESTONE, "milestone/Framing and dry-in")),
        ("tasks", of_maple(app, Tag::TASK, "task/Frame walls")),
        ("schedule_delays", of_maple(app, Tag::SCHEDULE_DELAY, "delay/1")),
        ("selections", of_maple(app, Tag::SELECTION, "selection/Front door")),
        ("selection_options", of_maple(app, Tag::SELECTION_OPTION, "option/Front door/Clear cedar, plank")),
        ("decisions", of_maple(app, Tag::DECISION, "decision/Kitchen countertops")),
        ("threads", of_maple(app, Tag::THREAD, thread)),
        ("messages", of_maple(app, Tag::MESSAGE, &format!("{thread}/message/1"))),
        ("files", of_maple(app, Tag::FILE, "file/Floor plan.pdf")),
        ("file_attachments", of_maple(app, Tag::FILE_ATTACHMENT, "attachment/selection/Front door/Floor plan.pdf")),
        ("albums", of_maple(app, Tag::ALBUM, "album/Framing in pictures")),
        ("allowances", of_maple(app, Tag::ALLOWANCE, "allowance/Lighting allowance")),
        (
            "project_portals",
            portico_core::id::GlobalId::new(Tag::PORTAL, portico_fixtures::world::World::id(MAPLE)).to_string(),
        ),
    ])
}

fn filled(sql: &str, person: &str) -> String {
    let paths = [
        (":m", person.to_owned()),
        (":p", String::new()),
        (":v", "schedule/v2".to_owned()),
        (":t", "task/Frame walls".to_owned()),
        (":other", "task/Excavate and grade".to_owned()),
        (":s", "selection/Front door".to_owned()),
        (":i", "milestone/Framing and dry-in".to_owned()),
        (":e", "trade/eli".to_owned()),
        (":h", thread_of(person).to_owned()),
        (":f", "file/Floor plan.pdf".to_owned()),
        (":a", "attachment/selection/Front door/Floor plan.pdf".to_owned()),
        (":b", "album/Framing in pictures".to_owned()),
        (":d", "delay/1".to_owned()),
    ];
    let mut sql = sql.to_owned();
    for (name, path) in paths.iter().rev() {
        let path = format!("{MAPLE}/{path}");
        sql = sql.replace(name, &crate::support::sql_id(path.trim_end_matches('/')));
    }
    sql
}

/// The rules in the definitions of outsiders' views: `client.tasks`, `is_member` and so on.
async fn rules_of_views(app: &TestApp) -> BTreeMap<(String, String), Vec<String>> {
    let query = "select schemaname || ' ' || viewname || ' ' || coalesce(
            replace(substring(definition from 'WHERE (.*);$'), ' AND ', ','), '') as text
        from pg_views where schemaname in ('client', 'trade')";
    let mut found = BTreeMap::new();
    for line in app.database().db_texts(query).await {
        let parts: Vec<_> = line.splitn(3, ' ').collect();
        let names = parts[2].trim_matches(['(', ')']).split(',').filter(|name| !name.is_empty());
        let names = names.map(|name| name.rsplit('.').next().unwrap_or(name).to_owned()).collect();
        found.insert((parts[0].to_owned(), parts[1].to_owned()), names);
    }
    assert!(found.len() > 20, "{found:?}");
    found
}

#[tokio::test]
async fn every_hiding_rule_is_explained() {
    let app = TestApp::demo().await;
    let (maple, owner) = (project(&app, MAPLE), Person::owner());
    let views = rules_of_views(&app).await;
    let mut named = BTreeSet::new();
    for (audience, person) in [("client", "client/ana"), ("trade", "trade/tomas")] {
        let (token, things) = (db_session(&app, &format!("{MAPLE}/{person}")).await, things(&app, person));
        let membership = place(&app, MAPLE, person);
        for case in CASES.iter().chain(&LINKS).filter(|case| case.audience == audience) {
            app.database().db_execute(&filled(case.change, person)).await;
            for ((_, view), rules) in views.iter().filter(|((of, _), _)| of == audience) {
                let Some(id) = things.get(view.as_str()).filter(|_| rules.iter().any(|rule| rule == case.rule)) else {
                    continue;
                };
                let result = explained(&app, &owner, &maple, &membership, &record(id)).await;
                assert_eq!(result["isVisible"], false, "{audience} {view} {}: {result}", case.rule);
                assert_eq!(result["decidingRule"], case.rule, "{audience} {view}: {result}");
                let is_seen = match view.as_str() {
                    "schedule_versions" => schedule_of(&app, &token, &maple).await.is_some(),
                    "project_portals" => false,
                    _ => seen_by(&app, &token, std::slice::from_ref(id)).await[0],
                };
                assert!(!is_seen, "{audience} {view} {}", case.rule);
                named.insert((audience.to_owned(), view.clone(), case.rule.to_owned()));
            }
            app.database().db_execute(&filled(case.back, person)).await;
            for (view, id) in &things {
                if views.contains_key(&(audience.to_owned(), (*view).to_owned())) {
                    let result = explained(&app, &owner, &maple, &membership, &record(id)).await;
                    assert_eq!(result["isVisible"], true, "{audience} {view} after {}: {result}", case.rule);
                }
            }
        }
    }
    let of_kinds = views.iter().filter(|((_, view), _)| kind_of_view(view).is_some());
    let all: BTreeSet<_> = of_kinds
        .flat_map(|((audience, view), rules)| rules.iter().map(|rule| (audience.clone(), view.clone(), rule.clone())))
        .collect();
    assert!(all.len() > 60, "{}", all.len());
    assert_eq!(
        all.difference(&named).collect::<Vec<_>>(),
        Vec::<&(String, String, String)>::new(),
        "no case names these"
    );
}

#[tokio::test]
async fn every_rule_of_every_view_has_words() {
    let app = TestApp::demo().await;
    let views = rules_of_views(&app).await;
    let wordless: Vec<_> = views
        .iter()
        .filter(|((_, view), _)| !is_state(view))
        .flat_map(|((_, view), rules)| rules.iter().map(move |rule| (view, rule)))
        .filter(|(view, rule)| texts_of(view, rule).is_none())
        .collect();
    assert_eq!(wordless, Vec::<(&String, &String)>::new(), "add their texts to `RULES`");
}

fn is_state(view: &str) -> bool {
    // A person's own rows are in no project.
    ["generations", "onboardings", "sessions", "notification_settings"].contains(&view)
}

#[tokio::test]
async fn every_outsider_view_is_explained() {
    let app = TestApp::demo().await;
    let views = rules_of_views(&app).await;
    let explained =
        app.database().db_texts("select viewname::text as text from pg_views where schemaname = 'explained'").await;
    for ((audience, view), rules) in &views {
        let is_known = KINDS.iter().any(|kind| kind.view == view) || PARTS.iter().any(|(part, _)| part == view);
        assert!(is_known, "{audience}.{view}: add it to `KINDS`, or to `PARTS` with a reason");
        let is_copied = explained.contains(&format!("{audience}_view_of_{view}"));
        assert!(is_copied || PARTS.iter().any(|(part, _)| part == view), "{audience}.{view} has no copy");
        assert!(!is_copied || !rules.is_empty(), "{audience}.{view} hides nothing");
    }
    for (part, _) in PARTS {
        assert!(views.keys().any(|(_, view)| view == part), "no view is {part}");
    }
}

/// A rule that no view uses hides nothing.
#[tokio::test]
async fn every_rule_column_is_used() {
    let app = TestApp::demo().await;
    let columns = app.database().db_texts(
        "select c.relname || ' ' || a.attname as text from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'access'::regnamespace and c.relname ~ '^(client|trade)_'
            and a.atttypid = 'boolean'::regtype and a.attname ~ '^(is|has|may)_'",
    );
    let views = rules_of_views(&app).await;
    let columns = columns.await;
    assert!(columns.len() > 60, "{}", columns.len());
    for column in columns {
        let (view, rule) = column.split_once(' ').expect("it is set by the test");
        let (audience, view) = view.split_once('_').expect("an audience and a view");
        // The view that other views are built on.
        let of_view = |name: String| views.get(&(audience.to_owned(), name));
        let asked = of_view(view.to_owned())
            // A role view may repeat the company's rows per project.
            .or_else(|| of_view(format!("portal_{view}")))
            .or_else(|| views.get(&(audience.to_owned(), "projects".to_owned())));
        let is_asked = asked.is_some_and(|rules| rules.iter().any(|asked| asked == rule));
        assert!(is_asked || NO_RULES.contains(&rule), "{audience}.{view} does not ask {rule}");
    }
}
