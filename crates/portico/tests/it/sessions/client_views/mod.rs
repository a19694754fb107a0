//! Views of a client's portal by staff.

mod ending;
mod layers;
mod reading;
mod same_as_client;
mod starting;

use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

/// Staff with the permission, of the first company.
fn nora() -> Person {
    Person::named("nora")
}

/// The owner of the second company.
fn margot() -> Person {
    Person::named("margot")
}

/// The id of a membership in a project: `client/ana`.
fn membership(app: &TestApp, project: &str, member: &str) -> String {
    app.id(Tag::PROJECT_MEMBERSHIP, &format!("{project}/{member}"))
}

/// The payload of `viewAsStart`.
async fn start(app: &TestApp, staff: &Person, membership: &str) -> Value {
    let query = "mutation($id: ID!) { viewAsStart(input: { membershipId: $id }) {
        token expiresAt userErrors { code field message } } }";
    app.ask_with(staff, query, json!({ "id": membership })).await.at("/viewAsStart").clone()
}

/// A view of a client's portal: `client/ana`.
async fn view(app: &TestApp, staff: &Person, project: &str, client: &str) -> Person {
    let payload = start(app, staff, &membership(app, project, client)).await;
    assert_eq!(payload["userErrors"], json!([]), "{client}");
    Person::with_token(payload["token"].as_str().expect("a token"))
}

/// The names of the viewer's projects, or the code of the refusal.
async fn seen(app: &TestApp, person: &Person) -> Vec<String> {
    let reply = app.ask(person, "{ viewer { projects { nodes { name } } } }").await;
    let Some(nodes) = reply.json["data"]["viewer"]["projects"]["nodes"].as_array() else {
        return vec![reply.code().to_owned()];
    };
    nodes.iter().map(|node| node["name"].as_str().expect("a name").to_owned()).collect()
}
