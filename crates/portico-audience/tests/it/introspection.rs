//! Introspection responses, and their positions.

use std::collections::BTreeSet;

use portico_audience::{Limits, Refusal, RoleSchema};
use serde_json::{Map, Value, json};

use crate::common::{admit, admit_within, admitted, clerk, introspection, manager, messages, reader, refused};

/// The official introspection query.
const OFFICIAL: &str = include_str!("official_introspection.graphql");

fn answers(document: &RoleSchema, query: &str, variables: Value) -> Map<String, Value> {
    match admit(document, query, variables) {
        Ok(admitted) => introspection(&admitted),
        Err(refusal) => panic!("{refusal:?}"),
    }
}

fn names(list: &Value) -> Vec<&str> {
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item["name"].as_str()).collect()
}

/// The coordinates in an introspection response.
fn told(schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for ty in schema["types"].as_array().expect("types are a list") {
        let name = ty["name"].as_str().expect("types have names");
        if name.starts_with("__") || ["Int", "Float", "String", "Boolean", "ID"].contains(&name) {
            continue;
        }
        found.insert(name.to_owned());
        for list in ["fields", "inputFields", "enumValues"] {
            found.extend(names(&ty[list]).iter().map(|member| format!("{name}.{member}")));
        }
        for field in ty["fields"].as_array().map(Vec::as_slice).unwrap_or_default() {
            let field_name = field["name"].as_str().expect("fields have names");
            let arguments = names(&field["args"]);
            found.extend(arguments.iter().map(|name_of| format!("{name}.{field_name}({name_of}:)")));
        }
    }
    found
}

#[test]
fn official_query_matches_the_schema() {
    for document in [reader(), clerk(), manager()] {
        let answer = answers(&document, OFFICIAL, Value::Null);
        assert_eq!(told(&answer["__schema"]), document.coordinates());
        let directives: BTreeSet<_> = names(&answer["__schema"]["directives"]).into_iter().collect();
        assert_eq!(directives, BTreeSet::from(["skip", "include", "deprecated", "specifiedBy", "oneOf"]));
    }
}

#[test]
fn official_query_is_fifteen_levels_deep() {
    let narrow = Limits { introspection_depth: 14, ..Limits::default() };
    assert_eq!(
        admit_within(&reader(), OFFICIAL, Value::Null, &narrow).map(|_| ()),
        Err(Refusal::Limit { what: "levels of introspection", limit: 14, found: 15 })
    );
}

#[test]
fn texts_name_nothing_hidden() {
    let answer = Value::Object(answers(&reader(), OFFICIAL, Value::Null)).to_string();
    for hidden in ["price", "PRICE", "Note", "Money", "takings", "RARE", "onHouse", "ermission", "CLERK", "audited"] {
        assert!(!answer.contains(hidden), "{hidden} is disclosed");
    }
}

#[test]
fn answers_replace_typenames_in_order() {
    let query = "{ a: hours __schema { queryType { name } } b: hours t: __type(name: \"Book\") { name } }";
    let admitted = admitted(&reader(), query);
    assert_eq!(admitted.plan.text(), "{ a: hours __schema: __typename b: hours t: __typename }");
    assert_eq!(
        Value::from(introspection(&admitted)),
        json!({"__schema": {"queryType": {"name": "Query"}}, "t": {"name": "Book"}})
    );
}

#[test]
fn root_fragments_are_replaced() {
    let query = "query Q($n: String!, $id: ID!) { ...R ... on Query { s: __schema { types { ...T } } } }
        fragment R on Query { t: __type(name: $n) { ...T } book(id: $id) { id } } fragment T on __Type { name }";
    let admitted = admit(&reader(), query, json!({"n": "Loan", "id": 1})).expect("the operation is valid");
    assert_eq!(
        admitted.plan.text(),
        "query Q($id: ID!) { ...R ... on Query { s: __typename } } fragment R on Query { t: __typename book(id: $id) { id } }"
    );
    assert_eq!(Value::Object(admitted.variables.clone()), json!({"id": "1"}));
    let answer = introspection(&admitted);
    assert_eq!(answer["t"], json!({"name": "Loan"}));
    assert_eq!(answer.keys().collect::<Vec<_>>().len(), 2);
}

#[test]
fn skipped_introspection_is_not_answered() {
    let query = "query($s: Boolean!) { hours __schema @skip(if: $s) { queryType { name } } }";
    let text = "query($s: Boolean!) { hours __schema: __typename @skip(if: $s) }";
    for (skip, count) in [(true, 0), (false, 1)] {
        let admitted = admit(&reader(), query, json!({"s": skip})).expect("the operation is valid");
        assert_eq!(admitted.plan.text(), text);
        assert_eq!(admitted.introspection.is_some().then(|| introspection(&admitted).len()), Some(count));
    }
    let included = "{ ... @include(if: false) { __schema { queryType { name } } } hours }";
    assert_eq!(answers(&reader(), included, Value::Null), Map::new());
    assert_eq!(admitted(&reader(), "{ hours }").introspection, None);
}

