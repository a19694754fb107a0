//! The normal form of operations, which all executors interpret alike.

use portico_audience::Refusal;
use serde_json::{Value, json};

use crate::common::{admit, admitted, messages, reader, refused};

fn text(query: &str) -> String {
    admitted(&reader(), query).plan.text().to_owned()
}

// ROB-2
#[test]
fn duplicate_input_field_is_refused() {
    for (query, place, field) in [
        ("{ books(filter: {kind: NOVEL, kind: ATLAS}) { totalCount } }", "argument `filter`", "kind"),
        ("{ books(filter: {kind: NOVEL, kind: NOVEL}) { totalCount } }", "argument `filter`", "kind"),
        ("{ books(filter: {and: [{}, {kinds: [], kinds: []}]}) { totalCount } }", "argument `filter`", "kinds"),
        (
            "query($f: BookFilter = {kind: NOVEL, kind: NOVEL}) { books(filter: $f) { totalCount } }",
            "variable `$f`",
            "kind",
        ),
        ("query A { hours } mutation B { borrow(input: {book: 1, book: 2}) { id } }", "argument `input`", "book"),
        ("mutation($d: Int) { borrow(input: {book: 1, days: 1, days: $d}) { id } }", "argument `input`", "days"),
        ("{ ...F } fragment F on Query { shelf(position: {row: 1, row: 2}) { id } }", "argument `position`", "row"),
    ] {
        let refusal = refused(&reader(), query);
        assert!(matches!(refusal, Refusal::Invalid(_)), "{query}: {refusal:?}");
        assert_eq!(messages(&refusal), [format!("{place}: input field `{field}` is given twice")]);
    }
}

// ROB-3
#[test]
fn numbers_have_one_form() {
    for (query, expected) in [
        ("{ books(first: -0) { totalCount } }", "{ books(first: 0) { totalCount } }"),
        ("{ book(id: -0) { id } }", "{ book(id: \"-0\") { id } }"),
        ("{ book(id: 99999999999999999999) { id } }", "{ book(id: \"99999999999999999999\") { id } }"),
        ("{ nodes(ids: [1, \"a\", 2]) { id } }", "{ nodes(ids: [\"1\", \"a\", \"2\"]) { id } }"),
        ("{ nodes(ids: 7) { id } }", "{ nodes(ids: \"7\") { id } }"),
        (
            "mutation { borrow(input: {book: 1, days: -0, weight: -0, due: -0}) { id } }",
            "mutation { borrow(input: {book: \"1\", days: 0, weight: 0, due: 0}) { id } }",
        ),
    ] {
        assert_eq!(text(query), expected);
    }
}

// ROB-3
#[test]
fn numbers_of_variables_have_one_form() {
    for (ty, query, given, coerced) in [
        ("Int", "books(first: $v) { totalCount }", "-0", json!(0)),
        ("Int", "books(first: $v) { totalCount }", "-0.0", json!(0)),
        ("Int", "books(first: $v) { totalCount }", "3.0", json!(3)),
        ("Int", "books(first: $v) { totalCount }", "1e2", json!(100)),
        ("ID!", "book(id: $v) { id }", "-0", json!("0")),
        ("ID!", "book(id: $v) { id }", "18446744073709551615", json!("18446744073709551615")),
        ("[ID!]!", "nodes(ids: $v) { id }", "7", json!(["7"])),
    ] {
        let value: Value = serde_json::from_str(given).expect("JSON");
        let admitted = admit(&reader(), &format!("query($v: {ty}) {{ {query} }}"), json!({"v": value}));
        assert_eq!(admitted.expect("the operation is valid").variables["v"], coerced, "{ty}: {given}");
    }
    for (ty, query, given) in [
        ("Int", "books(first: $v) { totalCount }", "0.5"),
        ("Int", "books(first: $v) { totalCount }", "2147483648"),
        ("Int", "books(first: $v) { totalCount }", "2147483648.0"),
        ("Int", "books(first: $v) { totalCount }", "1e300"),
        ("ID!", "book(id: $v) { id }", "1.5"),
        ("ID!", "book(id: $v) { id }", "1e300"),
    ] {
        let value: Value = serde_json::from_str(given).expect("JSON");
        let refusal = admit(&reader(), &format!("query($v: {ty}) {{ {query} }}"), json!({"v": value}));
        assert!(matches!(refusal, Err(Refusal::BadInput(_))), "{ty}: {given}");
    }
}

