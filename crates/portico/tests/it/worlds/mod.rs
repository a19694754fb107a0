//! Tests that a caller cannot distinguish two worlds (SEC-3). They differ only in what is hidden from the caller.
//!
//! `portico_store::tables` and the scripts beside `secrets` define the differences, by hand. `generate` creates operations
//! from the caller's role schema, `compare` sends them to both worlds, `shrink` finds the smallest operation that
//! distinguishes them, and `coverage` measures the share of the role schema that was tested. `planted` shows that the tests
//! can fail.

mod compare;
mod coverage;
mod generate;
mod operation;
mod planted;
mod pool;
mod run;
mod secrets;
mod shrink;
mod vary;

use portico_core::access::Role;
use portico_testkit::Person;
use serde_json::{Value, json};

use crate::support::{MAPLE, project};

use coverage::Coverage;
use run::{Document, Plan, run};
use secrets::{GONE_CLIENT, GONE_TRADE, change_secrets, first_world, second_world};

/// Required coverage of a role schema, in percent.
const ENOUGH: f64 = 95.0;

#[expect(clippy::print_stdout, reason = "the coverage is printed for readers of the run")]
fn say(role: Option<Role>, operations: usize, coverage: &Coverage) {
    let ((reached, missing), (asked, _)) = (coverage.reached(), coverage.asked());
    let who = role.map_or("PUBLIC", Role::as_str);
    let some: Vec<_> = missing.iter().take(10).collect();
    println!(
        "{who}: {operations} operations; {reached:.1} % of the role schema reached, {asked:.1} % asked; {} not reached: {some:?}",
        missing.len()
    );
}

/// Runs the operations as these callers, with this share of all operations; the first caller sends the most.
async fn asked_as(role: Option<Role>, tokens: &[Option<&str>], percent: usize) -> Document {
    let plan = Plan::read();
    let first = first_world().await;
    let mut document = Document::of(&first, role);
    let all = plan.share(percent);
    for (index, token) in tokens.iter().enumerate() {
        let share =
            if index == 0 { all - all / (tokens.len() + 1) * (tokens.len() - 1) } else { all / (tokens.len() + 1) };
        let second = second_world(*token).await;
        let person = token.map_or_else(Person::public, Person::with_token);
        let seed = plan.seed + index as u64;
        if let Err(difference) = run(&first, &second, &person, &mut document, share, seed).await {
            let (who, Plan { operations, seed }) = (token.unwrap_or("anonymous"), plan);
            panic!("as {who} (repeat with `just worlds {operations} {seed}`): {difference}");
        }
    }
    say(role, all, &document.coverage);
    document
}

#[track_caller]
fn is_enough((percent, missing): (f64, Vec<&str>)) {
    assert!(percent >= ENOUGH, "only {percent:.1} % of the role schema was covered, not {missing:?}");
}

#[tokio::test]
async fn clients_see_no_difference() {
    // SEC-3
    let clients =
        ["demo-client", "demo-session-cleo", "demo-session-hana-client", "demo-session-ben", "demo-session-ines"];
    let document = asked_as(Some(Role::Client), &clients.map(Some), 52).await;
    is_enough(document.coverage.reached());
}

#[tokio::test]
async fn trades_see_no_difference() {
    // SEC-3
    let trades = ["demo-trade", "demo-session-eli", "demo-session-wren", "demo-session-lucia"];
    let document = asked_as(Some(Role::Trade), &trades.map(Some), 32).await;
    is_enough(document.coverage.reached());
}

#[tokio::test]
async fn public_sees_no_difference() {
    // SEC-3
    let document = asked_as(None, &[None], 10).await;
    is_enough(document.coverage.reached());
}

// Callers without a membership reach no project: the coverage counts selected coordinates.
#[tokio::test]
async fn outside_clients_see_no_difference() {
    let document = asked_as(Some(Role::Client), &[Some(GONE_CLIENT), Some("demo-session-dev")], 10).await;
    is_enough(document.coverage.asked());
}

#[tokio::test]
async fn outside_trades_see_no_difference() {
    let document = asked_as(Some(Role::Trade), &[Some(GONE_TRADE), Some("demo-session-petra")], 10).await;
    is_enough(document.coverage.asked());
}

#[tokio::test]
async fn changed_secrets_are_no_changes() {
    // SEC-3, ISO-5: everything hidden changes while the caller has a cursor.
    const CHANGES: &str = "query($id: ID!, $since: String) { project(id: $id) { changes(since: $since, first: 100) {
        entries { kind id record { id } } cursor hasMore } } }";
    for token in ["demo-client", "demo-session-ben", "demo-session-cleo", "demo-trade", "demo-session-eli"] {
        let (app, person) = (first_world().await, Person::with_token(token));
        let maple = project(&app, MAPLE);
        let ask = async |since: &Value| {
            let variables = json!({ "id": maple, "since": since });
            let reply = app.ask_with(&person, CHANGES, variables).await;
            reply.data().pointer("/project/changes").cloned().unwrap_or_default()
        };
        let mut before = ask(&Value::Null).await;
        while before["hasMore"] == true {
            before = ask(&before["cursor"]).await;
        }
        change_secrets(app.database(), Some(token)).await;
        let after = ask(&before["cursor"]).await;
        let nothing = json!({ "entries": [], "cursor": before["cursor"], "hasMore": false });
        assert_eq!(after, if before.is_null() { Value::Null } else { nothing }, "{token}");
    }
}
