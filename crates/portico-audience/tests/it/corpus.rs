//! Valid and invalid operations on the clerks' role schema.

use serde_json::{Value, json};

pub(crate) struct Case {
    pub(crate) query: String,
    pub(crate) variables: Value,
    pub(crate) operation_name: Option<String>,
}

impl Case {
    fn new(query: impl Into<String>, variables: Value) -> Self {
        Self { query: query.into(), variables, operation_name: None }
    }
}

/// Every case, in a fixed order.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = STRUCTURES.iter().map(|query| Case::new(*query, json!({}))).collect();
    cases.extend(literals());
    cases.extend(variables());
    cases.extend(defaults());
    cases.extend(named());
    cases
}

/// Positions of a value, with their types.
const PLACES: [(&str, &str); 18] = [
    ("Int", "{ books(first: VALUE) { totalCount } }"),
    ("ID!", "{ book(id: VALUE) { id } }"),
    ("[ID!]!", "{ nodes(ids: VALUE) { id } }"),
    ("ID!", "{ nodes(ids: [\"a\", VALUE]) { id } }"),
    ("Kind", "{ books(filter: {kind: VALUE}) { totalCount } }"),
    ("[[Kind!]!]", "{ books(filter: {kinds: VALUE}) { totalCount } }"),
    ("[Kind!]!", "{ books(filter: {kinds: [VALUE]}) { totalCount } }"),
    ("BookFilter", "{ books(filter: VALUE) { totalCount } }"),
    ("[BookFilter!]", "{ books(filter: {and: VALUE}) { totalCount } }"),
    ("BookOrder!", "{ sorted(order: VALUE) { id } }"),
    ("Boolean!", "{ sorted(reverse: VALUE) { id } }"),
    ("Boolean!", "{ hours @include(if: VALUE) }"),
    ("Boolean!", "{ hours ... @skip(if: VALUE) { a: hours } }"),
    ("Position", "{ shelf(position: VALUE) { id } }"),
    ("Float", "mutation { borrow(input: {book: 1, weight: VALUE}) { id } }"),
    ("Int!", "mutation { borrow(input: {book: 1, copies: VALUE}) { id } }"),
    ("Moment", "mutation { borrow(input: {book: 1, due: VALUE}) { id } }"),
    ("BorrowInput!", "mutation { borrow(input: VALUE) { id } }"),
];

const LITERALS: [&str; 30] = [
    "null",
    "0",
    "1",
    "-0",
    "-1",
    "2147483647",
    "2147483648",
    "-2147483649",
    "99999999999999999999",
    "1.0",
    "-0.0",
    "1.5",
    "1e3",
    "1e400",
    "\"a\"",
    "\"\"",
    "\"1\"",
    "\"\"\"block \"quoted\" \"\"\"",
    "\"\\u00e9 \\\\ \\n\"",
    "true",
    "NOVEL",
    "TITLE",
    "[]",
    "[1, \"a\"]",
    "[NOVEL]",
    "[[NOVEL, ATLAS], []]",
    "[null]",
    "{}",
    "{kind: NOVEL, kind: ATLAS}",
    "{book: \"b\", remarks: \"one\"}",
];

fn literals() -> Vec<Case> {
    let filled = |(_, place): &(&str, &'static str)| {
        let place = *place;
        LITERALS.map(move |value| Case::new(place.replace("VALUE", value), json!({})))
    };
    PLACES.iter().flat_map(filled).collect()
}

/// The same positions, with a variable of their type and of its nullable form.
fn variables() -> Vec<Case> {
    let values = [
        Value::Null,
        json!(0),
        json!(-1),
        json!(7.0),
        json!(1.5),
        json!(2_147_483_648_u64),
        json!(1e300),
        json!("a"),
        json!(true),
        json!("NOVEL"),
        json!("TITLE"),
        json!([]),
        json!(["a", 1]),
        json!([["NOVEL"]]),
        json!([null]),
        json!({}),
        json!({"kind": "ATLAS"}),
        json!({"row": 1}),
        json!({"row": 1, "column": 2}),
        json!({"row": null}),
        json!({"book": 1}),
        json!({"book": null}),
        json!({"book": "b", "copies": null}),
        json!({"book": "b", "invented": 1}),
        json!("#__graphql_file__:0"),
    ];
    let mut cases = Vec::new();
    for (ty, place) in PLACES {
        for ty in [ty, ty.trim_end_matches('!')] {
            let query = with_variable(place, &format!("$v: {ty}"));
            cases.push(Case::new(query.clone(), json!({})));
            cases.extend(values.iter().map(|value| Case::new(query.clone(), json!({"v": value}))));
        }
    }
    cases
}

