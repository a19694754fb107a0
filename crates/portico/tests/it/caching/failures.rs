//! Tests of reads after a failed statement.

use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::json;

use crate::support::MAPLE;

/// The schedule's role view is missing, and the options are read after that failure.
const WITH_A_FAILURE: &str = "query($id: ID!) { project(id: $id) { schedule { version } selections(first: 2) { nodes { title options { title } } } } }";
const WITHOUT: &str =
    "query($id: ID!) { project(id: $id) { selections(first: 2) { nodes { title options { title } } } } }";

#[tokio::test]
async fn later_snapshot_is_not_cached() {
    let app = TestApp::demo().await;
    app.database().db_execute("drop view client.schedule_versions cascade").await;
    let variables = json!({ "id": app.id(Tag::PROJECT, MAPLE) });
    let failed = app.answer(&Person::client(), WITH_A_FAILURE, variables.clone()).await;
    assert_eq!(failed.codes.len(), 1, "the schedule alone fails: {}", failed.to_json());
    let options = failed.to_json();
    assert!(options["data"]["project"]["selections"]["nodes"][1]["options"][0]["title"].is_string());
    let first = app.answer(&Person::client(), WITHOUT, variables.clone()).await;
    assert!(first.request_counts.from_database >= 2, "the options were not cached: {:?}", first.request_counts);
    let second = app.without_answers().answer(&Person::client(), WITHOUT, variables).await;
    assert_eq!(
        (second.request_counts.from_database, second.request_counts.statements),
        (0, 0),
        "now they are: {:?}",
        second.request_counts
    );
    assert_eq!(first.to_json()["data"], second.to_json()["data"]);
}
