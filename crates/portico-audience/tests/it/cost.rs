//! Cost computation.

use portico_audience::{Grants, Limits, Refusal, WholeSchema};
use serde_json::{Value, json};

use crate::common::{admit, admit_within, admitted, manager, reader, refused};

fn cost(query: &str) -> u64 {
    admitted(&reader(), query).cost
}

fn cost_with(query: &str, variables: Value) -> u64 {
    let roomy = Limits { cost: u64::MAX, ..Limits::default() };
    match admit_within(&reader(), query, variables, &roomy) {
        Ok(admitted) => admitted.cost,
        Err(refusal) => panic!("{refusal:?}"),
    }
}

#[test]
fn leaves_cost_their_root_field_only() {
    assert_eq!(cost("{ hours }"), 1);
    assert_eq!(cost("{ hours a: hours __typename }"), 2);
    assert_eq!(cost("{ __typename }"), 0);
}

#[test]
fn nodes_count_a_tenth_rounded_up() {
    assert_eq!(cost("{ book(id: 1) { id } }"), 1 + 1);
    // The page and its 100 books.
    assert_eq!(cost("{ books(first: 100) { nodes { id } } }"), 11 + 1);
    assert_eq!(cost("{ books(first: 99) { nodes { id } } }"), 10 + 1);
    // An edge is a node of the response, and so is its book.
    assert_eq!(cost("{ books(first: 50) { edges { node { id } } } }"), 11 + 1);
}

#[test]
fn pages_default_and_take_variables() {
    assert_eq!(cost("{ books { nodes { id } } }"), 3 + 1);
    assert_eq!(cost("{ books(first: null) { nodes { id } } }"), 3 + 1);
    assert_eq!(cost("{ books(last: 9) { nodes { id } } }"), 1 + 1);
    assert_eq!(cost("{ books(first: 0) { nodes { id } } }"), 1 + 1);
    assert_eq!(cost("{ books(first: -5) { nodes { id } } }"), 3 + 1);
    let query = "query($n: Int) { books(first: $n) { nodes { id } } }";
    assert_eq!(cost_with(query, json!({"n": 99})), 10 + 1);
    assert_eq!(cost_with(query, json!({})), 3 + 1);
    assert_eq!(cost_with(query, json!({"n": null})), 3 + 1);
    let query = "query($n: Int = 49) { books(first: $n) { nodes { id } } }";
    assert_eq!(cost_with(query, json!({})), 5 + 1);
    let takings = admitted(&manager(), "{ takings { amount } }");
    assert_eq!(takings.cost, 4 + 1, "the schema's own default is 40");
}

#[test]
fn lists_multiply() {
    // 1 page, 30 books, 30 pages of loans, 30 * 10 loans, 300 books.
    let query = "{ books(first: 30) { nodes { loans(first: 10) { nodes { book { id } } } } } }";
    assert_eq!(cost(query), 67 + 1);
    // 1 book, 10 similar ones, 100 on their grids.
    assert_eq!(cost("{ book(id: 1) { similar { id } grid { id } } }"), 12 + 1);
}

#[test]
fn lists_cost_their_assumed_size() {
    let sdl = "directive @listSize(assumedSize: Int!) on FIELD_DEFINITION
        type Query { shelf: Shelf @shared(with: [A]) shelves(first: Int): Shelves! @shared(with: [A]) }
        type Shelves { nodes: [Shelf!]! @shared(with: [A]) spares: [Book!]! @shared(with: [A]) @listSize(assumedSize: 60) }
        type Shelf { books: [Book!]! @shared(with: [A]) @listSize(assumedSize: 200)
            grid: [[Book!]!]! @shared(with: [A]) @listSize(assumedSize: 30) lost: [Book!]! @shared(with: [A]) }
        type Book { id: ID! @shared(with: [A]) }";
    let document =
        WholeSchema::parse(sdl).expect("the schema is valid").cut(&Grants::of(["A"])).expect("the cut succeeds");
    assert!(!document.sdl().contains("listSize"), "{}", document.sdl());
    let cost = |query: &str| admitted(&document, query).cost;
    // One shelf and its books.
    assert_eq!(cost("{ shelf { books { id } } }"), 21 + 1);
    assert_eq!(cost("{ shelf { lost { id } } }"), 2 + 1);
    assert_eq!(cost("{ shelf { grid { id } } }"), 31 + 1, "the lists within a list have the usual length");
    // The page, four shelves, and the books of each.
    assert_eq!(cost("{ shelves(first: 4) { nodes { books { id } } } }"), 81 + 1);
    // A list beside the nodes is as long as the page, or as its assumed length.
    assert_eq!(cost("{ shelves(first: 4) { spares { id } } }"), 7 + 1);
    assert_eq!(cost("{ shelves(first: 90) { spares { id } } }"), 10 + 1);
}

