//! Variables and literals: accepted values, and errors.

use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::{ExecutableDocument, Schema};
use portico_audience::Refusal;
use serde_json::{Value, json};

use crate::common::{admit, admitted, messages, reader, refused};

const BORROW: &str = "mutation($i: BorrowInput!) { borrow(input: $i) { id } }";

fn coerced(query: &str, variables: Value) -> Value {
    match admit(&reader(), query, variables) {
        Ok(admitted) => Value::Object(admitted.variables),
        Err(refusal) => panic!("{refusal:?}"),
    }
}

fn bad_input(query: &str, variables: Value) -> String {
    let refusal = admit(&reader(), query, variables).expect_err("it is bad input");
    assert!(matches!(refusal, Refusal::BadInput(_)), "{refusal:?}");
    messages(&refusal).join("; ")
}

#[test]
fn undeclared_are_dropped_defaults_filled() {
    let query = "query($id: ID!, $n: Int = 3) { book(id: $id) { loans(first: $n) { nodes { id } } } }";
    assert_eq!(coerced(query, json!({"id": 7, "other": {"deep": [1]}})), json!({"id": "7", "n": 3}));
    assert_eq!(coerced(query, json!({"id": "x", "n": null})), json!({"id": "x", "n": null}));
    assert_eq!(
        coerced(BORROW, json!({"i": {"book": 1, "remarks": "one"}})),
        json!({"i": {"book": "1", "days": 14, "copies": 1, "remarks": ["one"]}})
    );
}

#[test]
fn errors_name_variable_without_its_value() {
    assert_eq!(bad_input(BORROW, json!({})), "variable `$i` of type `BorrowInput!` is required");
    assert_eq!(bad_input(BORROW, json!({"i": null})), "variable `$i`: expected `BorrowInput!`, found null");
    assert_eq!(
        bad_input(BORROW, json!({"i": {}})),
        "variable `$i`: the required field `BorrowInput.book` is not provided"
    );
    assert_eq!(
        bad_input(BORROW, json!({"i": {"book": 1, "remarks": ["a", {"secret": 1}]}})),
        "variable `$i` at `remarks[1]`: expected a value of type `String`"
    );
    assert_eq!(
        bad_input(BORROW, json!({"i": {"book": 1, "days": 4_294_967_296_i64}})),
        "variable `$i` at `days`: expected a signed 32-bit integer"
    );
    assert_eq!(
        bad_input(BORROW, json!({"i": {"book": 1, "a secret\nkey": 1}})),
        "variable `$i`: a field of this name does not exist on `BorrowInput`"
    );
}

#[test]
fn every_wrong_variable_is_reported() {
    let query = "query($a: ID!, $b: ID!) { x: book(id: $a) { id } y: book(id: $b) { id } }";
    assert_eq!(
        bad_input(query, json!({"a": true})),
        "variable `$a`: expected a value of type `ID`; variable `$b` of type `ID!` is required"
    );
}

#[test]
fn huge_integer_names_its_argument() {
    for number in ["1000000000000", "2147483648", "-2147483649", "99999999999999999999999"] {
        let refusal = refused(&reader(), &format!("{{ books(last: 2, first: {number}) {{ totalCount }} }}"));
        assert!(matches!(refusal, Refusal::BadInput(_)), "{refusal:?}");
        assert_eq!(messages(&refusal), ["argument `first`: int cannot represent non 32-bit signed integer value"]);
    }
    let nested = "mutation { borrow(input: {book: 1, days: 3000000000}) { id } }";
    let refusal = refused(&reader(), nested);
    assert_eq!(messages(&refusal), ["argument `input`: int cannot represent non 32-bit signed integer value"]);
    let float = format!("mutation {{ borrow(input: {{book: 1, weight: 1e{}}}) {{ id }} }}", "9".repeat(400));
    assert!(matches!(refused(&reader(), &float), Refusal::BadInput(_)));
    let default = "query($n: Int = 3000000000) { books(first: $n) { totalCount } }";
    assert_eq!(
        messages(&refused(&reader(), default)),
        ["variable `$n`: int cannot represent non 32-bit signed integer value"]
    );
    let variable = "query($n: Int) { books(first: $n) { totalCount } }";
    for number in [json!(1.5e9 + 0.5), json!(3_000_000_000_u64), json!(u64::MAX), json!("10"), json!(1.5)] {
        assert!(bad_input(variable, json!({"n": number})).starts_with("variable `$n`"));
    }
}

#[test]
fn huge_integer_beside_errors_is_invalid() {
    let refusal = refused(&reader(), "{ books(first: 3000000000) { nonsense } }");
    assert!(matches!(refusal, Refusal::Invalid(_)));
    assert_eq!(messages(&refusal).len(), 2);
}

#[test]
fn huge_literals_of_loose_types_pass() {
    let huge = "9".repeat(400);
    let plan = admitted(&reader(), &format!("{{ book(id: {huge}) {{ id }} }}")).plan;
    assert!(plan.text().contains(&huge));
    let default = format!("query($id: ID! = {huge}) {{ book(id: $id) {{ id }} }}");
    let outcome = admit(&reader(), &default, Value::Null);
    assert!(outcome.is_ok() || matches!(outcome, Err(Refusal::BadInput(_))));
}

