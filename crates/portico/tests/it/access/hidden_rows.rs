//! Tests of hidden rows, without role schema and guards: the role view alone hides them, and so does the loader's check
//! alone if the row itself decides.

use std::collections::BTreeSet;

use portico_fixtures::world::World;
use portico_testkit::{AccessLayers, LayerState, Person, Shape, TestApp, texts};
use serde_json::Value;

use super::visible::{OutsiderView, Visibility};
use crate::support::schema::{CLIENTS, NODES, TRADES, global_id, uuid_at, whole};

const ROLE_VIEW: AccessLayers = AccessLayers {
    document: LayerState::Down,
    guard: LayerState::Down,
    role_view: LayerState::Up,
    row_check: LayerState::Down,
};
const ROW_CHECK: AccessLayers = AccessLayers { row_check: LayerState::Up, role_view: LayerState::Down, ..ROLE_VIEW };

/// Number of ids per request.
const MANY: usize = 100;

/// Row of the demo that can be fetched by id.
struct Row<'a> {
    ty: &'static str,
    id: String,
    company: &'static str,
    row: &'a Value,
    table: &'static str,
}

fn all_rows(world: &World) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for (ty, tag, table, _) in NODES {
        for row in world.rows(table) {
            let is_alderbrook = uuid_at(row, "company_id") == World::id("alderbrook");
            let company = if is_alderbrook { "alderbrook" } else { "fernhill" };
            rows.push(Row { ty, id: global_id(tag, row), company, row, table });
        }
    }
    rows
}

/// A person who sees everything of a company.
fn insider(company: &str) -> Person {
    if company == "alderbrook" { Person::owner() } else { Person::named("margot") }
}

