//! Tests of files that start a thread or go with feedback (FIL-3, PRT-16).

use portico_core::id::{Tag, new_uuid};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{file, perform};
use crate::support::{HARBOR, MAPLE, project, refusals};

const PLAN: &str = "Floor plan.pdf";
const TILE: &str = "Our favorite tile.jpg";
const WALL: &str = "South wall framed.jpg";
const QUOTE: &str = "Offer of the window supplier.pdf";
const DELETED: &str = "Touch-ups we forgot.txt";

const FIELDS: &str = "thread { id messages { nodes { id attachments { file { name } } } } }";

/// Starts a thread with these files, by their ids.
async fn start(app: &TestApp, by: &Person, ids: &[String], more: Value) -> Value {
    let mut input = json!({ "projectId": project(app, MAPLE), "audience": "CLIENT", "title": "Gutters", "body": "As in the picture.",
        "fileIds": ids, "idempotencyKey": new_uuid().to_string() });
    for (name, value) in more.as_object().into_iter().flatten() {
        input[name] = value.clone();
    }
    perform(app, by, "threadStart", input, FIELDS).await
}

async fn send(app: &TestApp, ids: &[String], key: &str) -> Value {
    let input =
        json!({ "projectId": project(app, MAPLE), "body": "It looks odd.", "fileIds": ids, "idempotencyKey": key });
    perform(app, &Person::client(), "feedbackSend", input, FIELDS).await
}

fn ids(app: &TestApp, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| file(app, name)).collect()
}

/// The names of the files of the first message of a thread, as a person sees it. None if the thread is hidden.
async fn first_files(app: &TestApp, person: &Person, thread: &Value) -> Option<Value> {
    let query =
        "query($id: ID!) { node(id: $id) { ... on Thread { messages { nodes { attachments { file { name } } } } } } }";
    let reply = app.ask_with(person, query, json!({ "id": thread })).await;
    let node = reply.at("/node");
    (!node.is_null()).then(|| node["messages"]["nodes"][0]["attachments"].clone())
}

fn named(names: &[&str]) -> Value {
    names.iter().map(|name| json!({ "file": { "name": name } })).collect()
}

#[tokio::test]
async fn first_message_has_files() {
    // FIL-3, MSG-1, VIS-30
    let app = TestApp::demo().await;
    let (ana, jo, tomas) = (Person::client(), Person::staff(), Person::trade());
    let started = start(&app, &ana, &ids(&app, &[TILE, WALL]), json!({ "idempotencyKey": "once" })).await;
    assert_eq!(started["userErrors"], json!([]), "{started}");
    let id = started["thread"]["id"].clone();
    for person in [&ana, &Person::named("ben"), &jo] {
        assert_eq!(first_files(&app, person, &id).await, Some(named(&[TILE, WALL])), "{person:?}");
    }
    assert_eq!(first_files(&app, &tomas, &id).await, None);
    let again = start(&app, &ana, &ids(&app, &[TILE, WALL]), json!({ "idempotencyKey": "once" })).await;
    assert_eq!(again, started, "a retry");
    // A trade partner, to whom one of the files is known, and a comment on a record.
    let trade = json!({ "audience": "TRADE" });
    let started = start(&app, &tomas, &ids(&app, &[PLAN]), trade.clone()).await;
    assert_eq!(started["userErrors"], json!([]), "{started}");
    assert_eq!(first_files(&app, &tomas, &started["thread"]["id"]).await, Some(named(&[PLAN])));
    assert_eq!(first_files(&app, &ana, &started["thread"]["id"]).await, None);
    assert_eq!(refusals(&start(&app, &tomas, &ids(&app, &[WALL]), trade).await), ["NOT_FOUND input.fileIds"]);
    let faucet = app.id(Tag::SELECTION, &format!("{MAPLE}/selection/Kitchen faucet"));
    let comment = start(&app, &ana, &ids(&app, &[PLAN, PLAN]), json!({ "title": null, "recordId": faucet })).await;
    assert_eq!(comment["userErrors"], json!([]), "{comment}");
    assert_eq!(first_files(&app, &jo, &comment["thread"]["id"]).await, Some(named(&[PLAN])), "once");
}

#[tokio::test]
async fn unshared_files_start_no_thread() {
    // VIS-30, ISO-1
    let app = TestApp::demo().await;
    let (ana, owner) = (Person::client(), Person::owner());
    let count = "select count(*) from threads";
    let before = app.database().db_count(count).await;
    let unknown = TestApp::global(Tag::FILE, new_uuid());
    let elsewhere = app.id(Tag::FILE, &format!("{HARBOR}/file/Closing checklist of the crew.txt"));
    for (person, id, more, expected) in [
        (&ana, file(&app, QUOTE), json!({}), "NOT_FOUND input.fileIds"),
        (&ana, file(&app, DELETED), json!({}), "NOT_FOUND input.fileIds"),
        (&ana, unknown.clone(), json!({}), "NOT_FOUND input.fileIds"),
        (&ana, elsewhere.clone(), json!({}), "NOT_FOUND input.fileIds"),
        (&owner, elsewhere, json!({}), "NOT_FOUND input.fileIds"),
        (&owner, unknown, json!({}), "NOT_FOUND input.fileIds"),
        (&owner, file(&app, QUOTE), json!({}), "INVALID input.fileIds"),
        (&owner, file(&app, DELETED), json!({}), "NOT_FOUND input.fileIds"),
    ] {
        let refused = start(&app, person, std::slice::from_ref(&id), more).await;
        assert_eq!(refusals(&refused), [expected], "{person:?} {id}: {refused}");
        assert_eq!(refused["thread"], Value::Null);
    }
    let refused = start(&app, &owner, &ids(&app, &[QUOTE]), json!({})).await;
    let message = format!("{QUOTE} is not shared with the readers of this thread: share it with `fileShare` first");
    assert_eq!(refused["userErrors"][0]["message"], message);
    let many = vec![file(&app, PLAN); 51];
    assert_eq!(refusals(&start(&app, &ana, &many, json!({})).await), ["TOO_LONG input.fileIds"]);
    assert_eq!(app.database().db_count(count).await, before);
    // Among staff, any file.
    let internal = start(&app, &owner, &ids(&app, &[QUOTE]), json!({ "audience": "INTERNAL" })).await;
    assert_eq!(internal["userErrors"], json!([]), "{internal}");
}

#[tokio::test]
async fn feedback_has_files() {
    // PRT-16, VIS-30
    let app = TestApp::demo().await;
    let sent = send(&app, &ids(&app, &[TILE]), "one").await;
    assert_eq!(sent["userErrors"], json!([]), "{sent}");
    for person in [Person::client(), Person::named("ben"), Person::staff()] {
        assert_eq!(first_files(&app, &person, &sent["thread"]["id"]).await, Some(named(&[TILE])), "{person:?}");
    }
    assert_eq!(send(&app, &ids(&app, &[TILE]), "one").await, sent, "a retry");
    for hidden in [QUOTE, DELETED] {
        assert_eq!(refusals(&send(&app, &ids(&app, &[hidden]), hidden).await), ["NOT_FOUND input.fileIds"], "{hidden}");
    }
}
