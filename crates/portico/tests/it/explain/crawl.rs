//! Tests that explanations agree with query results.

use std::collections::BTreeMap;

use portico_core::id::{GlobalId, Tag};
use portico_fixtures::world::World;
use portico_store::tables::{Owner, TABLES};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{all_explained, db_session, record};
use crate::support::PROJECTS;
use crate::support::schema::NODES;

/// Tables of a project's objects that `node` returns. A schedule version is explained by its milestones and tasks.
fn tables() -> impl Iterator<Item = (&'static str, Tag)> {
    let is_of_project = |name: &str| {
        let table = TABLES.iter().find(|table| table.name == name).unwrap_or_else(|| panic!("no table {name}"));
        matches!(table.owner, Owner::Project(_)) && name != "schedule_versions"
    };
    NODES.into_iter().filter(move |(_, _, table, _)| is_of_project(table)).map(|(_, tag, table, _)| (table, tag))
}

/// All members of a project.
const OUTSIDERS: [&str; 11] = ["ana", "ben", "cleo", "dev", "eli", "hana", "ines", "lucia", "petra", "tomas", "wren"];

fn uuid_at(row: &Value, column: &str) -> Uuid {
    row[column].as_str().and_then(|id| id.parse().ok()).unwrap_or_else(|| panic!("no {column} in {row}"))
}

/// The ids of all objects of a project that `node` returns.
pub(super) fn records_of(world: &World, project: Uuid) -> Vec<String> {
    let of_table = |(table, tag): (&str, Tag)| {
        let key = if table == "projects" { "id" } else { "project_id" };
        let own = world.rows(table).iter().filter(move |row| uuid_at(row, key) == project);
        own.map(|row| GlobalId::new(tag, uuid_at(row, "id")).to_string()).collect::<Vec<_>>()
    };
    tables().flat_map(of_table).collect()
}

/// Which of these objects a caller gets with `nodes`.
pub(super) async fn seen_by(app: &TestApp, person: &Person, ids: &[String]) -> Vec<bool> {
    let mut seen = Vec::new();
    for some in ids.chunks(100) {
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
        let reply = app.ask_with(person, query, json!({ "ids": some })).await;
        seen.extend(reply.at("/nodes").as_array().expect("a list").iter().map(|node| !node.is_null()));
    }
    seen
}

/// The number of the schedule version that a caller sees.
pub(super) async fn schedule_of(app: &TestApp, person: &Person, project: &str) -> Option<i64> {
    let query = "query($id: ID!) { project(id: $id) { schedule { version } } }";
    let reply = app.ask_with(person, query, json!({ "id": project })).await;
    reply.data().pointer("/project/schedule/version").and_then(Value::as_i64)
}

/// The paths of all project memberships: `alderbrook/maple-street/client/ana`.
fn places(world: &World) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for project in PROJECTS {
        for person in OUTSIDERS {
            for kind in ["client", "trade"] {
                let path = format!("{project}/{kind}/{person}");
                if world.has(&path) {
                    let is_it = |row: &&Value| uuid_at(row, "id") == World::id(&path);
                    let row = world.rows("project_memberships").iter().find(is_it).expect("a path leads to a row");
                    found.push((path, row));
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn explanation_matches_visibility() {
    let app = TestApp::demo().await;
    let world = World::demo().expect("the demo is consistent");
    let places = places(&world);
    assert_eq!(places.len(), world.rows("project_memberships").len(), "every position is tested");
    let mut counts: BTreeMap<(String, bool), usize> = BTreeMap::new();
    for (path, row) in places {
        let owner = if path.starts_with("fernhill") { Person::named("margot") } else { Person::owner() };
        let person = db_session(&app, &path).await;
        let project = uuid_at(row, "project_id");
        let (project_id, membership) =
            (GlobalId::new(Tag::PROJECT, project).to_string(), app.id(Tag::PROJECT_MEMBERSHIP, &path));
        let ids = records_of(&world, project);
        let asked: Vec<_> = ids.iter().map(|id| record(id)).collect();
        let explanations = all_explained(&app, &owner, &project_id, &membership, &asked).await;
        let seen = seen_by(&app, &person, &ids).await;
        for ((id, explanation), is_seen) in ids.iter().zip(&explanations).zip(seen) {
            assert_eq!(explanation["isVisible"], is_seen, "{path}: {id}: {explanation}");
            *counts.entry((row["kind"].to_string(), is_seen)).or_default() += 1;
        }
        let shown = schedule_of(&app, &person, &project_id).await;
        for version in world.rows("schedule_versions").iter().filter(|row| uuid_at(row, "project_id") == project) {
            let id = record(&GlobalId::new(Tag::SCHEDULE_VERSION, uuid_at(version, "id")).to_string());
            let explanation = super::explained(&app, &owner, &project_id, &membership, &id).await;
            let is_shown = shown.is_some() && shown == version["number"].as_i64();
            assert_eq!(explanation["isVisible"], is_shown, "{path}: {explanation}");
        }
    }
    assert!(counts.len() == 4 && counts.values().all(|count| *count > 80), "{counts:?}");
}
