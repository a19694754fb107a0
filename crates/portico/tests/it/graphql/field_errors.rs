//! Tests of failed fields: nullable fields fail alone, without internal details.

use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

use crate::support::{MAPLE, project};

/// Words of internal errors.
const INTERNAL: [&str; 11] = [
    "relation",
    "client.",
    "staff.",
    "tasks\" does",
    "SELECT",
    "portico_",
    "schema",
    "postgres",
    "diesel",
    "src/",
    "panicked",
];

#[track_caller]
fn assert_says_nothing(reply: &Reply) {
    for word in INTERNAL {
        assert!(!reply.text.contains(word), "`{word}` is in {}", reply.text);
    }
    for error in reply.json["errors"].as_array().into_iter().flatten() {
        assert!(error["extensions"]["requestId"].is_string(), "{}", reply.text);
    }
}

#[tokio::test]
async fn broken_role_view_spares_sibling_fields() {
    // API-1
    for (person, role_view) in
        [(Person::client(), "client.portal_entrances"), (Person::staff(), "staff.portal_entrances")]
    {
        let app = TestApp::demo().await;
        app.database().db_execute(&format!("drop view {role_view} cascade")).await;
        let query = r#"query($id: ID!) { project(id: $id) { name milestones { name } } portal(host: "portal.alderbrook.example") { host } viewer { role } }"#;
        let reply = app.ask_with(&person, query, json!({ "id": project(&app, MAPLE) })).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (200, "INTERNAL"), "{}", reply.text);
        assert_eq!(reply.message(), "internal error: report the `requestId` to the operator of the service");
        assert_eq!(reply.json["errors"].as_array().map(Vec::len), Some(1));
        assert_eq!(reply.json["errors"][0]["path"], json!(["portal"]));
        assert_eq!(reply.json["data"]["portal"], Value::Null);
        assert_eq!(reply.json["data"]["project"]["name"], "Maple Street House");
        assert!(reply.json["data"]["project"]["milestones"][0]["name"].is_string());
        assert_says_nothing(&reply);
    }
}

#[tokio::test]
async fn failed_nullable_field_keeps_its_object() {
    for (person, role_view) in
        [(Person::client(), "client.schedule_versions"), (Person::trade(), "trade.schedule_versions")]
    {
        let app = TestApp::demo().await;
        app.database().db_execute(&format!("drop view {role_view} cascade")).await;
        let query = "query($id: ID!) { project(id: $id) { name schedule { version } selections { totalCount } } }";
        let reply = app.ask_with(&person, query, json!({ "id": project(&app, MAPLE) })).await;
        let data = &reply.json["data"]["project"];
        assert_eq!(data["name"], "Maple Street House", "{}", reply.text);
        assert_eq!(data["schedule"], Value::Null);
        assert!(data["selections"]["totalCount"].is_number());
        assert_eq!(reply.json["errors"][0]["path"], json!(["project", "schedule"]));
        assert_says_nothing(&reply);
    }
}

#[tokio::test]
async fn failed_required_field_nulls_its_parent() {
    for (person, schema) in [(Person::client(), "client"), (Person::staff(), "staff")] {
        let app = TestApp::demo().await;
        app.database().db_execute(&format!("drop view {schema}.tasks cascade")).await;
        let query = "query($id: ID!) { project(id: $id) { name schedule { version tasks { totalCount nodes { name } } } } viewer { name } }";
        let reply = app.ask_with(&person, query, json!({ "id": project(&app, MAPLE) })).await;
        assert_eq!(reply.code(), "INTERNAL", "{}", reply.text);
        assert_eq!(reply.json["data"]["project"]["schedule"], Value::Null);
        assert_eq!(reply.json["data"]["project"]["name"], "Maple Street House");
        assert!(reply.json["data"]["viewer"]["name"].is_string());
        assert_says_nothing(&reply);
    }
}

#[tokio::test]
async fn wrong_argument_fails_its_field_only() {
    let app = TestApp::demo().await;
    for person in [Person::client(), Person::owner()] {
        let query = r#"{ a: node(id: "1") { id } b: viewer { role } c: project(id: "2") { id } }"#;
        let reply = app.ask(&person, query).await;
        assert_eq!(reply.status.as_u16(), 200);
        assert_eq!(reply.json["data"]["a"], Value::Null);
        assert_eq!(reply.json["data"]["c"], Value::Null);
        assert!(reply.json["data"]["b"]["role"].is_string());
        assert_eq!(reply.json["errors"].as_array().map(Vec::len), Some(2));
        assert!(
            reply.json["errors"]
                .as_array()
                .into_iter()
                .flatten()
                .all(|error| error["extensions"]["code"] == "BAD_USER_INPUT" && error["path"].is_array())
        );
        assert_says_nothing(&reply);
    }
}

#[tokio::test]
async fn number_of_errors_is_limited() {
    let app = TestApp::demo().await;
    let ids: String = (0..15).map(|index| format!("n{index}: node(id: \"x\") {{ id }} ")).collect();
    let query =
        format!("{{ {ids} viewer {{ projects {{ nodes {{ bad: selections(first: 0) {{ totalCount }} }} }} }} }}");
    for person in [Person::client(), Person::staff()] {
        let reply = app.ask(&person, &query).await;
        let count = reply.json["errors"].as_array().map_or(0, Vec::len);
        assert!((15..=20).contains(&count), "{count}");
        assert_says_nothing(&reply);
    }
}

#[tokio::test]
async fn sign_in_errors_reveal_no_internals() {
    // API-1
    let app = TestApp::demo().await;
    app.database().db_execute("drop view auth.bearers").await;
    for person in [Person::client(), Person::owner()] {
        let reply = app.ask(&person, "{ viewer { role } }").await;
        assert!(["UNAVAILABLE", "INTERNAL"].contains(&reply.code()), "{}", reply.text);
        assert!(reply.status.is_server_error());
        assert_says_nothing(&reply);
    }
}

/// The executor runs our printed text, whose locations would mislead the caller.
#[tokio::test]
async fn error_has_a_path_or_a_location() {
    let app = TestApp::demo().await;
    for person in [Person::client(), Person::owner()] {
        let reply =
            app.ask(&person, "# a comment\nquery Q {\n  viewer { role }\n\n    bad: node(id: \"1\") { id }\n}").await;
        assert_eq!(reply.json["errors"][0]["path"], json!(["bad"]));
        assert_eq!(reply.json["errors"][0].get("locations"), None, "{}", reply.text);
        let reply = app.ask(&person, "# a comment\nquery Q {\n  viewer { role }\n\n    invented\n}").await;
        assert_eq!(reply.json["errors"][0]["locations"], json!([{ "line": 5, "column": 5 }]), "{}", reply.text);
    }
}
