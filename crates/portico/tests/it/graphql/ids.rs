//! Tests of ids: one spelling each; an invalid id is a wrong argument, an unknown one is null.

use portico_core::id::{GlobalId, Tag, new_uuid};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{MAPLE, project};

#[tokio::test]
async fn invalid_id_names_its_argument() {
    let app = TestApp::demo().await;
    let known = project(&app, MAPLE);
    let wrong = [
        String::new(),
        "1".to_owned(),
        known[1..].to_owned(),
        format!("{known}="),
        format!("{known}=="),
        format!("{known}A"),
        format!("{known}AAAA"),
        format!(" {known}"),
        format!("{known}\n"),
        known.replacen(&known[3..4], "+", 1),
        known.replacen(&known[3..4], "/", 1),
        known.replacen(&known[3..4], "ü", 1),
        "x".repeat(10_000),
        "550e8400-e29b-41d4-a716-446655440000".to_owned(),
    ];
    for person in [Person::client(), Person::staff()] {
        for wrong in &wrong {
            for (query, argument) in [
                ("query($id: ID!) { project(id: $id) { id } }", "id"),
                ("query($id: ID!) { node(id: $id) { id } }", "id"),
                ("query($id: ID!) { nodes(ids: [$id]) { id } }", "ids"),
            ] {
                let reply = app.ask_with(&person, query, json!({ "id": wrong })).await;
                assert_eq!(reply.code(), "BAD_USER_INPUT", "{wrong:?}: {}", reply.text);
                assert!(reply.message().contains(&format!("`{argument}`")), "{}", reply.text);
                assert!(wrong.len() < 2 || wrong.len() > 100 || !reply.text.contains(wrong.trim()), "{}", reply.text);
            }
        }
    }
}

#[tokio::test]
async fn ids_are_case_sensitive() {
    // API-8
    let app = TestApp::demo().await;
    let known = project(&app, MAPLE);
    let swapped: String = known
        .chars()
        .map(|c| if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() })
        .collect();
    for person in [Person::client(), Person::owner()] {
        let query = "query($id: ID!) { project(id: $id) { id } node(id: $id) { id } }";
        let reply = app.ask_with(&person, query, json!({ "id": swapped })).await;
        assert_eq!(*reply.data(), json!({ "project": null, "node": null }));
    }
}

#[tokio::test]
async fn unknown_and_wrong_kind_ids_are_null() {
    // API-8
    let app = TestApp::demo().await;
    let task = app.id(Tag::TASK, &format!("{MAPLE}/task/Frame walls"));
    let stranger = app.id(Tag::PROJECT, &format!("{MAPLE}/task/Frame walls"));
    let random = GlobalId::new(Tag::PROJECT, new_uuid()).to_string();
    let no_kind = "ZZ".to_owned() + &random[2..];
    for person in [Person::client(), Person::owner()] {
        for id in [&task, &stranger, &random, &no_kind] {
            let query = "query($id: ID!) { project(id: $id) { id } }";
            assert_eq!(*app.ask_with(&person, query, json!({ "id": id })).await.at("/project"), Value::Null, "{id}");
        }
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
        let ids = json!([random, task, stranger, no_kind, task]);
        let reply = app.ask_with(&person, query, json!({ "ids": ids })).await;
        assert_eq!(*reply.at("/nodes"), json!([null, { "id": task }, null, null, { "id": task }]));
    }
}

#[tokio::test]
async fn number_is_not_an_id() {
    let app = TestApp::demo().await;
    for value in [json!(7), json!(-1), json!(1.5), json!(null), json!(["x"]), json!({}), json!(true)] {
        for person in [Person::client(), Person::owner()] {
            let reply =
                app.ask_with(&person, "query($id: ID!) { project(id: $id) { id } }", json!({ "id": value })).await;
            assert_eq!(reply.code(), "BAD_USER_INPUT", "{value}: {}", reply.text);
            assert!(reply.message().contains("id"), "{}", reply.text);
        }
    }
    let reply = app.ask(&Person::client(), "{ project(id: 7) { id } }").await;
    assert_eq!(reply.code(), "BAD_USER_INPUT", "{}", reply.text);
}

#[tokio::test]
async fn every_shown_id_can_be_fetched() {
    let app = TestApp::demo().await;
    let fields = "selections { nodes { id options { id } } } schedule { tasks { nodes { id } } } milestones { id } team { id } locations { id }";
    for person in [Person::client(), Person::trade(), Person::staff()] {
        let found = crate::support::of_project(&app, &person, MAPLE, fields).await;
        let ids: Vec<_> = portico_testkit::texts(&found).into_iter().take(100).collect();
        let reply =
            app.ask_with(&person, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": ids })).await;
        let expected: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
        assert_eq!(*reply.at("/nodes"), json!(expected));
    }
}