/// Variables with a default, omitted and null.
fn defaults() -> Vec<Case> {
    let mut cases = Vec::new();
    for (ty, place) in PLACES {
        let ty = ty.trim_end_matches('!');
        for default in [
            "null",
            "1",
            "-0",
            "\"a\"",
            "true",
            "NOVEL",
            "TITLE",
            "[]",
            "{}",
            "{book: 3}",
            "{row: 1, row: 1}",
            "[\"a\"]",
        ] {
            let query = with_variable(place, &format!("$v: {ty} = {default}"));
            cases.push(Case::new(query.clone(), json!({})));
            cases.push(Case::new(query, json!({"v": null})));
        }
    }
    cases
}

fn with_variable(place: &str, declared: &str) -> String {
    let used = place.replace("VALUE", "$v");
    match used.strip_prefix("mutation") {
        Some(rest) => format!("mutation({declared}){rest}"),
        None => format!("query({declared}) {used}"),
    }
}

fn named() -> Vec<Case> {
    let several = "query A { hours } query B { a: hours } fragment F on Query { hours } query C { ...F }";
    let choose = |name: Option<&str>| Case { operation_name: name.map(str::to_owned), ..Case::new(several, json!({})) };
    let mut cases: Vec<_> = [Some("A"), Some("B"), Some("C"), Some("D"), None].map(choose).into();
    let skipped = "query($v: BookOrder) { hours sorted(order: $v) @skip(if: true) { id } }";
    cases.push(Case::new(skipped, json!({"v": null})));
    let deep = format!("{{ {} hours {} }}", "... {".repeat(70), "}".repeat(70));
    cases.push(Case::new(deep, json!({})));
    cases
}