#[test]
fn nested_lists_cost_the_outer_size() {
    let ids = |count: usize| vec!["1"; count].join(", ");
    assert_eq!(cost(&format!("{{ nodes(ids: [{}]) {{ id }} }}", ids(500))), 50 + 1);
    assert_eq!(cost(&format!("{{ nodes(ids: [{}]) {{ id }} }}", ids(2))), 1 + 1);
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    assert_eq!(cost_with(query, json!({"ids": vec!["1"; 300]})), 30 + 1);
}

#[test]
fn fragments_cost_what_they_expand_to() {
    let inline = "{ node(id: 1) { ... on Book { loans(first: 50) { nodes { book { id } } } } } }";
    let named = "{ node(id: 1) { ...F } } fragment F on Book { ...G } fragment G on Node { ... on Book { loans(first: 50) { nodes { book { id } } } } }";
    assert_eq!(cost(inline), 11 + 1);
    assert_eq!(cost(inline), cost(named));
    let page = "{ books(first: 80) { ...P } } fragment P on BookPage { nodes { id } }";
    assert_eq!(cost(page), 9 + 1, "a fragment keeps the page around it");
    assert_eq!(cost("{ ...R ...R } fragment R on Query { hours }"), 2);
}

#[test]
fn skipped_fields_are_free() {
    assert_eq!(cost("{ hours books(first: 100) @skip(if: true) { nodes { id } } }"), 1);
    let query = "query($all: Boolean!) { hours ... @include(if: $all) { books(first: 100) { nodes { id } } } }";
    assert_eq!(cost_with(query, json!({"all": false})), 1);
    assert_eq!(cost_with(query, json!({"all": true})), 1 + 11 + 1);
}

#[test]
fn excessive_cost_is_refused_and_named() {
    let query = "{ books(first: 100) { nodes { loans(first: 100) { nodes { id } } } } }";
    assert_eq!(refused(&reader(), query), Refusal::Cost { cost: 1_021 + 1, limit: 1_000 });
    let fragment =
        "{ node(id: 1) { ...F } } fragment F on Node { ... on Book { loans(first: 20000) { nodes { id } } } }";
    assert!(matches!(refused(&reader(), fragment), Refusal::Cost { .. }));
}

#[test]
fn cost_saturates() {
    let page = "loans(first: 2147483647) { nodes { book {";
    let query = format!("{{ book(id: 1) {{ {} id {} }} }}", page.repeat(3), "} } }".repeat(3));
    assert!(matches!(
        refused(&reader(), &query),
        Refusal::Cost { cost, .. } if cost > u64::from(u32::MAX)
    ));
    let most = cost_with(&query, Value::Null);
    assert_eq!(most, (u64::MAX).div_ceil(10) + 1);
}

#[test]
fn known_plan_is_priced_by_its_variables() {
    let document = reader();
    let query = "query($n: Int) { books(first: $n) { nodes { id } } }";
    let price = |n: u32| admit(&document, query, json!({"n": n})).map(|found| found.cost);
    assert_eq!(price(99), Ok(11));
    assert_eq!(price(9), Ok(2));
    assert!(matches!(price(100_000), Err(Refusal::Cost { .. })));
    assert_eq!(price(9), Ok(2));
}

// ROB-23
#[test]
fn many_fields_of_a_node_add_nodes() {
    let fields = |count: usize| (0..count).map(|at| if at % 2 == 0 { "id " } else { "title " }).collect::<String>();
    let page = |count| format!("{{ books(first: 100) {{ nodes {{ {} }} }} }}", fields(count));
    assert_eq!(cost(&page(20)), 11 + 1);
    assert_eq!(cost(&page(21)), 21 + 1);
    assert_eq!(cost(&page(200)), 101 + 1);
    let spread = format!(
        "{{ books(first: 100) {{ nodes {{ {} }} }} }} fragment F on Book {{ {} }}",
        "...F ".repeat(10),
        fields(10)
    );
    assert_eq!(cost(&spread), 51 + 1);
}

// ROB-23
#[test]
fn parsing_costs_by_the_byte() {
    let commented = |bytes: usize| format!("{{ hours }} #{}", "x".repeat(bytes - 11));
    assert_eq!(cost(&commented(2_047)), 1);
    assert_eq!(cost(&commented(2_048)), 2);
    assert_eq!(cost(&commented(16_384)), 9);
    assert_eq!(Limits::default().reading_cost(16_384), 8);
}
