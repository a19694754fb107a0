//! Tests that the complete set of answers reachable through the API holds no secret.

use std::collections::{BTreeSet, VecDeque};

use portico_testkit::{Person, SecretList, Shape, TestApp, texts};
use serde_json::Value;

use crate::support::schema::{CLIENTS, TRADES, document_of};

/// Depth of the selections of each object.
const DEPTH: usize = 2;

/// All answers of a person, starting from `viewer` and continuing with each object found.
pub(crate) async fn crawled(app: &TestApp, person: &Person) -> Vec<Value> {
    let document = document_of(app, person).await;
    let by_id: BTreeSet<_> = document.implementors("Node").into_iter().map(str::to_owned).collect();
    let roots = [("viewer", "Viewer"), ("company", "Company")];
    let roots = roots.into_iter().filter(|(root, _)| document.field("Query", root).is_some());
    let starts = roots.map(|(root, ty)| format!("{{ {root} {{ {} }} }}", document.everything(ty, 1)));
    let (mut answers, mut seen, mut open) = (Vec::new(), BTreeSet::new(), VecDeque::from_iter(starts));
    while let Some(query) = open.pop_front() {
        let answer = app.ask(person, &query).await.data().clone();
        let mut found = Vec::new();
        things(&answer, &mut found);
        for (ty, id) in found {
            if by_id.contains(&ty) && seen.insert(id.clone()) {
                open.extend(by_node(&document, &ty, &id));
            }
        }
        answers.push(answer);
    }
    answers
}

fn by_node(document: &Shape, ty: &str, id: &str) -> impl Iterator<Item = String> {
    let parts = document.everything_in_parts(ty, DEPTH).into_iter();
    parts.map(move |part| format!("{{ node(id: \"{id}\") {{ __typename ... on {ty} {{ {part} }} }} }}"))
}

/// Every object in an answer that has a type and an id.
fn things(value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            if let (Some(ty), Some(id)) = (fields.get("__typename"), fields.get("id")) {
                found.extend(ty.as_str().zip(id.as_str()).map(|(ty, id)| (ty.to_owned(), id.to_owned())));
            }
            fields.values().for_each(|value| things(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| things(value, found)),
        _ => {}
    }
}

/// The secrets among everything that a person can reach, and the number of values.
async fn secrets_within_reach(app: &TestApp, person: &Person, secrets: &SecretList) -> (BTreeSet<String>, usize) {
    let answers = crawled(app, person).await;
    let found = answers.iter().flat_map(|answer| secrets.in_answer(answer)).collect();
    (found, answers.iter().map(|answer| texts(answer).len()).sum())
}

#[tokio::test]
async fn no_client_reaches_a_secret() {
    let app = TestApp::demo().await;
    let secrets = SecretList::from_clients();
    let mut values = 0;
    for name in CLIENTS {
        let (found, count) = secrets_within_reach(&app, &Person::named(name), &secrets).await;
        assert_eq!(found, BTreeSet::new(), "{name}");
        assert!(count > 100, "{name}: {count} values");
        values += count;
    }
    assert!(values > 4_000, "{values} values");
}

#[tokio::test]
async fn no_trade_reaches_a_secret() {
    let app = TestApp::demo().await;
    let secrets = SecretList::from_trades();
    let mut values = 0;
    for name in TRADES {
        let (found, count) = secrets_within_reach(&app, &Person::named(name), &secrets).await;
        assert_eq!(found, BTreeSet::new(), "{name}");
        assert!(count > 100, "{name}: {count} values");
        values += count;
    }
    assert!(values > 1_500, "{values} values");
}

#[tokio::test]
async fn people_without_project_see_only_self() {
    let app = TestApp::demo().await;
    let secrets = SecretList::from_clients();
    for name in ["dev", "petra"] {
        let (found, count) = secrets_within_reach(&app, &Person::named(name), &secrets).await;
        assert!(found.len() <= 1 && count < 30, "{name}: {count} values, {found:?}");
    }
    // Staff know the company's settings and all of their colleagues, including those hidden from outsiders.
    for name in ["dale", "kit"] {
        let person = Person::named(name);
        let colleagues = app.ask(&person, "{ company { people(first: 100) { nodes { name } } } }").await;
        let colleagues: BTreeSet<String> = colleagues
            .at("/company/people/nodes")
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| one["name"].as_str().map(str::to_owned))
            .collect();
        let (found, count) = secrets_within_reach(&app, &person, &secrets).await;
        assert!(found.is_subset(&colleagues) && count < 200, "{name}: {count} values, {found:?}");
    }
}

/// Shows that the tests above can fail: the same crawl shows the secrets to those who may know them.
#[tokio::test]
async fn owners_reach_the_secrets() {
    // ROLE-1
    let app = TestApp::demo().await;
    for secrets in [SecretList::from_clients(), SecretList::from_trades()] {
        let mut found = BTreeSet::new();
        for owner in [Person::owner(), Person::named("margot")] {
            found.extend(secrets_within_reach(&app, &owner, &secrets).await.0);
        }
        // All except those that no role view has, such as notes on contacts.
        assert!(found.len() * 10 > secrets.len() * 8, "{} of {}", found.len(), secrets.len());
    }
}

/// Staff reach only what their permissions open.
#[tokio::test]
async fn projects_read_shows_no_cost_or_note() {
    // ROLE-2
    let app = TestApp::demo().await;
    for name in ["priya", "felix"] {
        let answers = crawled(&app, &Person::named(name)).await;
        let all = Value::Array(answers).to_string();
        for key in ["unitCost", "markupPercent", "budget", "riskNotes", "internalNotes", "payRate", "costBasis"] {
            let is_there = all.contains(&format!("\"{key}\":"));
            assert!(!is_there, "{name}: {key}");
        }
        assert!(!all.contains(r#""audience":"INTERNAL""#), "{name}");
    }
}