const STRUCTURES: [&str; 124] = [
    "{ ... on Query { a: hours } b: hours ... on Query { c: hours } }",
    "{ book(id: 1) { id } ... { book(id: 1) { kind } } book(id: 1) { title } }",
    "{ book(id: 1) { id } ...F book(id: 1) { title } } fragment F on Query { book(id: 1) { kind } }",
    "{ book(id: 1) { similar { id } ... on Node { id ... on Book { similar { kind } } } similar { title } } }",
    "{ a: hours ...F b: hours ...F a: hours } fragment F on Query { b: hours c: hours }",
    "mutation { a: borrow(input: {book: 1}) { id } ... { b: borrow(input: {book: 1}) { id } a: borrow(input: {book: 1}) { book { id } } } }",
    "{ hours }",
    "query { hours }",
    "query Q { hours }",
    "{ hours hours }",
    "{ a: hours b: hours }",
    "{ hours, hours,,, }",
    "\u{feff}{ hours }",
    "{ hours # comment\n }",
    "{ __typename }",
    "{ book(id: 1) { __typename id } }",
    "{ node(id: 1) { id ... on Book { title } ... on Loan { book { id } } } }",
    "{ search(text: \"a\") { __typename ... on Book { title } ... on Node { id } } }",
    "{ search(text: \"a\") { id } }",
    "{ search(text: \"a\") { ...F } } fragment F on Found { ... on Loan { id } }",
    "{ book(id: 1) { ... on Loan { id } } }",
    "{ book(id: 1) { ... on Node { id } } }",
    "{ book(id: 1) { ... { id } } }",
    "{ book(id: 1) { ... @include(if: true) { id } } }",
    "{ book(id: 1) { ...F } } fragment F on Book { id }",
    "{ book(id: 1) { ...F ...F } } fragment F on Book { id }",
    "{ book(id: 1) { ...F ...G } } fragment F on Book { id } fragment G on Node { id }",
    "{ book(id: 1) { ...F } } fragment F on Loan { id }",
    "{ book(id: 1) { ...F } }",
    "{ hours } fragment F on Book { id }",
    "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F hours }",
    "{ ...F } fragment F on Query { ...F hours }",
    "{ ...F } fragment F on Query { hours } fragment F on Query { hours }",
    "{ ...F } fragment F on Invented { hours }",
    "{ ...F } fragment F on Kind { hours }",
    "{ ...F } fragment F on BookFilter { hours }",
    "fragment F on Query { hours }",
    "fragment on on Query { hours }",
    "{ ...on }",
    "{ ... on }",
    "{ ... on Query { hours } }",
    "{ invented }",
    "{ hours { a } }",
    "{ book(id: 1) }",
    "{ book(id: 1) {} }",
    "{}",
    "",
    "   ",
    "{",
    "}",
    "{ hours }}",
    "{ hours } }",
    "hours",
    "query Q",
    "query Q()",
    "query Q() { hours }",
    "query Q($a: Int) { hours }",
    "query Q($a: Int, $a: Int) { books(first: $a) { totalCount } }",
    "query Q($a: Int) { books(first: $b) { totalCount } }",
    "query Q($a: Book) { books(first: $a) { totalCount } }",
    "query Q($a: Invented) { books(first: $a) { totalCount } }",
    "query Q($a: String) { books(first: $a) { totalCount } }",
    "query Q($a: [Int]) { books(first: $a) { totalCount } }",
    "query Q($a: Int!) { ...F } fragment F on Query { books(first: $a) { totalCount } }",
    "query Q($a: Int = $b, $b: Int) { books(first: $a, last: $b) { totalCount } }",
    "query Q($a: Int @deprecated) { books(first: $a) { totalCount } }",
    "query Q($a: Int = 1 @skip(if: true)) { books(first: $a) { totalCount } }",
    "query A { hours } query A { hours }",
    "query A { hours } { hours }",
    "{ hours } { hours }",
    "mutation { borrow(input: {book: 1}) { id } }",
    "mutation { borrow(input: {book: 1}) { id } borrow(input: {book: 1}) { book { id } } }",
    "mutation { borrow(input: {book: 1}) { id } borrow(input: {book: 2}) { id } }",
    "mutation { a: borrow(input: {book: 1}) { id } b: borrow(input: {book: 1}) { id } }",
    "mutation { borrow(input: {book: 1}) @include(if: true) { id } borrow(input: {book: 1}) { id } }",
    "mutation { ...F borrow(input: {book: 1}) { id } } fragment F on Mutation { borrow(input: {book: 1}) { book { id } } }",
    "mutation { borrow }",
    "mutation { hours }",
    "subscription { returned { id } }",
    "subscription { returned { id } other: returned { id } }",
    "subscription { ...F } fragment F on Subscription { returned { id } a: returned { id } }",
    "subscription { __typename }",
    "subscription { returned { id } returned { book { id } } }",
    "{ book { id } }",
    "{ book(id: 1, id: 2) { id } }",
    "{ book(id: 1, invented: 2) { id } }",
    "{ book(id: 1, id: 1) { id } }",
    "{ book(id: 1) { id } book(id: 2) { id } }",
    "{ book(id: 1) { id } book(id: \"1\") { id } }",
    "{ book(id: 1) { x: id x: title } }",
    "{ book(id: 1) { x: id } book(id: 1) { x: title } }",
    "{ node(id: 1) { ... on Book { x: id } ... on Loan { x: id } } }",
    "{ node(id: 1) { ... on Book { x: title } ... on Loan { x: book { id } } } }",
    "{ node(id: 1) { ... on Book { x: kind } ... on Loan { x: id } } }",
    "{ hours @skip }",
    "{ hours @skip(if: true) @skip(if: true) }",
    "{ hours @skip(if: true) @include(if: true) b: hours }",
    "{ hours @invented }",
    "{ hours @deprecated }",
    "{ hours @skip(if: true, unless: 1) }",
    "{ hours @skip(if: \"true\") }",
    "query @skip(if: true) { hours }",
    "query @include(if: true) { hours }",
    "{ ...F } fragment F on Query @skip(if: true) { hours }",
    "{ ...F @skip(if: true) hours } fragment F on Query { a: hours }",
    "{ shelf(position: {row: 1}) { id } }",
    "{ shelf(position: {row: 1, column: 1}) { id } }",
    "{ shelf(position: {row: null}) { id } }",
    "{ shelf(position: {}) { id } }",
    "query Q($r: Int) { shelf(position: {row: $r}) { id } }",
    "query Q($r: Int!) { shelf(position: {row: $r, column: $r}) { id } }",
    "type A { b: Int }",
    "{ hours } type A { b: Int }",
    "extend type Query { a: Int }",
    "schema { query: Query }",
    "{ hours(a: 01) }",
    "{ hours(a: 1a) }",
    "{ hours(a: .5) }",
    "{ hours(a: 1.) }",
    "{ search(text: \"unterminated) { __typename } }",
    "{ search(text: \"a\nb\") { __typename } }",
    "{ search(text: \"\\q\") { __typename } }",
    "{ search(text: \"\\u{1F600} \\uD83D\\uDE00\") { __typename } }",
    "{ search(text: \"\\uD83D\") { __typename } }",
];
