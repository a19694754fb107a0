//! Tests that previews of portal settings match the visibility after the change.

use std::collections::BTreeSet;

use portico_core::id::GlobalId;
use portico_fixtures::world::World;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::crawl::{records_of, schedule_of, seen_by};
use crate::support::{MAPLE, ORCHARD, RIDGE, project, sql_id};

const PREVIEW: &str = "query($id: ID!, $settings: PortalSettingsInput!, $first: Int) { project(id: $id) {
    visibilityPreview(settings: $settings, first: $first) {
        newlyShown { kind count records { id title } } newlyHidden { kind count records { id title } } } } }";

async fn previewed(app: &TestApp, path: &str, settings: &Value, first: i32) -> Value {
    let variables = json!({ "id": project(app, path), "settings": settings, "first": first });
    app.ask_with(&Person::staff(), PREVIEW, variables).await.at("/project/visibilityPreview").clone()
}

/// The ids in a preview, and its total count.
fn ids_and_count(preview: &Value, direction: &str) -> (BTreeSet<String>, i64) {
    // Articles are the company's, and not records of a project: see below. Baselines are parts of tasks.
    let is_record = |change: &&Value| !["HelpArticle", "TaskBaseline"].iter().any(|part| change["kind"] == *part);
    let changes: Vec<_> = preview[direction].as_array().expect("a list").iter().filter(is_record).collect();
    let records = changes.iter().flat_map(|change| change["records"].as_array().expect("a list"));
    let ids = records.map(|record| record["id"].as_str().expect("an id").to_owned()).collect();
    (ids, changes.iter().map(|change| change["count"].as_i64().expect("a number")).sum())
}

/// All objects of a project that a client sees.
async fn seen(app: &TestApp, client: &Person, path: &str) -> BTreeSet<String> {
    let world = World::demo().expect("the demo is consistent");
    let ids = records_of(&world, World::id(path));
    let is_seen = seen_by(app, client, &ids).await;
    let mut seen: BTreeSet<_> = ids.into_iter().zip(is_seen).filter(|(_, seen)| *seen).map(|(id, _)| id).collect();
    if schedule_of(app, client, &project(app, path)).await.is_some() {
        seen.insert(GlobalId::new(portico_core::id::Tag::SCHEDULE, World::id(path)).to_string());
    }
    seen
}

fn as_sql(path: &str, settings: &Value) -> String {
    let mut sql = String::new();
    if let Some(features) = settings["features"].as_array() {
        let names: Vec<_> = features.iter().map(|name| format!("'{}'", name.as_str().expect("a name"))).collect();
        let names = names.join(", ");
        sql.push_str(&format!(
            "update project_portals set features = array[{names}] where project_id = {};",
            sql_id(path)
        ));
    }
    if let Some(share) = settings["scheduleShare"].as_str() {
        sql.push_str(&format!(
            "update project_portals set schedule_share = '{share}' where project_id = {};",
            sql_id(path)
        ));
    }
    sql
}

// PRT-1, PRT-7, SCH-1
#[tokio::test]
async fn preview_matches_later_visibility() {
    let app = TestApp::demo().await;
    let mut changed = 0;
    for (path, client, settings) in [
        (MAPLE, "ana", json!({ "features": ["DASHBOARD", "SCHEDULE", "TEAM"] })),
        (MAPLE, "ana", json!({ "features": ["DASHBOARD", "SELECTIONS", "SCHEDULE"], "scheduleShare": "NONE" })),
        (MAPLE, "ana", json!({ "features": ["DASHBOARD"] })),
        (MAPLE, "ana", json!({ "scheduleShare": "CALENDAR" })),
        (MAPLE, "ana", json!({ "features": ["DASHBOARD", "SELECTIONS", "SCHEDULE", "TEAM", "HELP"] })),
        (RIDGE, "hana-client", json!({ "scheduleShare": "GANTT" })),
        (RIDGE, "hana-client", json!({ "features": ["DASHBOARD", "TEAM"], "scheduleShare": "NONE" })),
        (ORCHARD, "cleo", json!({ "features": ["DASHBOARD", "SCHEDULE", "SELECTIONS", "TEAM"] })),
        (ORCHARD, "cleo", json!({ "features": ["DASHBOARD", "SELECTIONS"], "scheduleShare": "NONE" })),
    ] {
        let client = Person::named(client);
        let before = seen(&app, &client, path).await;
        let preview = previewed(&app, path, &settings, 100).await;
        app.database().db_execute(&as_sql(path, &settings)).await;
        let after = seen(&app, &client, path).await;
        let (shown, hidden) = (ids_and_count(&preview, "newlyShown"), ids_and_count(&preview, "newlyHidden"));
        assert_eq!(shown.0, &after - &before, "{path} {settings}");
        assert_eq!(hidden.0, &before - &after, "{path} {settings}");
        assert_eq!((shown.1, hidden.1), ((&after - &before).len() as i64, (&before - &after).len() as i64));
        changed += shown.1 + hidden.1;
        let again = previewed(&app, path, &settings, 100).await;
        assert_eq!(again, json!({ "newlyShown": [], "newlyHidden": [] }), "an unchanged value changes nothing");
    }
    assert!(changed > 150, "{changed}");
}

