//! ROB-1: nulls and omitted variables, at positions with a default or without null.

use portico_audience::Refusal;
use serde_json::{Value, json};

use crate::common::{admit, messages, reader, refused};

fn text(query: &str, variables: Value) -> String {
    match admit(&reader(), query, variables) {
        Ok(admitted) => admitted.plan.text().to_owned(),
        Err(refusal) => panic!("{query}: {refusal:?}"),
    }
}

/// Operations with a variable `$v`, and their texts if it is omitted.
const OMITTED: [(&str, &str); 10] = [
    ("query($v: BookOrder) { sorted(order: $v) { id } }", "{ sorted { id } }"),
    ("query($v: Boolean) { sorted(order: TITLE, reverse: $v) { id } }", "{ sorted(order: TITLE) { id } }"),
    ("query($v: [BookFilter!]) { sorted(filters: $v) { id } }", "{ sorted { id } }"),
    ("query($v: BookFilter) { books(filter: $v) { totalCount } }", "{ books { totalCount } }"),
    ("query($v: Kind) { books(filter: {kind: $v}) { totalCount } }", "{ books(filter: {}) { totalCount } }"),
    ("query($v: Kind) { sorted(filters: [{and: [{kind: $v}]}]) { id } }", "{ sorted(filters: [{and: [{}]}]) { id } }"),
    (
        "mutation($v: Int) { borrow(input: {book: \"b\", copies: $v}) { id } }",
        "mutation { borrow(input: {book: \"b\"}) { id } }",
    ),
    (
        "mutation($v: String) { borrow(input: {book: \"b\", remarks: [$v]}) { id } }",
        "refused: an item of the list takes no null",
    ),
    (
        "query($v: Kind) { ...F } fragment F on Query { books(filter: {kind: $v}) { ... @skip(if: false) { totalCount } } }",
        "{ ...F } fragment F on Query { books(filter: {}) { ... @skip(if: false) { totalCount } } }",
    ),
    (
        "query Q($v: BookOrder, $w: Int) { sorted(order: $v) { id } books(first: $w) { totalCount } }",
        "query Q { sorted { id } books { totalCount } }",
    ),
];

#[test]
fn omitted_variables_omit_their_argument() {
    for (query, expected) in OMITTED {
        if expected.starts_with("refused") {
            assert!(matches!(refused(&reader(), query), Refusal::Invalid(_)), "{query}");
        } else {
            assert_eq!(text(query, json!({})), expected);
        }
    }
}

#[test]
fn given_variables_stay() {
    let query = "query($v: BookOrder, $w: Boolean) { sorted(order: $v, reverse: $w) { id } }";
    assert_eq!(text(query, json!({"v": "TITLE", "w": true})), query);
    assert_eq!(text(query, json!({"v": "TITLE"})), "query($v: BookOrder) { sorted(order: $v) { id } }");
    let nullable = "query($v: Kind) { books(filter: {kind: $v}) { totalCount } }";
    assert_eq!(text(nullable, json!({"v": null})), nullable, "a null is no omission");
}

#[test]
fn omitted_variables_have_their_own_plan() {
    let document = reader();
    let query = "query($v: Kind) { books(filter: {kind: $v}) { totalCount } }";
    let plan = |variables| admit(&document, query, variables).expect("the operation is valid").plan;
    let (omitted, given) = (plan(json!({})), plan(json!({"v": "NOVEL"})));
    assert_ne!(omitted.digest(), given.digest());
    assert!(std::sync::Arc::ptr_eq(&omitted, &plan(json!({}))), "the plan is cached as well");
    assert_eq!(given.digest(), plan(json!({"v": null})).digest());
}

#[test]
fn unexpected_null_names_the_argument() {
    for (query, place) in [
        ("query($v: BookOrder) { sorted(order: $v) { id } }", "order`: expected `BookOrder!`"),
        ("query($v: Boolean) { sorted(reverse: $v) { id } }", "reverse`: expected `Boolean!`"),
        ("query($v: [BookFilter!]) { sorted(filters: $v) { id } }", "filters`: expected `[BookFilter!]!`"),
        ("query($v: ID = \"b\") { book(id: $v) { id } }", "id`: expected `ID!`"),
        ("query($v: ID = \"b\") { nodes(ids: [\"a\", $v]) { id } }", "ids[1]`: expected `ID!`"),
        ("query($v: Boolean = true) { hours @include(if: $v) }", "if`: expected `Boolean!`"),
        ("query($v: Boolean = true) { hours ... @skip(if: $v) { hours } }", "if`: expected `Boolean!`"),
        ("mutation($v: Int) { borrow(input: {book: 1, copies: $v}) { id } }", "input.copies`: expected `Int!`"),
        ("mutation($v: ID = 3) { borrowMany(inputs: [{book: $v}]) { id } }", "inputs[0].book`: expected `ID!`"),
        (
            "query($v: BookOrder) { ...F } fragment F on Query { sorted(order: $v) { id } }",
            "order`: expected `BookOrder!`",
        ),
        ("query($v: String = \"Book\") { __type(name: $v) { name } }", "name`: expected `String!`"),
    ] {
        let refusal = admit(&reader(), query, json!({"v": null})).expect_err(query);
        assert!(matches!(refusal, Refusal::BadInput(_)), "{query}: {refusal:?}");
        assert_eq!(messages(&refusal), [format!("argument `{place}, found null in variable `$v`")]);
        // If omitted, the default applies.
        assert!(admit(&reader(), query, json!({})).is_ok(), "{query}");
    }
}

#[test]
fn null_within_a_variable_names_its_field() {
    let query = "mutation($i: BorrowInput!) { borrow(input: $i) { id } }";
    let refusal = admit(&reader(), query, json!({"i": {"book": 1, "copies": null}})).expect_err("a null");
    assert_eq!(messages(&refusal), ["variable `$i` at `copies`: expected `Int!`, found null"]);
}

#[test]
fn variable_defaults_are_completed() {
    let query = "mutation($i: BorrowInput = {book: 7, remarks: \"one\"}) { borrowMany(inputs: [$i]) { id } }";
    let refusal = admit(&reader(), query, json!({"i": null})).map(|_| ());
    assert!(matches!(refusal, Err(Refusal::BadInput(_))), "{refusal:?}");
    let admitted = admit(&reader(), query, json!({})).expect("the operation is valid");
    assert_eq!(
        Value::Object(admitted.variables),
        json!({"i": {"book": "7", "days": 14, "copies": 1, "remarks": ["one"]}})
    );
}