#[test]
fn repeated_answers_are_the_same() {
    let document = reader();
    let first = answers(&document, OFFICIAL, Value::Null);
    assert_eq!(answers(&document, OFFICIAL, Value::Null), first);
}

#[test]
fn introspection_has_a_flat_cost() {
    assert_eq!(admitted(&reader(), OFFICIAL).cost, 11);
    assert_eq!(admitted(&reader(), "{ hours a: __schema { queryType { name } } }").cost, 12);
}

#[test]
fn disabled_introspection_is_unknown() {
    let off = Limits { introspection: false, ..Limits::default() };
    for (query, field) in [
        ("{ __schema { queryType { name } } }", "__schema"),
        ("{ hours x: __type(name: \"Book\") { name } }", "__type"),
        ("{ ...F } fragment F on Query { __schema @include(if: false) { queryType { name } } }", "__schema"),
    ] {
        let refusal = admit_within(&reader(), query, Value::Null, &off).expect_err("it is off");
        assert_eq!(messages(&refusal), [format!("type `Query` does not have a field `{field}`")]);
    }
    admit_within(&reader(), "{ __typename }", Value::Null, &off).expect("typenames stay");
}

#[test]
fn nested_introspection_is_an_unknown_field() {
    for query in [
        "{ self { __schema { queryType { name } } } }",
        "{ self { ...F } } fragment F on Query { __type(name: \"Book\") { name } }",
    ] {
        let refusal = refused(&clerk(), query);
        assert!(messages(&refusal)[0].starts_with("type `Query` does not have a field `__"));
    }
    assert!(matches!(refused(&reader(), "{ book(id: 1) { __schema { queryType { name } } } }"), Refusal::Invalid(_)));
}

#[test]
fn cyclic_introspection_is_refused() {
    let round = "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }";
    assert!(matches!(refused(&reader(), round), Refusal::Limit { what: "nested lists of introspection", .. }));
    let deep = format!("{{ __type(name: \"Book\") {{ {} name {} }} }}", "ofType { ".repeat(20), "} ".repeat(20));
    assert!(matches!(refused(&reader(), &deep), Refusal::Limit { what: "levels of introspection", .. }));
}

#[test]
fn null_introspection_argument_is_refused() {
    let query = "query($n: String = \"Book\") { __type(name: $n) { name } }";
    let refusal = admit(&reader(), query, json!({"n": null})).expect_err("null is no name");
    assert!(matches!(refusal, Refusal::BadInput(_)));
    assert_eq!(answers(&reader(), query, json!({}))["__type"]["name"], "Book");
}

// ROB-15
#[test]
fn one_of_is_reported() {
    let query =
        "{ __schema { types { ...T } } p: __type(name: \"Position\") { ... { isOneOf } one: isOneOf name: isOneOf }
        b: __type(name: \"Book\") { isOneOf kind } i: __type(name: \"BorrowInput\") { isOneOf } }
        fragment T on __Type { name isOneOf fields { type { isOneOf ofType { isOneOf } } name } }";
    let answer = answers(&reader(), query, Value::Null);
    assert_eq!(answer["p"], json!({"isOneOf": true, "one": true, "name": true}));
    assert_eq!(answer["b"], json!({"isOneOf": null, "kind": "OBJECT"}));
    assert_eq!(answer["i"], json!({"isOneOf": false}));
    let types = answer["__schema"]["types"].as_array().expect("types are a list");
    for ty in types {
        let expected = match ty["name"].as_str() {
            Some("Position") => json!(true),
            Some("BookFilter" | "BorrowInput") => json!(false),
            _ => Value::Null,
        };
        assert_eq!(ty["isOneOf"], expected, "{}", ty["name"]);
    }
    let book = types.iter().find(|ty| ty["name"] == "Book").expect("there are books");
    assert_eq!(book["fields"][0], json!({"type": {"isOneOf": null, "ofType": {"isOneOf": null}}, "name": "id"}));
    let told = answers(&reader(), "{ __type(name: \"__Type\") { fields { name } } }", Value::Null);
    assert!(names(&told["__type"]["fields"]).contains(&"isOneOf"));
}

// ROB-28
#[test]
fn large_introspections_cost_more() {
    let narrow = Limits { introspected_fields: 10, ..Limits::default() };
    let cost = |query: &str| admit_within(&reader(), query, Value::Null, &narrow).expect("the operation is valid").cost;
    assert_eq!(cost("{ __schema { queryType { name } } }"), 11);
    let (small, large) = (
        cost("{ __schema { types { name fields { name } } } }"),
        cost("{ __schema { types { name fields { name type { fields { name args { name } } } } } } }"),
    );
    assert!(large > 4 * small, "{small}, {large}");
}
