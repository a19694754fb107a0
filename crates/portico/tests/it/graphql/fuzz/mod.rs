//! ROB-1, ROB-2, ROB-3, ROB-22: tests that every generated operation is answered or refused in plain words, as each
//! role.
//!
//! `just fuzz 600` runs for ten minutes with a random seed; a failure prints the seed of its operation.

mod grammar;

use std::env;
use std::time::{Duration, Instant};

use apollo_compiler::Schema;
use portico_audience::{Limits, OperationRequest};
use portico_core::id::Tag;
use portico_graphql::{ErrorCode, Rights};
use portico_testkit::{Person, TestApp};

use crate::support::{MAPLE, ORCHARD};
use grammar::{Grammar, Made};

/// Default duration of a run.
const SECONDS: u64 = 5;

fn wish(name: &str) -> Option<u64> {
    env::var(name).ok().and_then(|text| text.parse().ok())
}

#[tokio::test]
async fn every_generated_operation_is_answered() {
    let app = TestApp::demo().await;
    let ids: Vec<_> = [MAPLE, ORCHARD].iter().map(|path| app.id(Tag::PROJECT, path)).collect();
    let until = Instant::now() + Duration::from_secs(wish("PORTICO_FUZZ_SECONDS").unwrap_or(SECONDS));
    let first = wish("PORTICO_FUZZ_SEED").unwrap_or(20_261_126);
    let mut people = Vec::new();
    for (name, person) in Person::of_each_role() {
        let document = app.gateway().document(Rights::of(&app.viewer(&person).await)).expect("a document");
        let schema = Schema::parse(document.sdl(), name).expect("documents are schemas");
        people.push((name, person, document, schema));
    }
    let (mut asked, mut admitted) = (0_u64, 0_u64);
    for seed in first.. {
        if Instant::now() > until {
            break;
        }
        for (name, person, document, schema) in &people {
            let made = Grammar::new(schema, &ids, seed).operation();
            asked += 1;
            let Some(text) = admitted_twice(document, &made) else { continue };
            admitted += 1;
            let answer = app.answer(person, &made.query, made.variables.clone()).await;
            assert!(
                !answer.codes.contains(&ErrorCode::Internal),
                "seed {seed} as {name}: {}\n{}\n{}\n{text}",
                answer.to_json(),
                made.query,
                made.variables
            );
        }
    }
    say(asked, admitted);
    assert!(asked > 100, "only {asked} operations were made");
    assert!(admitted * 8 > asked, "only {admitted} of {asked} operations were admitted");
}

/// Admits an operation, and the printed form again, which must stay the same.
fn admitted_twice(document: &portico_audience::RoleSchema, made: &Made) -> Option<String> {
    let limits = Limits::default();
    let given = made.variables.as_object().cloned().unwrap_or_default();
    let request = |query, variables| OperationRequest { query, operation_name: None, variables, variable_bytes: 0 };
    let first = document.admit(&request(&made.query, &given), &limits).ok()?;
    let text = first.plan.text().to_owned();
    let again = document
        .admit(&request(&text, &first.variables), &limits)
        .unwrap_or_else(|refusal| panic!("{refusal:?}\n{}\n{given:?}\n{text}", made.query));
    assert_eq!(again.plan.text(), text, "{}", made.query);
    assert_eq!(again.variables, first.variables, "{}", made.query);
    Some(text)
}

#[expect(clippy::print_stderr, reason = "the coverage is printed for readers of the test")]
fn say(asked: u64, admitted: u64) {
    eprintln!("{asked} operations were made, {admitted} admitted");
}