#[test]
fn wrong_kinds_of_literals_are_invalid() {
    for query in [
        "{ books(first: \"10\") { totalCount } }",
        "{ books(first: 1.5) { totalCount } }",
        "{ books(filter: 1) { totalCount } }",
        "{ books(filter: [{kind: NOVEL}]) { totalCount } }",
        "{ books(filter: {kind: \"NOVEL\"}) { totalCount } }",
        "{ book(id: null) { id } }",
        "{ book { id } }",
        "{ books(first: 1, first: 2) { totalCount } }",
        "query($a: Int) { book(id: $a) { id } }",
        "query($a: ID) { book(id: $a) { id } }",
        "query($a: ID!, $a: ID!) { book(id: $a) { id } }",
        "query($a: ID!) { hours }",
        "query($a: Book) { hours }",
        "{ book(id: $missing) { id } }",
    ] {
        assert!(matches!(refused(&reader(), query), Refusal::Invalid(_)), "{query}");
    }
}

/// Our coercion and the compiler's accept the same values, except numbers: the compiler rejects `1.0` for an integer,
/// and leaves ids unchanged (`numbers_of_variables_have_one_form`).
#[test]
fn coercion_agrees_with_the_compiler() {
    let document = reader();
    let schema = Schema::parse_and_validate(document.sdl(), "x").expect("documents are schemas");
    let values = [
        json!(null),
        json!(1),
        json!(-1),
        json!(1.5),
        json!("1"),
        json!(true),
        json!([]),
        json!([1]),
        json!([null]),
        json!([["NOVEL"]]),
        json!("NOVEL"),
        json!("RARE"),
        json!({}),
        json!({"book": "1"}),
        json!({"book": null}),
        json!({"book": "1", "days": null}),
        json!({"x": 1}),
        json!({"book": "b", "weight": 1, "remarks": ["a", null]}),
        json!({"kind": "NOVEL"}),
        json!({"kinds": "NOVEL"}),
        json!({"and": {"kind": "NOVEL"}}),
        json!({"and": [null]}),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(i32::MIN),
        json!(9_007_199_254_740_993_i64),
    ];
    for ty in [
        "Int",
        "Int!",
        "ID",
        "[Int]",
        "[Int!]",
        "[[Kind!]!]",
        "Kind",
        "BookFilter",
        "BorrowInput",
        "[BorrowInput!]!",
        "Boolean",
        "String!",
    ] {
        let query = format!("query($v: {ty}) {{ hours @skip(if: true) }}");
        let executable = ExecutableDocument::parse(&schema, &query, "x").expect("the query is valid");
        let operation = executable.operations.get(None).expect("the query has one operation");
        // Admission rejects unused variables, so each type is used where it fits.
        let Some(admissible) = usage(ty) else {
            continue;
        };
        for value in &values {
            let given = json!({"v": value});
            let theirs = serde_json::from_value(given.clone()).expect("the value is an object");
            let theirs = coerce_variable_values(&schema, operation, &theirs)
                .map(|values| serde_json::to_value(&*values).expect("the values are JSON"));
            let ours = admit(&document, &admissible, given).map(|found| Value::Object(found.variables));
            assert_eq!(ours.is_ok(), theirs.is_ok(), "{ty}: {value}");
            if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
                assert_eq!(ours, theirs, "{ty}: {value}");
            }
        }
    }
}

fn usage(ty: &str) -> Option<String> {
    Some(match ty {
        "Int" | "Int!" => format!("query($v: {ty}) {{ books(first: $v) {{ totalCount }} }}"),
        "Kind" => "query($v: Kind) { books(filter: {kind: $v}) { totalCount } }".into(),
        "[[Kind!]!]" => "query($v: [[Kind!]!]) { books(filter: {kinds: $v}) { totalCount } }".into(),
        "BookFilter" => "query($v: BookFilter) { books(filter: $v) { totalCount } }".into(),
        "[BorrowInput!]!" => "mutation($v: [BorrowInput!]!) { borrowMany(inputs: $v) { id } }".into(),
        "String!" => "query($v: String!) { search(text: $v) { __typename } }".into(),
        _ => return None,
    })
}

#[test]
fn nested_variables_must_fit_their_type() {
    for (query, message) in [
        (
            "query($v: ID) { nodes(ids: [$v]) { id } }",
            "variable `$v` of type `ID` cannot be used where `ID!` is expected",
        ),
        (
            "query($v: [ID!]!) { nodes(ids: [$v]) { id } }",
            "variable `$v` of type `[ID!]!` cannot be used where `ID!` is expected",
        ),
        (
            "mutation($v: ID) { borrow(input: {book: $v}) { id } }",
            "variable `$v` of type `ID` cannot be used where `ID!` is expected",
        ),
        (
            "query($v: Kind) { books(filter: {and: [{kinds: $v}]}) { totalCount } }",
            "variable `$v` of type `Kind` cannot be used where `[[Kind!]!]` is expected",
        ),
        (
            "query($v: ID = null) { ...F } fragment F on Query { book(id: $v) { id } }",
            "variable `$v` of type `ID` cannot be used where `ID!` is expected",
        ),
        (
            "query($v: Boolean = null) { hours @skip(if: $v) }",
            "variable `$v` of type `Boolean` cannot be used where `Boolean!` is expected",
        ),
    ] {
        let refusal = refused(&reader(), query);
        assert!(matches!(refusal, Refusal::Invalid(_)));
        assert_eq!(messages(&refusal), [message], "{query}");
    }
    for query in [
        "query($v: ID!) { nodes(ids: [$v, 2]) { id } }",
        "query($v: ID = 1) { book(id: $v) { id } }",
        "query($v: [[Kind!]!]) { books(filter: {and: {kinds: $v}}) { totalCount } }",
    ] {
        admit(&reader(), query, json!({"v": null}))
            .or_else(|_| admit(&reader(), query, json!({"v": "1"})))
            .expect("the variable fits");
    }
}
