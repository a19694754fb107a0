//! Tests of explanations of visibility, and of previews of portal settings.

mod access;
mod crawl;
mod preview;
mod rules;
mod secrecy;

use portico_core::id::Tag;
use portico_core::sessions::TokenHash;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{MAPLE, sql_id};

/// All fields of an explanation.
const EXPLANATION: &str =
    "isVisible decidingRule explanation requirements rules { name isSatisfied } remedy canBecomeVisible";
/// The maximum number of aliases.
const AT_ONCE: usize = 30;

/// Explains an object or a coordinate: `record: ".."`, or `coordinate: ".."`.
async fn explained(app: &TestApp, staff: &Person, project: &str, person: &str, about: &str) -> Value {
    let mut all = all_explained(app, staff, project, person, &[about.to_owned()]).await;
    all.swap_remove(0)
}

/// Explains several, in order.
async fn all_explained(app: &TestApp, staff: &Person, project: &str, person: &str, about: &[String]) -> Vec<Value> {
    let mut answers = Vec::new();
    for some in about.chunks(AT_ONCE) {
        let asked: String = some
            .iter()
            .enumerate()
            .map(|(number, about)| format!("a{number}: explainAccess(person: $person, {about}) {{ {EXPLANATION} }} "))
            .collect();
        let query = format!("query($project: ID!, $person: ID!) {{ project(id: $project) {{ {asked} }} }}");
        let reply = app.ask_with(staff, &query, json!({ "project": project, "person": person })).await;
        answers.extend((0..some.len()).map(|number| reply.at(&format!("/project/a{number}")).clone()));
    }
    answers
}

fn record(id: &str) -> String {
    format!("record: \"{id}\"")
}

fn coordinate(name: &str) -> String {
    format!("coordinate: \"{name}\"")
}

/// The id of a membership in a project: `client/ana`.
fn place(app: &TestApp, project: &str, person: &str) -> String {
    app.id(Tag::PROJECT_MEMBERSHIP, &format!("{project}/{person}"))
}

/// The id of an object of the showcase project.
fn of_maple(app: &TestApp, tag: Tag, path: &str) -> String {
    app.id(tag, &format!("{MAPLE}/{path}"))
}

/// Creates a session for a membership, current or not.
async fn db_session(app: &TestApp, place: &str) -> Person {
    let token = format!("session-of-{place}");
    let hash = TokenHash::of(&token);
    app.database()
        .db_execute(&format!(
            "insert into sessions (id, token_hash, identity_id, actor, expires_at)
            select gen_random_uuid(), '{}', identity_id, kind, '2099-01-01' from project_memberships where id = {}",
            hash.as_str(),
            sql_id(place),
        ))
        .await;
    Person::with_token(token)
}
