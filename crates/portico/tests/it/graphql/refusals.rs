//! Tests of operations that are not admitted, and of variables that do not fit.

use portico_testkit::{Person, TestApp};
use serde_json::json;

#[tokio::test]
async fn costly_operation_names_its_cost() {
    let app = TestApp::demo().await;
    let query = "{ viewer { projects(first: 100) { nodes { selections(first: 100) { nodes { options { id } } } } } } }";
    for (person, limit) in [
        (Person::client(), "1000"),
        (Person::trade(), "1000"),
        (Person::owner(), "10000"),
        (Person::reporting(), "10000"),
    ] {
        let reply = app.ask(&person, query).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (400, "COST_LIMIT"), "{}", reply.text);
        assert!(reply.message().contains(limit), "{}", reply.text);
        assert!(reply.json.get("data").is_none());
    }
}

#[tokio::test]
async fn costly_shapes_are_refused() {
    let app = TestApp::demo().await;
    let aliases: String = (0..40).map(|index| format!("a{index}: role ")).collect();
    let roots: String = (0..25).map(|index| format!("a{index}: viewer {{ role }} ")).collect();
    let bomb = {
        let mut text = "{ viewer { ...F0 } } ".to_owned();
        for index in 0..14 {
            text += &format!("fragment F{index} on Viewer {{ ...F{0} ...F{0} }} ", index + 1);
        }
        text + "fragment F14 on Viewer { role }"
    };
    let cycle = "{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }".to_owned();
    let nested = "{ viewer ".repeat(300);
    for person in [Person::client(), Person::owner(), Person::public()] {
        for query in [
            format!("{{ viewer {{ {aliases} }} }}"),
            format!("{{ {roots} }}"),
            bomb.clone(),
            cycle.clone(),
            nested.clone(),
        ] {
            let reply = app.ask(&person, &query).await;
            assert_eq!(reply.status.as_u16(), 400, "{}", &query[..60]);
            assert!(reply.json.get("data").is_none());
            assert!(
                ["COST_LIMIT", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"].contains(&reply.code()),
                "{}",
                reply.text
            );
        }
    }
}

#[tokio::test]
async fn syntax_error_has_position_without_text() {
    let app = TestApp::demo().await;
    for query in [
        "{ viewer { role }",
        "{ viewer(password: \"secret-word) { role } }",
        "}",
        "query",
        "{ viewer { role } } secret-word!",
        "\u{0}",
        "{}",
    ] {
        for person in [Person::client(), Person::public()] {
            let reply = app.ask(&person, query).await;
            assert_eq!((reply.status.as_u16(), reply.code()), (400, "GRAPHQL_PARSE_FAILED"), "{query}: {}", reply.text);
            assert!(!reply.text.contains("secret-word"), "{}", reply.text);
        }
    }
}

#[tokio::test]
async fn missing_bracket_is_named() {
    let app = TestApp::demo().await;
    for (query, message) in [
        ("{ viewer { role }", "syntax error: expected \"}\""),
        ("{ viewer { role", "syntax error: expected \"}\""),
        ("{ project(id: \"x\" { name } }", "syntax error: expected \")\""),
        ("query($ids: [ID) { nodes(ids: $ids) { id } }", "syntax error: expected \"]\""),
    ] {
        let reply = app.ask(&Person::client(), query).await;
        assert_eq!((reply.code(), reply.message()), ("GRAPHQL_PARSE_FAILED", message), "{}", reply.text);
        let errors = reply.json["errors"].as_array().map(Vec::len);
        assert!(query.ends_with('}') || errors == Some(1), "{}", reply.text);
    }
}

#[tokio::test]
async fn wrong_variable_is_named_without_value() {
    let app = TestApp::demo().await;
    let query = "query($id: ID!, $first: Int = 3, $filter: ProjectFilter) { project(id: $id) { name }
        viewer { projects(first: $first, filter: $filter) { totalCount } } }";
    for (variables, named) in [
        (json!({}), "$id"),
        (json!({ "id": null }), "$id"),
        (json!({ "id": { "secret-word": 1 } }), "$id"),
        (json!({ "id": "x", "first": "secret-word" }), "$first"),
        (json!({ "id": "x", "first": 3_000_000_000_u64 }), "$first"),
        (json!({ "id": "x", "filter": { "secretWord": 1 } }), "$filter"),
        (json!({ "id": "x", "filter": { "status": { "in": ["secret-word"] } } }), "$filter"),
    ] {
        for person in [Person::client(), Person::owner()] {
            let reply = app.ask_with(&person, query, variables.clone()).await;
            assert_eq!((reply.status.as_u16(), reply.code()), (400, "BAD_USER_INPUT"), "{variables}: {}", reply.text);
            assert!(reply.message().contains(named), "{variables}: {}", reply.text);
            assert!(!reply.text.contains("secret-word"), "{}", reply.text);
        }
    }
}

