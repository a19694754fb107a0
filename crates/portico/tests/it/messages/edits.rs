//! Tests of edited messages.

use portico_testkit::{Person, TestApp};
use serde_json::json;

use super::{EDIT, is_refused, perform, post, thread};

#[tokio::test]
async fn exp_8_edits_keep_earlier_texts() {
    let app = TestApp::demo().await;
    let (ana, id) = (Person::client(), thread(&app, 1));
    let message = post(&app, &ana, &id, "At nien.").await["message"]["id"].clone();
    let edit = async |person: &Person, version: i32, body: &str| {
        perform(&app, person, EDIT, json!({ "id": message, "expectedVersion": version, "body": body })).await
    };
    let edited = edit(&ana, 1, "At nine.").await;
    assert_eq!(
        (&edited["message"]["body"], &edited["message"]["version"]),
        (&json!("At nine."), &json!(2)),
        "{edited}"
    );
    edit(&ana, 2, "At ten.").await;
    let query = "query($id: ID!) { node(id: $id) { ... on Message { body earlierVersions { version body } } } }";
    for person in [Person::client(), Person::named("ben"), Person::staff()] {
        let reply = app.ask_with(&person, query, json!({ "id": message })).await;
        let expected = json!({ "body": "At ten.", "earlierVersions": [
            { "version": 1, "body": "At nien." }, { "version": 2, "body": "At nine." }] });
        assert_eq!(*reply.at("/node"), expected);
    }
    let reply = app.ask_with(&Person::trade(), query, json!({ "id": message })).await;
    assert_eq!(*reply.at("/node"), json!(null));
    is_refused(&edit(&ana, 1, "At eleven.").await, "CONFLICT input.expectedVersion");
    is_refused(&edit(&Person::owner(), 3, "Never.").await, "INVALID_STATE input.id");
    is_refused(&edit(&Person::trade(), 3, "Never.").await, "NOT_FOUND input.id");
    let age = "update messages set created_at = created_at - interval '16 minutes' where body = 'At ten.'";
    app.database().db_execute(age).await;
    is_refused(&edit(&ana, 3, "At eleven.").await, "INVALID_STATE input.id");
}

#[tokio::test]
async fn edits_of_a_message_are_limited() {
    // EXP-8
    let app = TestApp::demo().await;
    let (ana, id) = (Person::client(), thread(&app, 1));
    let message = post(&app, &ana, &id, "0").await["message"]["id"].clone();
    for version in 1..=20 {
        let input = json!({ "id": message, "expectedVersion": version, "body": version.to_string() });
        assert_eq!(perform(&app, &ana, EDIT, input).await["userErrors"], json!([]), "{version}");
    }
    let input = json!({ "id": message, "expectedVersion": 21, "body": "21" });
    is_refused(&perform(&app, &ana, EDIT, input).await, "INVALID_STATE input.id");
}
