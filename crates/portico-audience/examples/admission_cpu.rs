//! Measures the CPU time of admission against its cost: `cargo run --release --example admission_cpu SCHEMA`.
//!
//! Each operation has a unique name, so that nothing is cached. The time of the executor's parser is included.
#![expect(clippy::print_stdout, reason = "a table is what it is for")]

use std::error::Error;
use std::fs;

use portico_audience::{CacheBudget, Grants, Limits, OperationRequest, RoleSchema, RoleSchemas, WholeSchema};
use serde_json::Map;

type Operation = (&'static str, Box<dyn Fn(usize) -> String>);

/// CPU time of this thread, in nanoseconds.
fn on_core() -> Result<u64, Box<dyn Error>> {
    let told = fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(told.split_whitespace().next().unwrap_or_default().parse()?)
}

fn operations(is_public: bool) -> Vec<Operation> {
    let mut operations: Vec<Operation> = vec![
        (
            "introspection, whole",
            Box::new(|number| {
                let ty = "kind name ofType { kind name ofType { kind name ofType { kind name } } }";
                let input = format!("name description defaultValue type {{ {ty} }}");
                format!(
                    "query Q{number} {{ a{number}: __schema {{ queryType {{ name }} types {{ kind name description fields(includeDeprecated: true) {{ name description args {{ {input} }} type {{ {ty} }} isDeprecated deprecationReason }} inputFields {{ {input} }} interfaces {{ {ty} }} enumValues {{ name description }} possibleTypes {{ {ty} }} }} directives {{ name args {{ {input} }} }} }} }}"
                )
            }),
        ),
        (
            "introspection, names",
            Box::new(|number| format!("query Q{number} {{ a{number}: __schema {{ types {{ name }} }} }}")),
        ),
        (
            "introspection, squared",
            Box::new(|number| {
                format!(
                    "query Q{number} {{ a{number}: __schema {{ types {{ fields {{ name type {{ fields {{ name args {{ name }} type {{ name }} }} }} }} }} }} }}"
                )
            }),
        ),
        ("16 KB of comment", Box::new(|number| format!("query Q{number} {{ __typename }} #{}", "x".repeat(16_000)))),
        ("not GraphQL, 16 KB", Box::new(|number| format!("{{ a{number} {}", "( ".repeat(1_900)))),
        (
            "unknown fields",
            Box::new(|number| {
                format!("query Q{number} {{ __typename ...F }} fragment F on Query {{ {} }}", "x ".repeat(900))
            }),
        ),
    ];
    if is_public {
        operations
            .push(("one field", Box::new(|number| format!("query Q{number} {{ portal(host: \"a\") {{ host }} }}"))));
        operations.push((
            "940 times a field",
            Box::new(|number| format!("query Q{number} {{ portal(host: \"a\") {{ {} }} }}", "host ".repeat(940))),
        ));
        operations.push((
            "47 fragments of 20",
            Box::new(|number| fragments(number, "portal(host: \"a\")", "PublicPortal", "host id ")),
        ));
    } else {
        operations.push(("one field", Box::new(|number| format!("query Q{number} {{ viewer {{ role }} }}"))));
        operations.push((
            "940 times a field",
            Box::new(|number| format!("query Q{number} {{ viewer {{ {} }} }}", "role ".repeat(940))),
        ));
        operations.push(("47 fragments of 20", Box::new(|number| fragments(number, "viewer", "Viewer", "role name "))));
        operations.push(("a dashboard", Box::new(|number| {
            format!("query Q{number} {{ viewer {{ projects(first: 10) {{ totalCount nodes {{ id name number status milestones {{ name status anticipatedFinishOn }} selections(first: 20) {{ nodes {{ id title status options {{ id name }} }} }} }} }} }} }}")
        })));
    }
    operations
}

fn fragments(number: usize, root: &str, ty: &str, fields: &str) -> String {
    let spreads: String = (0..44).map(|at| format!("...F{at} ")).collect();
    let fragments: String = (0..44).map(|at| format!("fragment F{at} on {ty} {{ {} }} ", fields.repeat(10))).collect();
    format!("query Q{number} {{ {root} {{ {spreads} }} }} {fragments}")
}

fn measure(document: &RoleSchema, operation: &dyn Fn(usize) -> String) -> Result<(u64, u64, usize), Box<dyn Error>> {
    let limits = Limits { cost: u64::MAX, ..Limits::default() };
    let (mut cost, mut taken, mut times, mut bytes) = (0, 0, 0, 0);
    while taken < 300_000_000 && times < 500 {
        let query = operation(times);
        bytes = query.len();
        let variables = Map::new();
        let request =
            OperationRequest { query: &query, operation_name: None, variables: &variables, variable_bytes: 0 };
        let before = on_core()?;
        cost = match document.admit(&request, &limits) {
            Ok(admitted) => {
                let _ = admitted.plan.prepared(|text| async_graphql::parser::parse_query(text).ok());
                admitted.cost
            }
            // A rejected operation costs one plus the cost of reading it.
            Err(_) => 1 + limits.reading_cost(query.len()),
        };
        taken += on_core()? - before;
        times += 1;
    }
    Ok((taken / times as u64 / 1_000, cost, bytes))
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "schema.graphql".to_owned());
    let documents = RoleSchemas::new(WholeSchema::parse(&fs::read_to_string(path)?)?, CacheBudget::default());
    println!("| audience | operation | bytes | cost | µs | µs for each of cost |\n|---|---|--:|--:|--:|--:|");
    for audience in ["PUBLIC", "CLIENT", "STAFF"] {
        let document = documents.get(&Grants::of([audience]))?;
        for (name, operation) in operations(audience == "PUBLIC") {
            let (taken, cost, bytes) = measure(&document, &operation)?;
            println!("| {audience} | {name} | {bytes} | {cost} | {taken} | {} |", taken / cost.max(1));
        }
    }
    Ok(())
}
