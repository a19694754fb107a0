//! Results of admission.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use portico_audience::{Admitted, Limits, OperationKind, OperationRequest, Refusal, RoleSchema};
use serde_json::{Map, json};

use crate::common::{admit, admit_within, admitted, clerk, complaints, messages, reader, refused};

fn named(document: &RoleSchema, query: &str, name: Option<&str>) -> Result<Admitted, Refusal> {
    let request = OperationRequest { query, operation_name: name, variables: &Map::new(), variable_bytes: 0 };
    document.admit(&request, &Limits::default())
}

const THREE: &str = "query A { ...F hours } mutation B { borrow(input: {book: 1}) { id } }
    query C($id: ID!) { book(id: $id) { title } } fragment F on Query { h: hours }";

#[test]
fn only_the_chosen_operation_is_printed() {
    let document = reader();
    let plan = named(&document, THREE, Some("A")).expect("the operation is valid").plan;
    assert_eq!(plan.text(), "query A { ...F hours } fragment F on Query { h: hours }");
    assert_eq!(plan.operation_kind(), OperationKind::Query);
    assert_eq!(plan.operation_name(), Some("A"));
    let plan = named(&document, THREE, Some("B")).expect("the operation is valid").plan;
    assert_eq!(plan.text(), r#"mutation B { borrow(input: {book: "1"}) { id } }"#);
    assert_eq!(plan.operation_kind(), OperationKind::Mutation);
}

#[test]
fn unnamed_choice_of_operation_is_refused() {
    let document = reader();
    let refusal = named(&document, THREE, None).expect_err("it is ambiguous");
    assert_eq!(messages(&refusal), ["the request has several operations and does not name one"]);
    let refusal = named(&document, THREE, Some("D")).expect_err("it is unknown");
    assert_eq!(messages(&refusal), ["No operation named 'D'"]);
    let refusal = named(&document, "{ hours }", Some("D")).expect_err("it is unknown");
    assert!(matches!(refusal, Refusal::Invalid(_)));
}

#[test]
fn subscriptions_have_one_root_field() {
    let document = clerk();
    let plan = admitted(&document, "subscription { returned { id } }").plan;
    assert_eq!(plan.operation_kind(), OperationKind::Subscription);
    let two = "subscription { returned { id } other: returned { id } }";
    assert!(matches!(refused(&document, two), Refusal::Invalid(_)));
    let reader = refused(&reader(), "subscription { returned { id } }");
    assert_eq!(messages(&reader), ["`subscription` root operation type is not defined"]);
}

#[test]
fn known_operation_reuses_its_plan() {
    let document = reader();
    let made = AtomicUsize::new(0);
    let plans: Vec<_> = (0..3).map(|_| admitted(&document, "{ hours }").plan).collect();
    for plan in &plans {
        assert!(Arc::ptr_eq(plan, &plans[0]));
        let length = *plan.prepared(|text| {
            made.fetch_add(1, Ordering::Relaxed);
            text.len()
        });
        assert_eq!(length, "{ hours }".len());
    }
    assert_eq!(made.into_inner(), 1);
}

#[test]
fn plan_is_checked_under_narrower_limits() {
    let document = reader();
    let query = "{ a: hours b: hours c: hours }";
    admitted(&document, query);
    let narrow = Limits { aliases: 2, ..Limits::default() };
    assert_eq!(
        admit_within(&document, query, json!({}), &narrow).map(|_| ()),
        Err(Refusal::Limit { what: "aliases", limit: 2, found: 3 })
    );
}

#[test]
fn plan_key_separates_name_and_text() {
    let document = reader();
    let query = "query A { hours }";
    named(&document, query, Some("A")).expect("the operation is valid");
    assert!(named(&document, query, Some("")).is_err());
    assert!(named(&document, query, None).is_ok());
}

#[test]
fn strings_survive_printing() {
    let document = reader();
    let query = r#"{ search(text: "a \"b\" \\ \u00e9\n\t # {", kinds: [NOVEL]) { __typename } }"#;
    let text = admitted(&document, query).plan.text().to_owned();
    assert_eq!(admitted(&document, &text).plan.text(), text);
    let block = "{ search(text: \"\"\"\n  two\n    lines \\\"\"\" \n\"\"\") { __typename } }";
    assert_eq!(admitted(&document, block).plan.text(), r#"{ search(text: "two\n  lines \"\"\" ") { __typename } }"#);
}

#[test]
fn syntax_errors_have_position_without_text() {
    let document = reader();
    let refusal = refused(&document, "{\n  hours(\"secret-1\") }");
    assert!(matches!(refusal, Refusal::Parse(_)));
    assert_eq!(complaints(&refusal)[0].locations[0].0, 2);
    for query in [
        "",
        " ",
        "# nothing",
        "{",
        "}",
        "{ hours",
        "{ hours } \"secret-1",
        "{ a(b: secret-1) }",
        "query secret-1 { hours }",
        "\u{feff}{ \u{0} }",
        "{ hours(a: 1secret) }",
        "{}",
        "{ hours {} }",
    ] {
        let refusal = refused(&document, query);
        assert!(matches!(refusal, Refusal::Parse(_)), "{query}: {refusal:?}");
        assert!(complaints(&refusal).len() <= 20);
        for message in messages(&refusal) {
            assert!(!message.contains("secret"), "{message}");
            assert!(!message.contains('\n'), "{message}");
        }
    }
}

#[test]
fn syntax_errors_use_plain_words() {
    let document = reader();
    for (query, expected) in [
        ("{ hours", "expected \"}\""),
        ("{ search(text: 1 { __typename } }", "expected \")\""),
        ("query($a: [Int) { hours }", "expected \"]\""),
        ("{ search(text: {a: 1) { __typename } }", "expected \"}\""),
        ("", "the request has no operation"),
        ("hours", "expected an operation or a fragment"),
        ("\"text\"", "expected an operation or a fragment"),
        ("extend hours", "expected an operation or a fragment"),
        ("{}", "expected at least one selection in selection set"),
        ("query", "expected a selection set"),
        ("{ search() { __typename } }", "expected an argument"),
        ("{ search(text:) { __typename } }", "expected a valid value"),
        ("query($a) { hours }", "expected a name"),
        ("query($a: Int = $b) { hours }", "a variable cannot be used here"),
        ("fragment on Book { title }", "fragment name cannot be 'on'"),
        ("{ ... on { title } }", "expected a name in type condition"),
        ("{ hours ..hours }", "unterminated spread operator"),
        ("{ search(text: \"a) { __typename } }", "unterminated string value"),
        ("{ search(text: 01) { __typename } }", "numbers must not have non-significant leading zeroes"),
        ("{ search(text: 1X) { __typename } }", "unexpected character `X` as integer suffix"),
        ("{ search(text: 1.", "the request ends within a number"),
        ("{ hours % }", "unexpected character \"%\""),
        ("directive hours on FIELD", "expected \"@\""),
        ("type A { b }", "expected a type"),
        ("type A implements { b: Int }", "expected an interface name"),
        ("enum A { true }", "invalid enum value"),
        ("union A = ", "expected union member type"),
        ("schema { hours: Int }", "expected either a 'mutation', a 'query', or a 'subscription'"),
        ("input A { b }", "expected a name"),
    ] {
        let refusal = refused(&document, query);
        assert!(matches!(refusal, Refusal::Parse(_)), "{query}: {refusal:?}");
        let told = messages(&refusal);
        assert!(told.contains(&format!("syntax error: {expected}").as_str()), "{query}: {told:?}");
        for message in told {
            let words = message.split(' ').filter(|word| !word.contains(['"', '`', '\'']));
            for word in words {
                assert!(!word.contains(char::is_uppercase) && !word.contains("_"), "{query}: {message}");
            }
        }
    }
}

#[test]
fn at_most_twenty_errors_are_returned() {
    let fields: String = (0..200).map(|index| format!(" x{index}")).collect();
    let refusal = refused(&reader(), &format!("{{ {fields} }}").replace(" x", "x").replace('x', " x"));
    assert!(matches!(refusal, Refusal::Limit { what: "root fields", .. }));
    let refusal = refused(&reader(), &format!("{{ book(id: 1) {{ {fields} }} }}"));
    assert_eq!(complaints(&refusal).len(), 20);
}

#[test]
fn error_is_one_line_with_a_position() {
    let refusal = refused(&reader(), "{\n  book(id: 1) {\n    nonsense } }");
    let Refusal::Invalid(found) = refusal else {
        panic!("{refusal:?}");
    };
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].message, "type `Book` does not have a field `nonsense`");
    assert_eq!(found[0].locations, [(3, 5)]);
}

