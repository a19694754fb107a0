//! A hidden name is rejected exactly like a nonexistent one.
//!
//! Each case is sent twice: with a name of the whole schema that readers do not have, and with an invented name of the
//! same length. With the names masked, the refusals must be equal.

use portico_audience::Refusal;
use serde_json::{Value, json};

use crate::common::{admit, introspection, manager, messages, reader};

const MASK: &str = "MASKED";

/// The refusal of a request in which `HIDDEN` stands for the name.
fn refusal(query: &str, variables: &Value, name: &str) -> Refusal {
    let query = query.replace("HIDDEN", name);
    let variables = variables.to_string().replace("HIDDEN", name);
    let variables = serde_json::from_str(&variables).expect("the name needs no escape");
    match admit(&reader(), &query, variables) {
        Ok(_) => panic!("{query} was admitted"),
        Err(refusal) => refusal,
    }
}

fn same(query: &str, variables: Value, hidden: &str, invented: &str) {
    assert_eq!(hidden.len(), invented.len(), "places in the text must agree");
    let twin = |name: &str| {
        let refusal = refusal(query, &variables, name);
        assert!(!matches!(refusal, Refusal::Parse(_)), "{query}: {refusal:?}");
        format!("{refusal:?}").replace(name, MASK)
    };
    assert_eq!(twin(hidden), twin(invented), "{query}");
}

fn literal(query: &str, hidden: &str, invented: &str) {
    same(query, Value::Null, hidden, invented);
}

#[test]
fn hidden_field_reads_as_unknown() {
    for query in [
        "{ book(id: 1) { HIDDEN } }",
        "{ book(id: 1) { HIDDEN { amount } } }",
        "{ book(id: 1) { HIDDEN { amount { deeper } } } }",
        "{ book(id: 1) { HIDDEN(x: 1) @skip(if: true) } }",
        "{ book(id: 1) { a: HIDDEN b: id } }",
        "{ book(id: 1) { HIDDEN nonsense id } }",
        "{ book(id: 1) { id HIDDEN title } }",
        "{ book(id: 1) { ...F } } fragment F on Book { HIDDEN }",
        "{ search(text: \"x\") { ... on Book { HIDDEN } } }",
        "query($v: Int) { book(id: 1) { HIDDEN(x: $v) } }",
    ] {
        literal(query, "price", "prixe");
        literal(query, "notes", "xotes");
    }
    literal("{ HIDDEN }", "takings", "taxings");
    literal("mutation { HIDDEN(id: 1) { id } }", "writeOff", "writeOxx");
    literal("subscription { HIDDEN { id } }", "returned", "retuxxed");
    literal("{ search(text: \"x\") { HIDDEN } }", "price", "prixe");
    literal("{ node(id: 1) { HIDDEN } }", "price", "prixe");
}

#[test]
fn hidden_argument_reads_as_unknown() {
    literal("{ books(HIDDEN: true) { totalCount } }", "unsold", "unsxxd");
    literal("{ books(HIDDEN: 7, nonsense: 1) { totalCount } }", "unsold", "unsxxd");
    literal("query($v: Boolean) { books(HIDDEN: $v) { totalCount } }", "unsold", "unsxxd");
}

#[test]
fn hidden_type_reads_as_unknown() {
    for query in [
        "{ search(text: \"x\") { ... on HIDDEN { id } } }",
        "{ search(text: \"x\") { ...F } } fragment F on HIDDEN { id }",
        "fragment F on HIDDEN { id text } { hours }",
        "{ node(id: 1) { ... on HIDDEN { text } id } }",
        "query($v: HIDDEN) { hours }",
        "query($v: [HIDDEN!]!) { books(filter: $v) { totalCount } }",
        "query($v: [HIDDEN!]! = [1]) { hours }",
        "query($v: [HIDDEN] = [{a: 1}, null]) { search(text: \"x\", kinds: $v) { __typename } }",
    ] {
        literal(query, "Note", "Noxe");
        literal(query, "Money", "Moxey");
        literal(query, "Permission", "Permixxion");
        literal(query, "Date", "Daxe");
    }
    same("query($v: HIDDEN!) { books(filter: $v) { totalCount } }", json!({"v": {"x": 1}}), "Money", "Moxey");
}

#[test]
fn hidden_types_are_null_to_introspection() {
    let document = reader();
    let query = |name: &str| format!("{{ __type(name: \"{name}\") {{ name fields {{ name }} }} }}");
    for name in ["Note", "Noxe", "Permission", "__Nothing"] {
        let admitted = admit(&document, &query(name), Value::Null).expect("the operation is valid");
        assert_eq!(Value::from(introspection(&admitted)), json!({"__type": null}), "{name}");
    }
}

#[test]
fn hidden_directive_reads_as_unknown() {
    for query in [
        "{ hours @HIDDEN }",
        "{ hours @HIDDEN(with: [CLERK]) }",
        "query @HIDDEN { hours }",
        "query($v: Int @HIDDEN) { hours }",
        "{ ...F } fragment F on Query @HIDDEN { hours }",
    ] {
        literal(query, "shared", "shaxed");
        literal(query, "requires", "requixes");
        literal(query, "audited", "audixed");
    }
}