/// The rows that are answered. Types are asked for separately: a role view without a table fails for all.
async fn answered(
    app: &TestApp,
    layers: AccessLayers,
    outsider: &Person,
    company: &str,
    rows: &[&Row<'_>],
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for rows in rows.chunk_by(|one, other| one.ty == other.ty).flat_map(|of_a_kind| of_a_kind.chunks(MANY)) {
        let ids: Vec<_> = rows.iter().map(|row| row.id.as_str()).collect();
        let query = format!("{{ nodes(ids: {ids:?}) {{ id }} }}");
        let answer = app.ask_behind(layers, outsider, &insider(company), &query).await;
        let nodes = answer["data"]["nodes"].as_array().cloned().unwrap_or_default();
        assert!(!nodes.is_empty() || answer["errors"].is_array(), "{answer}");
        found.extend(nodes.iter().filter_map(|node| Some(node["id"].as_str()?.to_owned())));
    }
    found
}

/// Outsiders of the demo: short names, tokens and whether they are clients.
fn demo_outsiders() -> Vec<(&'static str, Person, bool)> {
    let named =
        |name: &'static str, is_client| (name.split('-').next().unwrap_or(name), Person::named(name), is_client);
    CLIENTS.map(|name| named(name, true)).into_iter().chain(TRADES.map(|name| named(name, false))).collect()
}

#[tokio::test]
async fn role_view_alone_hides_hidden_rows() {
    // VIS-3, VIS-7, VIS-9 to VIS-17, VIS-19
    let app = TestApp::demo().await;
    let world = World::demo().expect("the demo is consistent");
    let rows = all_rows(&world);
    let mut hidden = 0;
    for (name, outsider, is_client) in demo_outsiders() {
        let view = OutsiderView::of(&world, name, is_client);
        for company in ["alderbrook", "fernhill"] {
            let there: Vec<_> = rows.iter().filter(|row| row.company == company).collect();
            let seen: BTreeSet<_> =
                there.iter().filter(|row| view.visibility(row.table, row.row) == Visibility::Visible).collect_ids();
            assert_eq!(answered(&app, ROLE_VIEW, &outsider, company, &there).await, seen, "{name} at {company}");
            hidden += there.len() - seen.len();
        }
    }
    assert!(hidden > 1_000, "{hidden} hidden rows");
}

#[tokio::test]
async fn row_check_alone_hides_rows_by_state() {
    let app = TestApp::demo().await;
    let world = World::demo().expect("the demo is consistent");
    let rows = all_rows(&world);
    let (mut hidden, mut kinds) = (0, BTreeSet::new());
    for (name, outsider, is_client) in demo_outsiders() {
        let view = OutsiderView::of(&world, name, is_client);
        for company in ["alderbrook", "fernhill"] {
            let there: Vec<_> = rows.iter().filter(|row| row.company == company).collect();
            let is_hidden = |row: &&&Row<'_>| view.visibility(row.table, row.row) == Visibility::HiddenByItself;
            kinds.extend(there.iter().filter(is_hidden).map(|row| (is_client, row.ty)));
            // A file's share with a trade partner is in their role view alone: without it the check hides all files from them.
            let lacks_share = |row: &&&Row<'_>| !is_client && ["files", "file_attachments"].contains(&row.table);
            let may_be_seen = there.iter().filter(|row| !is_hidden(row) && !lacks_share(row)).collect_ids();
            assert_eq!(answered(&app, ROW_CHECK, &outsider, company, &there).await, may_be_seen, "{name} at {company}");
            hidden += there.len() - may_be_seen.len();
        }
    }
    assert!(hidden > 1_000, "{hidden} hidden rows");
    assert_eq!(kinds.len(), 2 * NODES.len(), "a hidden row of each kind, for clients and for trades: {kinds:?}");
}

/// Shows that the tests above can fail.
#[tokio::test]
async fn without_layers_hidden_rows_appear() {
    let app = TestApp::demo().await;
    let world = World::demo().expect("the demo is consistent");
    let rows = all_rows(&world);
    for outsider in [Person::client(), Person::trade()] {
        for company in ["alderbrook", "fernhill"] {
            let there: Vec<_> = rows.iter().filter(|row| row.company == company).collect();
            let expected = there.iter().collect_ids();
            assert_eq!(answered(&app, AccessLayers::NONE, &outsider, company, &there).await, expected, "{company}");
        }
    }
}

/// Everything below a project, by lists rather than by ids.
fn from_a_project(shape: &Shape, path: &str) -> String {
    let id = portico_core::id::GlobalId::new(portico_core::id::Tag::PROJECT, World::id(path));
    // Owners have neither a feed nor actions: the guards would refuse them.
    let fields = ["calendarFeed", "pendingActions"].iter().fold(shape.everything("Project", 2), without);
    format!("{{ project(id: \"{id}\") {{ {fields} }} }}")
}

/// A selection without a field that has fields.
fn without(selected: String, field: &&str) -> String {
    let Some((before, after)) = selected.split_once(&format!(" {field} {{")) else { return selected };
    let mut depth = 1;
    let end = after.find(|character| {
        depth += i32::from(character == '{') - i32::from(character == '}');
        depth == 0
    });
    let after = &after[end.expect("it is closed") + 1..];
    without(format!("{before}{after}"), field)
}

#[tokio::test]
async fn either_layer_keeps_lists_clean() {
    let app = TestApp::demo().await;
    let world = World::demo().expect("the demo is consistent");
    let rows = all_rows(&world);
    let shape = whole();
    for (name, outsider, is_client) in demo_outsiders() {
        let view = OutsiderView::of(&world, name, is_client);
        let hidden = |of: &[Visibility]| -> BTreeSet<&str> {
            rows.iter()
                .filter(|row| of.contains(&view.visibility(row.table, row.row)))
                .map(|row| row.id.as_str())
                .collect()
        };
        let by_anything = hidden(&[Visibility::HiddenByItself, Visibility::HiddenByOthers]);
        let by_itself = hidden(&[Visibility::HiddenByItself]);
        for path in ["alderbrook/maple-street", "alderbrook/orchard-lane", "fernhill/bowen-island"] {
            let query = from_a_project(&shape, path);
            let insider = insider(path.split('/').next().unwrap_or_default());
            let found = async |layers, hidden: &BTreeSet<&str>| {
                let answer = app.ask_behind(layers, &outsider, &insider, &query).await;
                texts(&answer["data"]).iter().filter(|text| hidden.contains(text.as_str())).count()
            };
            assert_eq!(found(ROLE_VIEW, &by_anything).await, 0, "the role view, for {name} at {path}");
            assert_eq!(found(ROW_CHECK, &by_itself).await, 0, "the row check, for {name} at {path}");
            let control = app.ask_behind(AccessLayers::NONE, &outsider, &insider, &query).await;
            assert_eq!(control.get("errors"), None, "without layers, for {name} at {path}");
            assert!(found(AccessLayers::NONE, &by_anything).await > 0, "without layers, for {name} at {path}");
        }
    }
}

trait CollectIds {
    fn collect_ids(self) -> BTreeSet<String>;
}

impl<'a, 'b: 'a, I: Iterator<Item = &'a &'a Row<'b>>> CollectIds for I {
    fn collect_ids(self) -> BTreeSet<String> {
        self.map(|row| row.id.clone()).collect()
    }
}

/// Help articles have no fetch by id: they are below a portal, and below the company for its staff.
#[tokio::test]
async fn either_layer_hides_article_drafts() {
    // VIS-18
    let app = TestApp::demo().await;
    let draft = "If we have to part ways";
    let project = from_a_project(&whole(), "alderbrook/maple-street");
    let company = "{ company { helpArticles { totalCount nodes { title body } } } }";
    let without_permissions = app.db_staff(&[]).await;
    for outsider in [Person::client(), Person::named("ben"), Person::trade()] {
        for layers in [ROLE_VIEW, ROW_CHECK] {
            for query in [project.as_str(), company] {
                let answer = app.ask_behind(layers, &outsider, &Person::owner(), query).await;
                assert!(!answer["data"].to_string().contains(draft), "{answer}");
            }
        }
    }
    // Staff share a role view, which checks the permission; so does the row check.
    for staff in [Person::staff(), without_permissions] {
        for layers in [ROLE_VIEW, ROW_CHECK] {
            let answer = app.ask_behind(layers, &staff, &Person::owner(), company).await;
            assert!(answer["data"].to_string().contains("Visiting the site"), "{answer}");
            assert!(!answer["data"].to_string().contains(draft), "{answer}");
        }
        let open = app.ask_behind(AccessLayers::NONE, &staff, &Person::owner(), company).await;
        assert!(open["data"].to_string().contains(draft), "{open}");
    }
}
