//! ROB-28: estimated weights match actual sizes, and caches keep their limits, whatever callers send.

use std::alloc::System;
use std::fs;
use std::path::Path;

use cap::Cap;
use portico_audience::{CacheBudget, Grants, Limits, OperationRequest, RoleSchema, RoleSchemas, WholeSchema};
use serde_json::Map;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

const MEBIBYTE: u64 = 1 << 20;
const ROOMY: CacheBudget =
    CacheBudget { documents: 1_000 * MEBIBYTE, plans: 1_000 * MEBIBYTE, introspections: 1_000 * MEBIBYTE };

/// The repository's schema, with all its audiences.
fn documents(bytes: CacheBudget) -> RoleSchemas {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema.graphql");
    let sdl = fs::read_to_string(path).expect("the schema file exists");
    RoleSchemas::new(WholeSchema::parse(&sdl).expect("the schema is valid"), bytes)
}

fn taken() -> u64 {
    ALLOCATOR.allocated() as u64
}

/// Admits an operation and prepares the executor's form, as a gateway does.
fn ask(document: &RoleSchema, query: &str) {
    let request = OperationRequest { query, operation_name: None, variables: &Map::new(), variable_bytes: 0 };
    let admitted = document.admit(&request, &Limits { cost: u64::MAX, ..Limits::default() });
    let admitted = admitted.unwrap_or_else(|refusal| panic!("{query}: {refusal:?}"));
    let _ = admitted.plan.prepared(|text| async_graphql::parser::parse_query(text).ok());
}

/// A name, and a function that makes a unique operation for a number.
type Made = (&'static str, fn(usize) -> String);

/// Operations of different shapes.
fn operations() -> [Made; 7] {
    [
        ("one field", |number| format!("query Q{number} {{ viewer {{ role }} }}")),
        ("long comment", |number| format!("{{ viewer {{ role }} }} #{number}{}", "x".repeat(8_000))),
        ("fields", |number| {
            let fields = "id name number status stage startedOn ".repeat(10);
            format!("query Q{number} {{ viewer {{ projects {{ nodes {{ {fields} }} }} }} }}")
        }),
        ("aliases", |number| {
            let fields: String = (0..30).map(|at| format!("a{at}: name ")).collect();
            format!("query Q{number} {{ viewer {{ {fields} }} }}")
        }),
        ("dense", |number| format!("query Q{number} {{ viewer {{ {} }} }}", "id ".repeat(900))),
        ("arguments", |number| {
            let filter = "{status: {in: [ACTIVE, COMPLETED]}, startedOn: {gte: \"2026-01-01\"}} ".repeat(40);
            format!("query Q{number} {{ viewer {{ projects(filter: {{or: [{filter}]}}) {{ totalCount }} }} }}")
        }),
        ("fragments", |number| {
            let spreads: String = (0..40).map(|at| format!("...F{at} ")).collect();
            let fragments: String =
                (0..40).map(|at| format!("fragment F{at} on Viewer {{ ... {{ name role ... {{ id }} }} }} ")).collect();
            format!("query Q{number} {{ viewer {{ {spreads} }} }} {fragments}")
        }),
    ]
}

#[test]
fn plan_weight_matches_its_memory() {
    const MANY: u64 = 100;
    let documents = documents(ROOMY);
    let client = documents.get(&Grants::of(["CLIENT"])).expect("clients have a role schema");
    for (name, operation) in operations() {
        ask(&client, &operation(0));
        let (before, weighed) = (taken(), documents.weight().plans);
        for number in 1..=MANY {
            ask(&client, &operation(number as usize));
        }
        let (real, told) = ((taken() - before) / MANY, (documents.weight().plans - weighed) / MANY);
        say(name, told, real);
        assert!(told * 10 >= real * 9, "{name}: {real} bytes used, {told} estimated");
        assert!(told <= real * 8, "{name}: {told} bytes estimated, {real} used");
    }
}

#[test]
fn document_weight_matches_its_memory() {
    let documents = documents(ROOMY);
    for (audience, permissions) in [
        ("STAFF", ["COSTS_VIEW", "INTERNAL_VIEW"].as_slice()),
        ("STAFF", &["COSTS_VIEW"]),
        ("CLIENT", &[]),
        ("TRADE", &[]),
        ("PUBLIC", &[]),
    ] {
        let (before, weighed) = (taken(), documents.weight().documents);
        let document =
            documents.get(&Grants::of([audience]).with(permissions.iter().copied())).expect("the cut succeeds");
        // An operation fills the indexes that the schema creates when first needed.
        ask(&document, "{ __typename }");
        let (real, told) = (taken() - before, documents.weight().documents - weighed);
        say(&format!("{audience} {permissions:?}"), told, real);
        assert!(told * 10 >= real * 9, "{audience}: {real} bytes used, {told} estimated");
        assert!(told <= real * 4, "{audience}: {told} bytes estimated, {real} used");
    }
}

#[test]
fn unique_operations_keep_memory_flat() {
    let small = CacheBudget { documents: 64 * MEBIBYTE, plans: 8 * MEBIBYTE, introspections: 8 * MEBIBYTE };
    let documents = documents(small);
    let client = documents.get(&Grants::of(["CLIENT"])).expect("clients have a role schema");
    ask(&client, "{ __typename }");
    let before = taken();
    let mut most = 0;
    for number in 0..400 {
        for (_, operation) in operations() {
            ask(&client, &operation(number));
        }
        ask(&client, &format!("{{ __schema {{ types {{ name fields {{ name }} }} }} }} # {number}"));
        ask(&client, &format!("{{ a{number}: __schema {{ types {{ name description }} }} }}"));
        most = most.max(taken() - before);
    }
    let bound = small.plans + small.introspections;
    say("the most that was taken", bound, most);
    assert!(most <= bound + bound / 4, "{most} bytes of {bound}");
}

#[test]
fn introspection_is_cached_once() {
    let documents = documents(ROOMY);
    let client = documents.get(&Grants::of(["CLIENT"])).expect("clients have a role schema");
    let introspection = "{ __schema { types { name fields { name args { name } } } } }";
    ask(&client, introspection);
    let once = documents.weight().introspections;
    for number in 0..50 {
        ask(
            &client,
            &format!(
                "# {number}\nquery Q{number} {{ viewer {{ role }} __schema {{ types {{ name fields {{ name args {{ name }} }} }} }} }}"
            ),
        );
    }
    assert_eq!(documents.weight().introspections, once);
    ask(&client, &introspection.replace("args", "arguments: args"));
    assert!(documents.weight().introspections > once);
}

#[expect(clippy::print_stderr, reason = "the numbers are worth a line where the test is read")]
fn say(name: &str, told: u64, real: u64) {
    eprintln!("{name}: weighed {told}, taken {real}");
}