// ROB-3
#[test]
fn unreadable_numbers_are_refused() {
    for number in ["1e400", "-1e400", "1.5e999", "9e308999"] {
        for (query, place) in [
            (format!("mutation {{ borrow(input: {{book: 1, due: {number}}}) {{ id }} }}"), "input.due"),
            (format!("mutation {{ borrow(input: {{book: 1, due: [{{a: {number}}}]}}) {{ id }} }}"), "input.due"),
        ] {
            let refusal = refused(&reader(), &query);
            assert!(matches!(refusal, Refusal::BadInput(_)), "{query}: {refusal:?}");
            assert_eq!(messages(&refusal), [format!("argument `{place}`: the number is out of range")]);
        }
    }
}

// ROB-23
#[test]
fn repeated_field_is_asked_once() {
    for (query, expected) in [
        ("{ hours hours a: hours a: hours }", "{ hours a: hours }"),
        ("{ book(id: 1) { id } book(id: 1) { title id } }", "{ book(id: \"1\") { id title } }"),
        ("{ ...F ...F } fragment F on Query { hours hours }", "{ ...F } fragment F on Query { hours }"),
        ("{ ... { hours } ... { hours } }", "{ ... { hours } }"),
        (
            "{ node(id: 1) { ... on Book { id } ... on Book { title } ... on Loan { id } } }",
            "{ node(id: \"1\") { ... on Book { id title } ... on Loan { id } } }",
        ),
        (
            "query($a: Boolean = true) { hours @skip(if: $a) hours @include(if: $a) hours @skip(if: $a) }",
            "query($a: Boolean = true) { hours @skip(if: $a) hours @include(if: $a) }",
        ),
    ] {
        assert_eq!(text(query), expected);
    }
}

#[test]
fn keys_stay_in_the_order_of_the_operation() {
    for query in [
        "{ ... on Query { a: hours } b: hours ... on Query { c: hours } }",
        "{ book(id: \"1\") { id } ... on Query { book(id: \"1\") { kind } } book(id: \"1\") { title } }",
        "{ book(id: \"1\") { id } ...F book(id: \"1\") { title } } fragment F on Query { book(id: \"1\") { kind } }",
    ] {
        assert_eq!(text(query), query);
    }
    assert_eq!(
        text("{ a: hours b: hours ...F a: hours ...F } fragment F on Query { c: hours }"),
        "{ a: hours b: hours ...F a: hours } fragment F on Query { c: hours }"
    );
}

#[test]
fn repeated_mutation_runs_once() {
    let field = "borrow(input: {book: \"1\"})";
    let once = format!("mutation {{ {field} {{ id book {{ id }} }} }}");
    for query in [
        format!("mutation {{ {field} {{ id }} {field} {{ book {{ id }} }} }}"),
        format!("mutation {{ ... {{ {field} {{ id }} }} {field} {{ book {{ id }} }} }}"),
        format!(
            "mutation {{ ...F ... on Mutation {{ {field} {{ book {{ id }} }} }} }} fragment F on Mutation {{ {field} {{ id }} }}"
        ),
    ] {
        assert_eq!(text(&query), once);
    }
    let by_condition = format!("mutation {{ {field} @include(if: true) {{ id }} {field} {{ id }} }}");
    assert_eq!(
        messages(&refused(&reader(), &by_condition)),
        ["mutation field `borrow` is selected more than once, under different conditions"]
    );
}

// ROB-16
#[test]
fn errors_tell_unknown_names() {
    let is_unknown = |query: &str| match refused(&reader(), query) {
        Refusal::Invalid(complaints) => complaints.iter().any(|complaint| complaint.unknown_name),
        other => panic!("{query}: {other:?}"),
    };
    for query in [
        "{ takings { amount } }",
        "{ invented }",
        "{ books(unsold: true) { totalCount } }",
        "{ books(filter: {priceAbove: 1}) { totalCount } }",
        "{ books(order: PRICE) { totalCount } }",
        "{ hours @shared }",
        "query($n: Note) { hours }",
        "subscription { returned { id } }",
        "{ node(id: 1) { ... on Note { id } } }",
        "{ node(id: 1) { ...F } } fragment F on Note { id }",
    ] {
        assert!(is_unknown(query), "{query}");
    }
    for query in [
        "{ book { id } }",
        "{ hours { id } }",
        "{ book(id: 1) }",
        "query($v: ID!) { hours }",
        "{ books(first: \"1\") { totalCount } }",
        "{ hours ...F }",
        "{ hours } fragment F on Query { hours }",
        "{ book(id: $v) { id } }",
    ] {
        assert!(!is_unknown(query), "{query}");
    }
}
