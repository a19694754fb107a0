//! Selections, as tests approve them.

use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

/// A selection's `approvalDocument`, as a person sees it.
pub(crate) async fn approval_document(app: &TestApp, person: &Person, selection: &str) -> Value {
    let query = "query($id: ID!) { node(id: $id) { ... on Selection { approvalDocument { text hash } } } }";
    let reply = app.ask_with(person, query, json!({ "id": app.id(Tag::SELECTION, selection) })).await;
    reply.json["data"]["node"]["approvalDocument"].clone()
}

/// The hash of a selection's document; empty if it cannot be approved.
pub(crate) async fn document_hash(app: &TestApp, person: &Person, selection: &str) -> String {
    approval_document(app, person, selection).await["hash"].as_str().unwrap_or_default().to_owned()
}

/// Approves a selection as the person sees it, and returns the payload.
pub(crate) async fn approve(app: &TestApp, person: &Person, selection: &str) -> Value {
    let hash = document_hash(app, person, selection).await;
    let input = json!({ "id": app.id(Tag::SELECTION, selection), "documentHash": hash, "idempotencyKey": selection });
    let mutation =
        "mutation($input: SelectionApproveInput!) { selectionApprove(input: $input) { userErrors { code message } } }";
    let reply = app.ask_with(person, mutation, json!({ "input": input })).await;
    reply.json["data"]["selectionApprove"].clone()
}
