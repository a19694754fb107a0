//! Randomly mutated texts: admission never panics, and admitted text is admitted again unchanged.

use portico_audience::{Limits, OperationRequest};
use serde_json::{Map, Value, json};

use crate::common::reader;

const SEEDS: [&str; 6] = [
    "query A($i: ID!, $n: Int = 3) { book(id: $i) { id loans(first: $n) { nodes { ...L } } } } fragment L on Loan { id book { title } }",
    "mutation { borrow(input: {book: \"1\", days: 3, remarks: [\"a\", \"\"\"b\"\"\"]}) { id __typename } }",
    "{ a: hours __schema { types { name } } ... on Query @include(if: true) { search(text: \"x\", kinds: [NOVEL ATLAS]) { ... on Book { title } } } }",
    "query($f: BookFilter) { books(filter: $f, order: TITLE) { nodes { kind } totalCount } }",
    "{ node(id: 1) { ...F } } fragment F on Node { id ... on Book { grid { name } } }",
    "query A { hours } query B { __type(name: \"Book\") { name } }",
];

const PIECES: [&str; 30] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "!",
    ":",
    "...",
    "@",
    "$",
    "\"",
    "\"\"\"",
    "#",
    "\\u",
    "on",
    "fragment",
    "query",
    "price",
    "id",
    "Book",
    "1",
    "-",
    "1.5e9",
    "null",
    "é",
    "\0",
    "\u{feff}",
    ",",
    "__typename",
];

/// A small random number generator: tests need reproducible numbers, not good ones.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap_or_default()
    }

    fn mutate(&mut self, text: &str) -> String {
        let mut characters: Vec<char> = text.chars().collect();
        for _ in 0..=self.below(3) {
            let at = self.below(characters.len());
            let to = (at + self.below(12)).min(characters.len());
            match self.below(4) {
                0 => drop(characters.drain(at..to)),
                1 => {
                    let piece = PIECES[self.below(PIECES.len())];
                    characters.splice(at..at, piece.chars());
                }
                2 => {
                    let copy = characters[at..to].to_vec();
                    let there = self.below(characters.len());
                    characters.splice(there..there, copy);
                }
                _ => {
                    let there = self.below(characters.len());
                    characters.swap(at, there);
                }
            }
            if characters.is_empty() {
                break;
            }
        }
        characters.into_iter().collect()
    }
}

#[test]
fn printed_form_is_admitted_again() {
    let document = reader();
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let Value::Object(variables) = json!({"i": "1", "f": {"kinds": [["NOVEL"]]}}) else {
        unreachable!("the value is an object");
    };
    let mut passed = 0;
    for round in 0..20_000 {
        let text = numbers.mutate(SEEDS[round % SEEDS.len()]);
        let request = |query, variables| OperationRequest { query, operation_name: None, variables, variable_bytes: 0 };
        let Ok(first) = document.admit(&request(&text, &variables), &Limits::default()) else {
            continue;
        };
        passed += 1;
        let again = document
            .admit(&request(first.plan.text(), &first.variables), &Limits::default())
            .unwrap_or_else(|refusal| panic!("{text}\n{}\n{refusal:?}", first.plan.text()));
        assert_eq!(again.plan.text(), first.plan.text());
        assert_eq!(again.variables, first.variables);
    }
    assert!(passed > 400, "only {passed} texts were still valid");
}

#[test]
fn random_variables_never_panic() {
    let document = reader();
    let mut numbers = Numbers(7);
    let query = "query($f: BookFilter, $k: [Kind!], $n: Int) { books(filter: $f, first: $n) { totalCount } search(text: \"\", kinds: $k) { __typename } }";
    let mut variables = Map::new();
    for _ in 0..5_000 {
        variables.insert("f".into(), random(&mut numbers, 4));
        variables.insert("k".into(), random(&mut numbers, 2));
        variables.insert("n".into(), random(&mut numbers, 1));
        let request = OperationRequest { query, operation_name: None, variables: &variables, variable_bytes: 0 };
        let _ = document.admit(&request, &Limits::default());
    }
}

fn random(numbers: &mut Numbers, levels: usize) -> Value {
    match numbers.below(if levels == 0 { 5 } else { 8 }) {
        0 => Value::Null,
        1 => json!(numbers.below(99)),
        2 => json!("NOVEL"),
        3 => json!(-1.5),
        4 => json!(true),
        5 => (0..numbers.below(3)).map(|_| random(numbers, levels - 1)).collect(),
        _ => {
            let keys = ["kind", "kinds", "and", "priceAbove", "x"];
            let mut map = Map::new();
            for _ in 0..numbers.below(3) {
                map.insert(keys[numbers.below(keys.len())].into(), random(numbers, levels - 1));
            }
            Value::Object(map)
        }
    }
}
