//! Helpers of several modules.

pub(crate) mod accounts;
pub(crate) mod caches;
pub(crate) mod clients;
pub(crate) mod companies;
pub(crate) mod files;
pub(crate) mod inbound_mail;
pub(crate) mod mail_server;
pub(crate) mod mutations;
pub(crate) mod object_server;
pub(crate) mod scanner;
pub(crate) mod schema;
pub(crate) mod selections;
pub(crate) mod service;
pub(crate) mod stalled;
pub(crate) mod statements;

use std::sync::LazyLock;

use portico_core::access::Permission;
use portico_core::id::{Tag, new_uuid};
use portico_fixtures::world::World;
use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

/// The showcase project.
pub(crate) const MAPLE: &str = "alderbrook/maple-street";
/// Shared as a calendar, without SELECTIONS and TEAM.
pub(crate) const ORCHARD: &str = "alderbrook/orchard-lane";
/// Its schedule is not shared.
pub(crate) const RIDGE: &str = "alderbrook/ridge-view";
/// A completed project.
pub(crate) const HARBOR: &str = "alderbrook/harbor-court";
/// A project of another company.
pub(crate) const BOWEN: &str = "fernhill/bowen-island";
/// A project of another company, without a schedule.
pub(crate) const GRANVILLE: &str = "fernhill/granville-loft";

/// All projects of the demo.
pub(crate) const PROJECTS: [&str; 6] = [MAPLE, ORCHARD, RIDGE, HARBOR, BOWEN, GRANVILLE];

/// The id of a project.
pub(crate) fn project(app: &TestApp, path: &str) -> String {
    app.id(Tag::PROJECT, path)
}

/// The UUID of a record, as SQL.
pub(crate) fn sql_id(path: &str) -> String {
    static WORLD: LazyLock<World> = LazyLock::new(|| World::demo().expect("the demo is consistent"));
    assert!(WORLD.has(path), "there is no {path}");
    format!("'{}'", World::id(path))
}

/// Fields of a project, for a person.
pub(crate) async fn of_project(app: &TestApp, person: &Person, path: &str, fields: &str) -> Value {
    let query = format!("query($id: ID!) {{ project(id: $id) {{ {fields} }} }}");
    let reply = app.ask_with(person, &query, json!({ "id": project(app, path) })).await;
    reply.at("/project").clone()
}

/// The texts of one field in a list.
pub(crate) fn texts_of(list: &Value, field: &str) -> Vec<String> {
    let items = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    items.iter().map(|item| item[field].as_str().unwrap_or_else(|| panic!("no {field} in {item}")).to_owned()).collect()
}

/// The names of the projects that a person sees.
pub(crate) async fn project_names(app: &TestApp, person: &Person) -> Vec<String> {
    let reply = app.ask(person, "{ viewer { projects(first: 100) { nodes { name } } } }").await;
    texts_of(reply.at("/viewer/projects/nodes"), "name")
}

/// Asserts that a person cannot ask this, with the same error as for an unknown name.
#[track_caller]
pub(crate) fn is_unknown(reply: &Reply, name: &str) {
    assert!(reply.is_for_an_unknown_name(), "{}", reply.text);
    assert!(reply.json.get("data").is_none(), "{}", reply.text);
    assert!(reply.text.contains(name), "{}", reply.text);
}

/// A member of staff who may read projects, with these permissions.
pub(crate) async fn staff_with(app: &TestApp, permissions: &[Permission]) -> Person {
    let mut all = vec![Permission::ProjectsRead];
    all.extend(permissions);
    app.db_staff(&all).await
}

/// Adds a project to the demo's first company, visible to its staff and the demo's client. Returns its UUID.
pub(crate) async fn db_project(app: &TestApp, name: &str, number: &str, started_on: Option<&str>) -> String {
    let id = new_uuid();
    let (name, number) = (name.replace('\'', "''"), number.replace('\'', "''"));
    let started_on = started_on.map_or_else(|| "null".to_owned(), |date| format!("'{date}'"));
    let client = Person::client().token_hash();
    app.database()
        .db_execute(&format!(
            "insert into projects (id, company_id, number, name, address_line, city, region, postal_code, country, status,
                    stage, time_zone, currency, started_on)
                select '{id}', company_id, '{number}', '{name}', '9 Paging Place', 'Ferndale', 'WA', '98248', 'US',
                    'ACTIVE', 'DESIGN', 'America/Los_Angeles', 'USD', {started_on}
                from projects where id = {maple};
            insert into project_portals (project_id, company_id, features)
                select id, company_id, array['DASHBOARD'] from projects where id = '{id}';
            insert into project_memberships (id, company_id, project_id, contact_id, identity_id, kind, relationship,
                    access_level)
                select gen_random_uuid(), p.company_id, p.id, x.id, s.identity_id, 'CLIENT', 'PRIMARY_OWNER', 'PORTAL'
                from projects p, sessions s join contacts x on x.identity_id = s.identity_id
                where p.id = '{id}' and s.token_hash = '{client}' and x.company_id = p.company_id;",
            maple = sql_id(MAPLE),
        ))
        .await;
    id.to_string()
}

/// The payload of a mutation, with `fields` and its user errors.
pub(crate) async fn change(app: &TestApp, person: &Person, mutation: &str, arguments: &str, fields: &str) -> Value {
    let errors = "userErrors { code field message meta { retryAfterSeconds } }";
    let reply = app.ask(person, &format!("mutation {{ {mutation}({arguments}) {{ {fields} {errors} }} }}")).await;
    reply.data()[mutation].clone()
}

/// The codes and fields of a payload's errors: `BLANK input.email`.
pub(crate) fn refusals(payload: &Value) -> Vec<String> {
    let errors = payload["userErrors"].as_array().unwrap_or_else(|| panic!("no userErrors in {payload}"));
    let path = |error: &Value| {
        let steps = error["field"].as_array().cloned().unwrap_or_default();
        steps.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(".")
    };
    errors.iter().map(|error| format!("{} {}", error["code"].as_str().unwrap_or_default(), path(error))).collect()
}
