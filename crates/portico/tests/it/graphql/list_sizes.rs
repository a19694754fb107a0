//! Tests of lists without pages: each declares its assumed size and costs as much, and those that callers extend have a
//! maximum.

use apollo_compiler::Schema;
use apollo_compiler::ast::Value as Literal;
use apollo_compiler::schema::{Component, ExtendedType, FieldDefinition};
use portico_core::id::Tag;
use portico_core::limits::caps;
use portico_graphql::Gateway;
use portico_testkit::{Person, TestApp};
use serde_json::json;

use crate::support::{RIDGE, change, project, refusals, sql_id};

/// List of objects without a size argument, with its assumed size.
struct PlainList {
    ty: String,
    field: String,
    size: Option<u64>,
}

fn assumed_size(field: &Component<FieldDefinition>) -> Option<u64> {
    match &**field.directives.get("listSize")?.specified_argument_by_name("assumedSize")? {
        Literal::Int(size) => size.as_str().parse().ok(),
        _ => None,
    }
}

/// All such lists of the schema, found by their types.
fn plain_lists() -> Vec<PlainList> {
    let schema = Schema::parse(Gateway::sdl(), "schema.graphql").expect("it is a schema");
    let mut found = Vec::new();
    for (name, definition) in &schema.types {
        let fields = match definition {
            ExtendedType::Object(object) if !definition.is_built_in() => &object.fields,
            ExtendedType::Interface(interface) => &interface.fields,
            _ => continue,
        };
        for (field, definition) in fields {
            let items = schema.types.get(definition.ty.inner_named_type());
            let is_of_objects = definition.ty.is_list() && items.is_some_and(|items| !items.is_leaf());
            let is_page = name.ends_with("Connection") && matches!(field.as_str(), "nodes" | "edges");
            let is_sized = definition
                .arguments
                .iter()
                .any(|argument| matches!(argument.name.as_str(), "first" | "last") || argument.ty.is_list());
            if is_of_objects && !is_page && !is_sized {
                found.push(PlainList {
                    ty: name.to_string(),
                    field: field.to_string(),
                    size: assumed_size(definition),
                });
            }
        }
    }
    found
}

#[test]
fn unpaged_lists_declare_an_assumed_size() {
    let lists = plain_lists();
    assert!(lists.len() > 60, "{}", lists.len());
    let silent: Vec<_> = lists
        .iter()
        .filter(|list| list.size.is_none_or(|size| size == 0))
        .map(|list| format!("{}.{}", list.ty, list.field))
        .collect();
    assert_eq!(silent, Vec::<String>::new(), "put #[list_size(..)] above them");
}

#[tokio::test]
async fn unpaged_lists_cost_their_assumed_size() {
    let app = TestApp::demo().await;
    let id = project(&app, RIDGE);
    let cost = async |selection: &str| {
        let reply = app.ask(&Person::owner(), &format!("{{ project(id: \"{id}\") {{ {selection} }} }}")).await;
        reply.json["extensions"]["cost"]["requestedQueryCost"].as_u64().unwrap_or_else(|| panic!("{}", reply.text))
    };
    let mut seen = 0;
    for PlainList { field, size, .. } in plain_lists().into_iter().filter(|list| list.ty == "Project") {
        let size = size.expect("it prints it");
        // The root field, the project, and the list.
        let expected = 1 + (1 + size).div_ceil(10);
        assert_eq!(cost(&format!("{field} {{ __typename }}")).await, expected, "{field}");
        seen += 1;
    }
    assert!(seen >= 9, "{seen}");
    assert_eq!(cost("trades { id }").await, 1 + 2);
    assert_eq!(cost("clients { id }").await, 1 + 1);
    // A long list of projects, each with many trade partners, is priced by the assumed number.
    let query = "{ viewer { projects(first: 100) { nodes { trades { id } } } } }";
    let reply = app.ask(&Person::owner(), query).await;
    assert_eq!(
        reply.json["extensions"]["cost"]["requestedQueryCost"],
        json!(1 + (2 + 100 + 100 * 10_u64).div_ceil(10))
    );
}

/// Adds the maximum number of members of a kind to a project.
async fn db_fill(app: &TestApp, kind: &str, most: u32) {
    let (project, relationship) = (sql_id(RIDGE), if kind == "CLIENT" { "'PARTNER'" } else { "null" });
    app.database()
        .db_execute(&format!(
            "with missing as (
                select {most} - count(*) as n from project_memberships
                where project_id = {project} and kind = '{kind}' and removed_at is null),
            people as (
                insert into identities (id, email, email_canonical, name)
                select gen_random_uuid(), '{kind}-' || i || '@many.example', lower('{kind}-' || i || '@many.example'), 'Many ' || i
                from missing, generate_series(1, n) i returning id, name),
            cards as (
                insert into contacts (id, company_id, identity_id, kind, name)
                select gen_random_uuid(), p.company_id, people.id, '{kind}', people.name
                from people, projects p where p.id = {project} returning id, company_id, identity_id)
            insert into project_memberships (id, company_id, project_id, contact_id, identity_id, kind, relationship)
            select gen_random_uuid(), company_id, {project}, id, identity_id, '{kind}', {relationship} from cards"
        ))
        .await;
}

#[tokio::test]
async fn full_project_takes_no_more_members() {
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let ridge = project(&app, RIDGE);
    for (kind, most, mutation, contact, more) in [
        ("CLIENT", caps::CLIENTS, "projectClientAdd", "ben", ", relationship: PARTNER"),
        ("TRADE", caps::TRADES, "projectTradeAdd", "wren", ""),
    ] {
        db_fill(&app, kind, most).await;
        let contact = app.id(Tag::CONTACT, &format!("alderbrook/contact/{contact}"));
        let add = async |key: &str| {
            let input = format!(
                "input: {{ projectId: \"{ridge}\", contactId: \"{contact}\"{more}, idempotencyKey: \"{kind}-{key}\" }}"
            );
            change(&app, &owner, mutation, &input, "__typename").await
        };
        let full = add("full").await;
        assert_eq!(refusals(&full), ["INVALID_STATE input.projectId"], "{full}");
        let message = full["userErrors"][0]["message"].as_str().expect("a sentence");
        assert!(message.contains(&format!("has {most} ")), "{message}");
        app.database()
            .db_execute(&format!(
                "update project_memberships set removed_at = now() where contact_id in (
                    select id from contacts where name = 'Many 1' and kind = '{kind}')"
            ))
            .await;
        assert_eq!(refusals(&add("room").await), Vec::<String>::new());
    }
}