#[tokio::test]
async fn mistyped_variable_is_refused() {
    let app = TestApp::demo().await;
    for query in [
        "query($id: String!) { project(id: $id) { name } }",
        "query($id: ID) { project(id: $id) { name } }",
        "query($id: Invented!) { project(id: $id) { name } }",
        "query { project(id: $id) { name } }",
        "query($id: ID!, $id: ID!) { project(id: $id) { name } }",
        "query($unused: Int) { viewer { role } }",
    ] {
        for person in [Person::client(), Person::owner()] {
            let reply = app.ask_with(&person, query, json!({ "id": "x" })).await;
            assert_eq!(
                (reply.status.as_u16(), reply.code()),
                (400, "GRAPHQL_VALIDATION_FAILED"),
                "{query}: {}",
                reply.text
            );
        }
    }
}

#[tokio::test]
async fn hidden_and_unknown_refuse_alike() {
    let app = TestApp::demo().await;
    for (hidden, invented) in [
        ("{ viewer { projects { nodes { budget { amount } } } } }", "budgex"),
        ("{ viewer { projects { nodes { team { payRate { amount } } } } } }", "payRatx"),
        ("{ viewer { permissions } }", "permissionx"),
    ] {
        let name = match invented {
            "budgex" => "budget",
            "payRatx" => "payRate",
            _ => "permissions",
        };
        for person in [Person::client(), Person::trade()] {
            let real = app.ask(&person, hidden).await.without_request_id();
            let made_up = app.ask(&person, &hidden.replace(name, invented)).await.without_request_id();
            assert_eq!(real.replace(name, invented), made_up);
        }
    }
}

#[tokio::test]
async fn wrong_enum_value_names_possible_values() {
    let app = TestApp::demo().await;
    let literal = "{ viewer { projects(sortKey: COST) { nodes { id } } } }";
    let variable = "query($k: ProjectSortKey!) { viewer { projects(sortKey: $k) { nodes { id } } } }";
    for (person, values) in [
        (Person::client(), "NAME, NUMBER, STARTED_ON"),
        (Person::trade(), "NAME, NUMBER, STARTED_ON"),
        (Person::owner(), "NAME, NUMBER, STARTED_ON, BUDGET"),
    ] {
        let expected = format!("value `COST` does not exist on `ProjectSortKey`; possible values: {values}");
        assert_eq!(app.ask(&person, literal).await.message(), expected);
        let reply = app.ask_with(&person, variable, json!({ "k": "COST" })).await;
        assert_eq!((reply.code(), reply.message()), ("BAD_USER_INPUT", format!("variable `$k`: {expected}").as_str()));
    }
    // A value that the role does not have is answered like any other.
    let hidden = app.ask_with(&Person::client(), variable, json!({ "k": "BUDGET" })).await;
    let unknown = app.ask_with(&Person::client(), variable, json!({ "k": "BUDGXT" })).await;
    assert_eq!(hidden.message().replace("BUDGET", "BUDGXT"), unknown.message());
    // Of a long enum, only the most similar value is named.
    let invite = "mutation { staffUpdate(input: { id: \"x\", permissions: [LEAD_MANAGE] }) { userErrors { code } } }";
    let near = app.ask(&Person::owner(), invite).await;
    let expected = "value `LEAD_MANAGE` does not exist on `Permission`; did you mean `LEADS_MANAGE`?";
    assert!(near.text.contains(expected), "{}", near.text);
}
