//! Tests of gaps in the executor's library, each closed by our own checks.

use std::collections::BTreeSet;

use portico_audience::Limits;
use portico_testkit::{AccessLayers, LayerState, Person, TestApp, TypeShape, texts};
use serde_json::{Value, json};

use crate::support::schema::{coordinates_of, document_of, example};

const NO_DOCUMENT: AccessLayers = AccessLayers {
    document: LayerState::Down,
    guard: LayerState::Up,
    role_view: LayerState::Up,
    row_check: LayerState::Up,
};
const GUARD: AccessLayers = AccessLayers { role_view: LayerState::Down, row_check: LayerState::Down, ..NO_DOCUMENT };

/// The library calls no guard of a field behind an interface: the field that returns the interface has to check.
#[tokio::test]
async fn interfaces_bypass_no_guard() {
    let app = TestApp::demo().await;
    for (person, kinds) in [
        (Person::client(), vec!["ScheduleVersion", "Contact", "Lead"]),
        (Person::named("cleo"), vec!["ScheduleVersion", "Contact"]),
        (Person::trade(), vec!["ScheduleVersion", "ScheduleDelay", "Allowance", "Contact", "Lead"]),
        (Person::named("priya"), vec!["ScheduleVersion", "Contact", "Lead"]),
        (Person::public(), vec!["Project", "Task", "ScheduleVersion"]),
    ] {
        for kind in kinds {
            let id = example(kind).expect("there is an example");
            for query in [
                format!("{{ node(id: \"{id}\") {{ id }} }}"),
                format!("{{ node(id: \"{id}\") {{ __typename }} }}"),
                format!("{{ nodes(ids: [\"{id}\"]) {{ ... on Node {{ id __typename }} }} }}"),
                format!(
                    "{{ node(id: \"{id}\") {{ ...F }} }} fragment F on Node {{ id ... on {kind} {{ __typename id }} }}"
                ),
            ] {
                let answer = app.ask_behind(GUARD, &person, &Person::owner(), &query).await;
                assert_eq!(texts(&answer["data"]), Vec::<String>::new(), "{kind} by {query}");
                let control = app.ask_behind(AccessLayers::NONE, &person, &Person::owner(), &query).await;
                assert!(!texts(&control["data"]).is_empty(), "{kind} by {query}: {control}");
            }
        }
    }
}

/// Interfaces have only the id, since their fields are resolved without a guard.
#[tokio::test]
async fn interfaces_have_only_the_id() {
    let shape = crate::support::schema::whole();
    for (name, definition) in shape.types() {
        if matches!(definition, TypeShape::Interface(_)) {
            let fields: Vec<_> = shape.fields(name).iter().map(|field| field.name.as_str()).collect();
            assert_eq!(fields, ["id"], "{name}");
        }
    }
}

/// The executor accepts hidden values, input fields and arguments; only admission refuses them.
#[tokio::test]
async fn admission_refuses_hidden_inputs() {
    let app = TestApp::demo().await;
    let by_literal = |filter: &str| {
        format!(
            "{{ viewer {{ projects({filter}) {{ nodes {{ selections(filter: {{status: {{in: [DRAFT]}}}}) {{ totalCount }} }} }} }} }}"
        )
    };
    let by_variable = "query($in: [SelectionStatus!]!) {
        viewer { projects { nodes { selections(filter: {status: {in: $in}}) { totalCount nodes { id } } } } }
    }";
    for person in [Person::client(), Person::named("ben"), Person::trade(), Person::named("eli")] {
        let owner = Person::owner();
        for (query, variables) in
            [(by_literal("first: 5"), json!({})), (by_variable.to_owned(), json!({"in": ["DRAFT"]}))]
        {
            let taken = app.ask_behind_with(NO_DOCUMENT, &person, &owner, &query, variables.clone()).await;
            assert_eq!(taken.get("errors"), None, "the executor accepts it: {taken}");
            let counts: Vec<_> = texts(&taken["data"]).into_iter().filter(|text| text != "0").collect();
            assert_eq!(counts, Vec::<String>::new(), "and still nothing is visible");
            let refused = app.ask_with(&person, &query, variables).await;
            assert_eq!((refused.status.as_u16(), refused.json.get("data")), (400, None), "{}", refused.text);
        }
        for query in [by_literal("sortKey: BUDGET"), by_literal("filter: {internalStatus: \"x\"}")] {
            let refused = app.ask(&person, &query).await;
            assert_eq!(refused.code(), "GRAPHQL_VALIDATION_FAILED");
        }
    }
}

