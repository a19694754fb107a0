//! Tests of threads and messages (MSG-1, ISO-5, EXP-8, PRT-16).

mod edits;
mod reading;
mod secrecy;
mod writing;

use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{MAPLE, of_project, project, refusals};

const START: &str = "mutation($input: ThreadStartInput!) { threadStart(input: $input) {
    thread { id title audience messages { nodes { id body authorName authorKind isOwn } } } userErrors { code field message } } }";
const POST: &str = "mutation($input: MessagePostInput!) { messagePost(input: $input) {
    message { id threadId body authorName authorKind isOwn version } userErrors { code field message } } }";
const EDIT: &str = "mutation($input: MessageEditInput!) { messageEdit(input: $input) {
    message { body version editedAt earlierVersions { version body } } userErrors { code field message } } }";
const READ: &str = "mutation($input: MessageMarkReadInput!) { messageMarkRead(input: $input) {
    thread { unreadCount } userErrors { code field message } } }";

/// The payload of a mutation in these operations.
async fn perform(app: &TestApp, person: &Person, operation: &str, input: Value) -> Value {
    let reply = app.ask_with(person, operation, json!({ "input": input })).await;
    let payload = reply.data().as_object().and_then(|data| data.values().next()).cloned();
    payload.unwrap_or_else(|| panic!("no payload in {}", reply.text))
}

/// The id of a thread of the showcase project, by its number in the demo.
fn thread(app: &TestApp, number: u32) -> String {
    app.id(Tag::THREAD, &format!("{MAPLE}/thread/{number}"))
}

/// A thread of the showcase project's clients.
async fn start(app: &TestApp, person: &Person, input: Value) -> Value {
    let mut all = json!({ "projectId": project(app, MAPLE), "body": "A question.", "idempotencyKey": "start" });
    for (name, value) in input.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    perform(app, person, START, all).await
}

/// A message in a thread.
async fn post(app: &TestApp, person: &Person, thread: &str, body: &str) -> Value {
    perform(
        app,
        person,
        POST,
        json!({ "threadId": thread, "body": body, "idempotencyKey": format!("{thread} {body}") }),
    )
    .await
}

/// The titles of the threads that a person sees in a project; none for comments.
async fn titles(app: &TestApp, person: &Person, path: &str, arguments: &str) -> Vec<Option<String>> {
    let fields = format!("threads{arguments} {{ totalCount nodes {{ title }} }}");
    let found = of_project(app, person, path, &fields).await;
    let nodes = found["threads"]["nodes"].as_array().expect("a list").clone();
    assert_eq!(found["threads"]["totalCount"], nodes.len(), "{found}");
    nodes.iter().map(|node| node["title"].as_str().map(str::to_owned)).collect()
}

fn is_refused(payload: &Value, expected: &str) {
    assert_eq!(refusals(payload), [expected], "{payload}");
}
