//! Approvals, and exports of decisions.

use portico_core::id::Tag;
use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

use crate::support::MAPLE;
use crate::support::selections::document_hash;

/// A chosen selection of the showcase project with a price, in version 1.
pub(super) const FAUCET: &str = "alderbrook/maple-street/selection/Kitchen faucet";

pub(super) const APPROVE: &str = "mutation($input: SelectionApproveInput!) { selectionApprove(input: $input) {
    selection { id status version } decision { id position kind outcome subjectId decidedBy { name } hash prevHash }
    userErrors { code field message } } }";

/// The fields of an export, as in docs/verify-decisions.
const EXPORT: &str = "query($id: ID!) { project(id: $id) { decisions(first: 100) { nodes {
    projectId position id kind outcome subjectId document documentHash decidedAt decidedBy { id name } termsVersion
    evidenceHash evidence { salt ipAddress userAgent onBehalfReason } prevHash hash keyId signature } } } }";

pub(super) fn input(app: &TestApp, selection: &str, hash: &str, key: &str) -> Value {
    json!({ "input": { "id": app.id(Tag::SELECTION, selection), "documentHash": hash, "idempotencyKey": key } })
}

/// Approves a selection as the person sees it, and returns the payload.
pub(super) async fn approve(app: &TestApp, client: &Person, selection: &str, key: &str) -> Value {
    let hash = document_hash(app, client, selection).await;
    approve_hash(app, client, selection, &hash, key).await
}

/// Approves the document with this hash.
pub(super) async fn approve_hash(app: &TestApp, client: &Person, selection: &str, hash: &str, key: &str) -> Value {
    let reply = app.ask_with(client, APPROVE, input(app, selection, hash, key)).await;
    payload(&reply)
}

pub(super) fn payload(reply: &Reply) -> Value {
    let payload = reply.json["data"]["selectionApprove"].clone();
    assert!(payload.is_object(), "{}", reply.text);
    payload
}

/// The code and message of a rejection, or an empty text.
pub(super) fn refusal(payload: &Value) -> String {
    match &payload["userErrors"][0] {
        Value::Null => String::new(),
        error => {
            format!("{}: {}", error["code"].as_str().unwrap_or_default(), error["message"].as_str().unwrap_or_default())
        }
    }
}

/// The result of `decisionVerify` of the showcase project.
pub(super) async fn verification(app: &TestApp, person: &Person) -> Value {
    let query =
        "query($id: ID!) { project(id: $id) { decisionVerify { isValid count headHash failedPosition fault } } }";
    let reply = app.ask_with(person, query, json!({ "id": app.id(Tag::PROJECT, MAPLE) })).await;
    reply.at("/project/decisionVerify").clone()
}

/// The showcase project's decisions as a person exports them, in the order of positions.
pub(super) async fn export(app: &TestApp, person: &Person) -> Vec<Value> {
    let reply = app.ask_with(person, EXPORT, json!({ "id": app.id(Tag::PROJECT, MAPLE) })).await;
    let mut decisions = reply.at("/project/decisions/nodes").as_array().expect("it is a list").clone();
    decisions.reverse();
    decisions
}

/// Runs statements as the owner of the tables with the triggers disabled that refuse changes.
pub(super) async fn db_tamper(app: &TestApp, sql: &str) {
    let switch = |state: &str| {
        ["decisions", "decision_heads", "decision_evidence", "file_holds"]
            .map(|table| format!("alter table {table} {state} trigger append_only;"))
            .concat()
    };
    let (off, on) = (switch("disable"), switch("enable"));
    app.database()
        .db_execute(&format!(
            "begin; {off} set constraints all deferred; {sql}; set constraints all immediate; {on} commit"
        ))
        .await;
}
