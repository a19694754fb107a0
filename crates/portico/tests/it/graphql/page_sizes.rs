//! Tests of page sizes: 1 to 100, and an error that names the argument for all others.

use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{MAPLE, project};

const BY_VARIABLE: &str =
    "query($first: Int, $last: Int) { viewer { projects(first: $first, last: $last) { nodes { id } } } }";

#[tokio::test]
async fn literal_page_size_is_bounded() {
    let app = TestApp::demo().await;
    for person in [Person::client(), Person::owner()] {
        for (arguments, named) in [
            ("first: 0", "first"),
            ("first: -1", "first"),
            ("first: 101", "first"),
            ("first: 2147483647", "first"),
            ("first: -2147483648", "first"),
            ("first: 1000000000000", "first"),
            ("last: 0", "last"),
            ("last: 101", "last"),
            ("first: 1, last: 1", "last"),
        ] {
            let query = format!("{{ viewer {{ projects({arguments}) {{ nodes {{ id }} }} }} }}");
            let reply = app.ask(&person, &query).await;
            let is_costly = reply.code() == "COST_LIMIT" && arguments.contains("2147483647");
            assert!(is_costly || reply.code() == "BAD_USER_INPUT", "{arguments}: {}", reply.text);
            assert!(is_costly || reply.message().contains(&format!("`{named}`")), "{arguments}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn variable_page_size_is_bounded() {
    let app = TestApp::demo().await;
    for person in [Person::client(), Person::owner()] {
        for (value, named) in [
            (json!({ "first": 0 }), "first"),
            (json!({ "first": -1 }), "first"),
            (json!({ "first": 101 }), "first"),
            (json!({ "first": 1_000_000_000_000_i64 }), "first"),
            (json!({ "first": 1.5 }), "first"),
            (json!({ "first": "10" }), "first"),
            (json!({ "first": [1] }), "first"),
            (json!({ "first": true }), "first"),
            (json!({ "last": {} }), "last"),
            (json!({ "first": 1, "last": 1 }), "last"),
        ] {
            let reply = app.ask_with(&person, BY_VARIABLE, value.clone()).await;
            assert_eq!(reply.code(), "BAD_USER_INPUT", "{value}: {}", reply.text);
            assert!(reply.message().contains(named), "{value}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn omitted_or_null_size_is_the_default() {
    let app = TestApp::demo().await;
    let project = app.db_grown_project(30).await;
    let query = "query($id: ID!, $first: Int, $last: Int) { project(id: $id) { selections(first: $first, last: $last) { nodes { id } } } }";
    for person in [Person::client(), Person::trade(), Person::staff()] {
        for variables in [json!({}), json!({ "first": null }), json!({ "first": null, "last": null })] {
            let mut variables = variables;
            variables["id"] = json!(project);
            let reply = app.ask_with(&person, query, variables).await;
            assert_eq!(reply.at("/project/selections/nodes").as_array().map(Vec::len), Some(25));
        }
        let all = app.ask_with(&person, query, json!({ "id": project, "first": 100 })).await;
        assert_eq!(all.at("/project/selections/nodes").as_array().map(Vec::len), Some(30));
        let last = app.ask_with(&person, query, json!({ "id": project, "last": 30 })).await;
        assert_eq!(last.at("/project/selections/nodes"), all.at("/project/selections/nodes"));
    }
}

#[tokio::test]
async fn every_paged_list_has_the_same_bounds() {
    // API-5
    let app = TestApp::demo().await;
    let variables = json!({ "id": project(&app, MAPLE) });
    for list in [
        "selections(first: 101) { totalCount }",
        "schedule { tasks(first: 0) { totalCount } }",
        "selections(last: 0) { totalCount }",
    ] {
        for person in [Person::client(), Person::staff()] {
            let query = format!("query($id: ID!) {{ project(id: $id) {{ name {list} }} }}");
            let reply = app.ask_with(&person, &query, variables.clone()).await;
            assert_eq!(reply.code(), "BAD_USER_INPUT", "{}", reply.text);
            assert_eq!(reply.json["errors"][0]["path"][0], "project");
        }
    }
    let ids: Vec<Value> = (0..101).map(|_| variables["id"].clone()).collect();
    let reply =
        app.ask_with(&Person::client(), "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": ids })).await;
    assert_eq!(reply.code(), "BAD_USER_INPUT");
    assert!(reply.message().contains("`ids`"), "{}", reply.text);
}
