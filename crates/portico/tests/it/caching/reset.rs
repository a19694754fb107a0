//! Tests of `portico cache reset`: no cached value is used afterwards.

use portico_testkit::{Person, TestApp, TestDatabase};
use serde_json::json;

use crate::support::service::assert_fails;
use crate::support::service::{portico, run, text};
use crate::support::{MAPLE, project};

const QUERY: &str = "query($id: ID!) { project(id: $id) { name milestones { name } } }";

#[tokio::test]
async fn reset_empties_every_gateway_cache() {
    let first = TestApp::demo().await;
    let second = first.cold();
    let variables = json!({ "id": project(&first, MAPLE) });
    for person in [Person::client(), Person::trade(), Person::staff()] {
        for app in [&first, &second] {
            let cold = app.answer(&person, QUERY, variables.clone()).await;
            assert!(!cold.was_cached && cold.is_cached);
            let warm = app.answer(&person, QUERY, variables.clone()).await;
            assert!(warm.was_cached && warm.request_counts.statements < cold.request_counts.statements);
        }
    }
    let output = run(portico().args(["cache", "reset", "--database-url", &first.database().address()]));
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("all caches are invalid"), "{}", text(&output.stdout));
    for person in [Person::client(), Person::trade(), Person::staff()] {
        for app in [&first, &second] {
            let answer = app.answer(&person, QUERY, variables.clone()).await;
            assert!(!answer.was_cached && answer.request_counts.statements > 1, "{:?}", answer.request_counts);
            assert_eq!(
                (answer.request_counts.from_memory, answer.request_counts.from_database),
                (0, answer.request_counts.keys)
            );
        }
    }
}

#[tokio::test]
async fn reset_names_missing_settings() {
    let bare = TestDatabase::bare().await;
    let reset = |address: &str| {
        let mut command = portico();
        command.args(["cache", "reset", "--database-url", address]);
        command
    };
    assert_fails(&mut reset(&bare.address()), &["portico migrate"]);
    assert_fails(&mut reset("postgres://127.0.0.1:1/portico"), &["database"]);
    assert_fails(portico().args(["cache", "reset"]), &["--database-url"]);
    assert_fails(portico().arg("cache"), &["reset"]);
}