#[tokio::test]
async fn preview_names_first_and_counts_all() {
    let app = TestApp::demo().await;
    let settings = json!({ "features": ["DASHBOARD"] });
    let all = previewed(&app, MAPLE, &settings, 100).await;
    let few = previewed(&app, MAPLE, &settings, 2).await;
    for (all, few) in
        all["newlyHidden"].as_array().expect("a list").iter().zip(few["newlyHidden"].as_array().expect("a list"))
    {
        assert_eq!([&all["kind"], &all["count"]], [&few["kind"], &few["count"]]);
        let (all, few) = (all["records"].as_array().expect("a list"), few["records"].as_array().expect("a list"));
        assert_eq!(few[..], all[..all.len().min(2)]);
    }
    let kinds: Vec<_> =
        all["newlyHidden"].as_array().expect("a list").iter().map(|change| change["kind"].clone()).collect();
    assert_eq!(
        kinds,
        [
            "TeamMember",
            "Schedule",
            "Milestone",
            "Task",
            "ScheduleDelay",
            "Selection",
            "SelectionOption",
            "Allowance",
            "Thread",
            "Message",
            "File",
            "FileAttachment",
            "Album",
            "HelpArticle",
            "TaskBaseline"
        ]
    );
    let schedule = &all["newlyHidden"][1]["records"][0];
    assert_eq!(schedule["title"], "Version 2", "types have the outsiders' names");
    for wrong in [0, 101, -1] {
        let variables = json!({ "id": project(&app, MAPLE), "settings": settings, "first": wrong });
        assert_eq!(app.ask_with(&Person::staff(), PREVIEW, variables).await.code(), "BAD_USER_INPUT", "{wrong}");
    }
}

// PRT-14: a portal is set up before clients are invited.
#[tokio::test]
async fn preview_works_without_members() {
    let app = TestApp::demo().await;
    let settings = json!({ "scheduleShare": "GANTT" });
    let invited = previewed(&app, RIDGE, &settings, 100).await;
    assert!(ids_and_count(&invited, "newlyShown").1 > 3);
    app.database().db_execute("update project_memberships set access_level = 'NONE' where kind = 'CLIENT'").await;
    assert_eq!(previewed(&app, RIDGE, &settings, 100).await, invited);
}

/// Previews in the same request are independent.
#[tokio::test]
async fn previews_in_one_request_do_not_mix() {
    let app = TestApp::demo().await;
    let maple = project(&app, MAPLE);
    let one = |alias: &str, settings: &str| {
        format!(
            "{alias}: visibilityPreview(settings: {settings}) {{ newlyHidden {{ kind count }} newlyShown {{ kind count }} }}"
        )
    };
    let (nothing, no_team) = ("{ features: [DASHBOARD] }", "{ features: [DASHBOARD, SELECTIONS, SCHEDULE] }");
    let ask = async |fields: String| {
        app.ask(&Person::staff(), &format!("{{ project(id: \"{maple}\") {{ {fields} }} }}")).await
    };
    let both = ask(format!("{} {}", one("a", nothing), one("b", no_team))).await;
    assert_eq!(both.at("/project/a"), ask(one("a", nothing)).await.at("/project/a"));
    assert_eq!(both.at("/project/b"), ask(one("b", no_team)).await.at("/project/b"));
    assert_ne!(both.at("/project/a"), both.at("/project/b"));
}

#[tokio::test]
async fn preview_includes_help_articles() {
    // ROB-17
    let app = TestApp::demo().await;
    let titles = "{ project(id: $id) { portal { helpArticles { nodes { title } } } } }"
        .replace("$id", &format!("\"{}\"", project(&app, MAPLE)));
    let seen = app.ask(&Person::client(), &titles).await.at("/project/portal/helpArticles/nodes").clone();
    let mut seen: Vec<_> = seen.as_array().expect("a list").iter().map(|article| article["title"].clone()).collect();
    seen.sort_by_key(ToString::to_string);
    assert!(!seen.is_empty());
    let articles = |preview: &Value, direction: &str| {
        let change =
            preview[direction].as_array().expect("a list").iter().find(|it| it["kind"] == "HelpArticle").cloned();
        let records = change.unwrap_or_default()["records"].as_array().cloned().unwrap_or_default();
        let mut titles: Vec<_> = records.iter().map(|record| record["title"].clone()).collect();
        titles.sort_by_key(ToString::to_string);
        titles
    };
    let without = previewed(&app, MAPLE, &json!({ "features": ["DASHBOARD", "TEAM"] }), 100).await;
    assert_eq!((articles(&without, "newlyHidden"), articles(&without, "newlyShown")), (seen.clone(), vec![]));
    app.database().db_execute(&as_sql(MAPLE, &json!({ "features": ["DASHBOARD"] }))).await;
    let with = previewed(&app.cold(), MAPLE, &json!({ "features": ["DASHBOARD", "HELP"] }), 100).await;
    assert_eq!((articles(&with, "newlyShown"), articles(&with, "newlyHidden")), (seen, vec![]));
}

#[tokio::test]
async fn preview_rejects_invalid_settings() {
    // ROB-17, PRT-2
    let app = TestApp::demo().await;
    for features in [json!([]), json!(["HELP"]), json!(["SCHEDULE", "TEAM"])] {
        let variables = json!({ "id": project(&app, MAPLE), "settings": { "features": features } });
        let reply = app.ask_with(&Person::staff(), PREVIEW, variables).await;
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{}", reply.text);
        assert!(reply.message().contains("dashboard"), "{}", reply.text);
    }
}
