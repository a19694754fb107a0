//! Operations of staff on clients.

use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

use super::{RIDGE, project};

const PLACE: &str = "projectClient { id name relationship isPrimary canSeeStatus canPay
    invitation { id state canSend canResend canRemove sentAt expiresAt } } userErrors { code field message }";

/// Adds a client, and returns the contact's id.
pub(crate) async fn client_create(app: &TestApp, staff: &Person, name: &str, email: &str) -> String {
    let mutation =
        "mutation($input: ClientCreateInput!) { clientCreate(input: $input) { client { id } userErrors { code } } }";
    let input = json!({ "name": name, "email": email, "useExisting": true });
    let reply = app.ask_with(staff, mutation, json!({ "input": input })).await;
    let id = reply.at("/clientCreate/client/id").as_str();
    id.unwrap_or_else(|| panic!("{email} was not added: {}", reply.text)).to_owned()
}

async fn with_input(app: &TestApp, staff: &Person, mutation: &str, kind: &str, input: Value) -> Value {
    let query = format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {PLACE} }} }}");
    let reply = app.ask_with(staff, &query, json!({ "input": input })).await;
    result(&reply, mutation)
}

async fn with_id(app: &TestApp, staff: &Person, mutation: &str, id: &Value) -> Value {
    let query = format!("mutation($id: ID!) {{ {mutation}(input: {{ id: $id }}) {{ {PLACE} }} }}");
    result(&app.ask_with(staff, &query, json!({ "id": id })).await, mutation)
}

fn result(reply: &Reply, mutation: &str) -> Value {
    assert!(reply.json.get("errors").is_none(), "{}", reply.text);
    reply.json["data"][mutation].clone()
}

/// An unused idempotency key.
pub(crate) fn fresh_key() -> String {
    portico_core::id::new_uuid().to_string()
}

/// Adds a client to a project.
pub(crate) async fn add(app: &TestApp, staff: &Person, project: &str, contact: &str, invite: bool) -> Value {
    let input = json!({ "projectId": project, "contactId": contact, "relationship": "PARTNER", "invite": invite,
        "idempotencyKey": fresh_key() });
    with_input(app, staff, "projectClientAdd", "ProjectClientAddInput", input).await
}

/// Invites a client of a project.
pub(crate) async fn send(app: &TestApp, staff: &Person, project: &str, contact: &str) -> Value {
    send_with_key(app, staff, project, contact, &fresh_key()).await
}

/// Invites with an idempotency key.
pub(crate) async fn send_with_key(app: &TestApp, staff: &Person, project: &str, contact: &str, key: &str) -> Value {
    let input = json!({ "projectId": project, "contactId": contact, "idempotencyKey": key });
    with_input(app, staff, "invitationSend", "InvitationSendInput", input).await
}

/// Resends an invitation.
pub(crate) async fn resend(app: &TestApp, staff: &Person, invitation: &Value) -> Value {
    let input = json!({ "id": invitation, "idempotencyKey": fresh_key() });
    with_input(app, staff, "invitationResend", "InvitationResendInput", input).await
}

/// Withdraws an invitation.
pub(crate) async fn remove_invitation(app: &TestApp, staff: &Person, invitation: &Value) -> Value {
    with_id(app, staff, "invitationRemove", invitation).await
}

/// Makes a client primary.
pub(crate) async fn make_primary(app: &TestApp, staff: &Person, place: &Value) -> Value {
    with_id(app, staff, "projectClientMakePrimary", place).await
}

/// Replaces a client.
pub(crate) async fn replace(app: &TestApp, staff: &Person, place: &Value, contact: &str) -> Value {
    let input = json!({ "id": place, "contactId": contact, "invite": true, "idempotencyKey": fresh_key() });
    with_input(app, staff, "projectClientReplace", "ProjectClientReplaceInput", input).await
}

/// Removes a client; the reply has the names of the remaining ones.
pub(crate) async fn remove(app: &TestApp, staff: &Person, place: &Value) -> Reply {
    let query = "mutation($id: ID!) { projectClientRemove(input: { id: $id }) {
        project { clients { name } } userErrors { code field } } }";
    app.ask_with(staff, query, json!({ "id": place })).await
}

/// A client's membership in a project, by name.
pub(crate) async fn place_of(app: &TestApp, staff: &Person, project: &str, name: &str) -> Value {
    let query =
        "query($id: ID!) { project(id: $id) { clients { id name contactId isPrimary invitation { id state } } } }";
    let reply = app.ask_with(staff, query, json!({ "id": project })).await;
    let places = reply.at("/project/clients").as_array().cloned().unwrap_or_default();
    let found = places.into_iter().find(|place| place["name"] == name);
    found.unwrap_or_else(|| panic!("{name} has no place: {}", reply.text))
}

/// A new client of Ridge View, with contact and membership.
pub(crate) async fn newcomer(app: &TestApp, number: usize, invite: bool) -> (String, Value) {
    let owner = Person::owner();
    let contact = client_create(app, &owner, &format!("New {number}"), &format!("new{number}@mail.example")).await;
    let added = add(app, &owner, &project(app, RIDGE), &contact, invite).await;
    (contact, added)
}