#[tokio::test]
async fn errors_suggest_no_hidden_names() {
    let app = TestApp::demo().await;
    for person in [Person::client(), Person::trade(), Person::public(), Person::named("priya")] {
        for query in [
            "{ viewr { id } }",
            "{ viewer { projects { nodes { budgett intrnalNotes } } } }",
            "{ viewer { projects(sortKey: BUDGETT) { totalCount } } }",
            "{ viewer { projects(filter: {internalStatu: \"x\"}) { totalCount } } }",
            "query($v: ScheduleVersio) { viewer { id } }",
            "{ node(id: \"x\") { ... on InternalNot { body } } }",
            "{ viewer { id @share } }",
        ] {
            let reply = app.ask(&person, query).await;
            assert!(["GRAPHQL_VALIDATION_FAILED", "UNAUTHENTICATED"].contains(&reply.code()));
            for word in ["BUDGET`", "`budget`", "internalNotes", "internalStatus", "ScheduleVersion`", "`shared`"] {
                assert!(!reply.text.contains(word), "{word} in {}", reply.text);
            }
        }
    }
    // The owner, who can read the budget, gets the suggestion.
    let query = "{ viewer { projects { nodes { budgett } } } }";
    for (person, hint) in [(Person::owner(), true), (Person::client(), false)] {
        assert_eq!(app.ask(&person, query).await.text.contains("did you mean `budget`?"), hint);
    }
}

#[tokio::test]
async fn hidden_types_are_null_to_introspection() {
    let app = TestApp::demo().await;
    for person in [Person::client(), Person::named("ines"), Person::trade(), Person::named("lucia"), Person::public()] {
        for query in [
            "{ it: __type(name: \"ScheduleVersion\") { name fields { name } } }",
            "query Q { ...F } fragment F on Query { it: __type(name: \"ScheduleVersion\") { kind } }",
            "{ ... on Query @include(if: true) { it: __type(name: \"ScheduleVersion\") { description } } }",
            "{ it: __type(name: \"Permission\") { enumValues(includeDeprecated: true) { name } } }",
            "{ it: __type(name: \"Audience\") { enumValues { name } } }",
        ] {
            assert_eq!(app.ask(&person, query).await.at("/it"), &Value::Null, "{query}");
        }
    }
}

/// Every name in `__schema`.
const SCHEMA: &str = "{ __schema {
    queryType { name } mutationType { name } subscriptionType { name } description
    directives { name description args { name description } }
    types { kind name description
        fields(includeDeprecated: true) { name description args { name description defaultValue type { ...T } } type { ...T } }
        inputFields(includeDeprecated: true) { name description defaultValue type { ...T } }
        enumValues(includeDeprecated: true) { name description }
        interfaces { name } possibleTypes { name } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

#[tokio::test]
async fn introspection_returns_the_document_only() {
    // SEC-1
    let app = TestApp::demo().await;
    for (name, person) in Person::of_each_role() {
        let reply = app.ask(&person, SCHEMA).await;
        let schema = reply.at("/__schema");
        let mut coordinates = BTreeSet::new();
        let mut named = BTreeSet::new();
        collect_names(schema, &mut named);
        for ty in list(schema, "types").iter().filter(|ty| !is_built_in(&text(ty, "name"))) {
            let name = text(ty, "name");
            for field in list(ty, "fields") {
                for argument in list(field, "args") {
                    coordinates.insert(format!("{name}.{}({}:)", text(field, "name"), text(argument, "name")));
                }
                coordinates.insert(format!("{name}.{}", text(field, "name")));
            }
            for member in list(ty, "inputFields").iter().chain(list(ty, "enumValues")) {
                coordinates.insert(format!("{name}.{}", text(member, "name")));
            }
            coordinates.insert(name);
        }
        assert_eq!(coordinates, coordinates_of(&app, &person).await, "{name}");
        let document = document_of(&app, &person).await;
        let unknown: Vec<_> = named.iter().filter(|ty| !is_built_in(ty) && document.get(ty).is_none()).collect();
        assert_eq!(unknown, Vec::<&String>::new(), "{name}");
        let directives: Vec<_> = list(schema, "directives").iter().map(|one| text(one, "name")).collect();
        assert!(
            !directives.contains(&"shared".to_owned()) && !directives.contains(&"requires".to_owned()),
            "{directives:?}"
        );
    }
    assert!(Limits::default().introspection, "introspection is enabled, otherwise the test proves nothing");
}

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of[name].as_array().map_or(&[], Vec::as_slice)
}

fn text(of: &Value, name: &str) -> String {
    of[name].as_str().unwrap_or_default().to_owned()
}

fn is_built_in(ty: &str) -> bool {
    ty.starts_with("__") || ["ID", "String", "Boolean", "Int", "Float"].contains(&ty)
}

/// The names of all types that are used as the type of something.
fn collect_names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let (Some(_), Some(Value::String(name))) = (fields.get("kind"), fields.get("name")) {
                found.insert(name.clone());
            }
            fields.values().for_each(|value| collect_names(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| collect_names(value, found)),
        _ => {}
    }
}