#[test]
fn hidden_enum_value_reads_as_unknown() {
    for query in [
        "{ search(text: \"x\", kinds: [HIDDEN]) { __typename } }",
        "{ search(text: \"x\", kinds: HIDDEN) { __typename } }",
        "{ search(text: \"x\", kinds: [NOVEL, HIDDEN, nonsense]) { __typename } }",
        "{ books(filter: {kind: HIDDEN}) { totalCount } }",
        "{ books(filter: {kinds: [[NOVEL], [ATLAS, HIDDEN]]}) { totalCount } }",
        "{ books(filter: {and: [{and: [{kind: HIDDEN}]}]}) { totalCount } }",
        "query($k: [Kind!] = [HIDDEN]) { search(text: \"x\", kinds: $k) { __typename } }",
        "query($f: BookFilter = {kind: HIDDEN}) { books(filter: $f) { totalCount } }",
    ] {
        literal(query, "RARE", "RAXE");
    }
    literal("{ books(order: HIDDEN) { totalCount } }", "PRICE", "PRIXE");
    let kinds = "query($k: [Kind!]) { search(text: \"x\", kinds: $k) { __typename } }";
    for value in [json!({"k": "HIDDEN"}), json!({"k": ["HIDDEN"]}), json!({"k": ["NOVEL", "HIDDEN", "x"]})] {
        same(kinds, value, "RARE", "RAXE");
    }
    let filter = "query($f: BookFilter) { books(filter: $f) { totalCount } }";
    for value in [
        json!({"f": {"kind": "HIDDEN"}}),
        json!({"f": {"kinds": [["NOVEL"], ["ATLAS", "HIDDEN"]]}}),
        json!({"f": {"and": [{"and": {"kind": "HIDDEN"}}]}}),
    ] {
        same(filter, value, "RARE", "RAXE");
    }
    let order = "query($o: BookOrder) { books(order: $o) { totalCount } }";
    same(order, json!({"o": "HIDDEN"}), "PRICE", "PRIXE");
}

#[test]
fn hidden_input_field_reads_as_unknown() {
    for query in [
        "{ books(filter: {HIDDEN: 1}) { totalCount } }",
        "{ books(filter: {HIDDEN: {x: 1}}) { totalCount } }",
        "{ books(filter: {kind: NOVEL, HIDDEN: null}) { totalCount } }",
        "{ books(filter: {and: [{HIDDEN: 1}]}) { totalCount } }",
        "query($f: BookFilter = {HIDDEN: 1}) { books(filter: $f) { totalCount } }",
        "query($v: Int) { books(filter: {HIDDEN: $v}) { totalCount } }",
    ] {
        literal(query, "priceAbove", "priceAxove");
    }
    let filter = "query($f: BookFilter) { books(filter: $f) { totalCount } }";
    for value in [
        json!({"f": {"HIDDEN": 1}}),
        json!({"f": {"HIDDEN": "of another type"}}),
        json!({"f": {"HIDDEN": null}}),
        json!({"f": {"kind": "NOVEL", "HIDDEN": 1}}),
        json!({"f": {"and": [{"and": [{"HIDDEN": 1}]}]}}),
    ] {
        same(filter, value, "priceAbove", "priceAxove");
    }
    let borrow = "mutation($i: [BorrowInput!]!) { borrowMany(inputs: $i) { id } }";
    let value = json!({"i": [{"book": 1}, {"book": 2, "HIDDEN": true}]});
    same(borrow, value, "onHouse", "onHouxe");
}

#[test]
fn refusal_names_only_what_is_unknown() {
    let found = refusal("{ book(id: 1) { HIDDEN } }", &Value::Null, "price");
    assert_eq!(messages(&found), ["type `Book` does not have a field `price`"]);
    let filter = "query($f: BookFilter) { books(filter: $f) { totalCount } }";
    let found = refusal(filter, &json!({"f": {"and": [{"HIDDEN": 1}]}}), "priceAbove");
    assert_eq!(messages(&found), ["variable `$f` at `and[0]`: field `priceAbove` does not exist on `BookFilter`"]);
}

#[test]
fn permitted_callers_are_admitted() {
    let query = "query($f: BookFilter) { takings { margin } books(unsold: true, order: PRICE, filter: $f) { nodes { price { amount } } } }";
    let variables = json!({"f": {"priceAbove": 3, "kind": "RARE"}});
    admit(&manager(), query, variables).expect("managers may");
}

#[test]
fn unknown_enum_value_names_visible_values() {
    // Readers do not have RARE, nor PRICE.
    let hint = "does not exist on `Kind`; possible values: NOVEL, ATLAS";
    let literal = admit(&reader(), "{ search(text: \"x\", kinds: [RARE]) { __typename } }", Value::Null);
    assert_eq!(messages(&literal.expect_err("it is refused")), [format!("value `RARE` {hint}")]);
    let kinds = "query($k: [Kind!]) { search(text: \"x\", kinds: $k) { __typename } }";
    let variable = admit(&reader(), kinds, json!({ "k": ["NOVEL", "RARE"] })).expect_err("it is refused");
    assert_eq!(messages(&variable), [format!("variable `$k` at `[1]`: value `RARE` {hint}")]);
    let text = admit(&reader(), kinds, json!({ "k": "a text" })).expect_err("it is refused");
    assert_eq!(messages(&text), [format!("variable `$k`: a value of this name {hint}")]);
    let hint = "possible values: NOVEL, ATLAS, RARE";
    let clerk = admit(&manager(), kinds, json!({ "k": "NONE" })).expect_err("it is refused");
    assert_eq!(messages(&clerk), [format!("variable `$k`: value `NONE` does not exist on `Kind`; {hint}")]);
}