#[test]
fn type_definitions_are_not_operations() {
    for query in ["type A { b: Int }", "{ hours } extend type Query { x: Int }", "schema { query: Q }"] {
        assert!(matches!(refused(&reader(), query), Refusal::Invalid(_)));
    }
}

#[test]
fn reserved_markers_are_refused() {
    let document = reader();
    let literal = r##"{ search(text: "#__graphql_file__:0") { __typename } }"##;
    let refusal = refused(&document, literal);
    assert_eq!(messages(&refusal), ["argument `text`: the string begins with a reserved marker"]);
    let query = "mutation($b: BorrowInput!) { borrow(input: $b) { id } }";
    let variables = json!({"b": {"book": "1", "remarks": ["#__graphql_file__:7"]}});
    let refusal = admit(&document, query, variables).expect_err("it is reserved");
    assert_eq!(messages(&refusal), ["variable `$b` at `remarks[0]`: the string begins with a reserved marker"]);
}

#[test]
fn plan_names_deprecated_fields() {
    let used = admitted(&reader(), "{ book(id: 1) { ...F } } fragment F on Book { name label: name }").plan;
    assert_eq!(used.deprecated(), ["Book.name"]);
    let unused = admitted(&reader(), "{ book(id: 1) { title } }").plan;
    assert!(unused.deprecated().is_empty());
}
