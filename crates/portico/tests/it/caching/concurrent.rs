//! Tests of concurrent writers and readers: a read after a change sees it, and every answer is of one moment.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fastrand::Rng;
use portico_fixtures::world::World;
use portico_testkit::leaves;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::support::MAPLE;
use crate::support::caches::{Gateways, Read, TestRedis};

const CHANGES: u64 = 150;
/// Number of answers between two changes.
const ANSWERS: u32 = 4;
/// Value that is written and rolled back; no answer may contain it.
const NEVER: u64 = 999_999;

/// Writes one number into several tables at once.
fn change(number: u64) -> String {
    let project = World::id(MAPLE);
    format!(
        "update projects set name = 'v{number}' where id = '{project}';
        update locations set name = 'v{number}' where project_id = '{project}';
        update selections set title = 'v{number}' where project_id = '{project}';
        update selection_options set title = 'v{number}' where project_id = '{project}';
        update project_internals set risk_notes = 'v{number}' where project_id = '{project}';
        update selection_option_costs set vendor = 'v{number}' where project_id = '{project}';"
    )
}

/// A query for some of these values: partly cached, since others ask for the same, and partly new.
fn question(rng: &mut Rng, token: &'static str) -> Read {
    let is_staff = matches!(token, "demo-staff" | "demo-owner");
    let first = rng.usize(1..=30);
    let (notes, vendor) = if is_staff { ("riskNotes", "vendor") } else { ("", "") };
    let fields = [
        format!("name {notes} locations {{ name }}"),
        format!(
            "name selections(first: {first}) {{ nodes {{ title options {{ title {vendor} }} location {{ name }} }} }}"
        ),
        format!("locations {{ name }} selections(first: 3) {{ nodes {{ title options {{ title }} }} }} {notes}"),
    ];
    Read::of_project(token, MAPLE, &fields[rng.usize(..fields.len())])
}

/// The numbers in an answer.
fn numbers(body: &str) -> BTreeSet<u64> {
    let answer: Value = serde_json::from_str(body).expect("JSON");
    assert!(answer.get("errors").is_none(), "{body}");
    let numbers =
        leaves(&answer["data"]).into_iter().filter_map(|(_, leaf)| leaf.as_str()?.strip_prefix('v')?.parse().ok());
    numbers.collect()
}

async fn read_on(
    gateways: Arc<Gateways>,
    token: &'static str,
    seed: u64,
    committed: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
    answers: Arc<Semaphore>,
) -> usize {
    let mut rng = Rng::with_seed(seed);
    let mut last = [0; 2];
    let mut count = 0;
    while !is_over.load(Ordering::SeqCst) {
        let read = question(&mut rng, token);
        let place = rng.usize(..2);
        let floor = committed.load(Ordering::SeqCst);
        let (status, body) = gateways.reply(place, &read).await;
        assert_eq!(status.as_u16(), 200, "{read}: {body}");
        let numbers = numbers(&body);
        assert_eq!(numbers.len(), 1, "an answer of two moments: {read}: {body}");
        let number = numbers.into_iter().next().unwrap_or_default();
        assert!(number >= floor.max(last[place]), "{number} after {floor} and {last:?}: {read}");
        assert_ne!(number, NEVER, "{read}");
        last[place] = number;
        count += 1;
        answers.add_permits(1);
    }
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_are_consistent_and_see_changes() {
    let redis = TestRedis::start();
    let gateways = Arc::new(Gateways::over([Some(redis.link()), Some(redis.link())]).await);
    gateways.write(&change(1)).await;
    let (committed, is_over) = (Arc::new(AtomicU64::new(1)), Arc::new(AtomicBool::new(false)));
    let answers = Arc::new(Semaphore::new(0));
    let mut readers = tokio::task::JoinSet::new();
    for (seed, token) in ["demo-client", "demo-session-ben", "demo-staff", "demo-owner"].into_iter().enumerate() {
        let (committed, is_over, answers) = (Arc::clone(&committed), Arc::clone(&is_over), Arc::clone(&answers));
        readers.spawn(read_on(Arc::clone(&gateways), token, seed as u64, committed, is_over, answers));
    }
    for number in 2..=CHANGES {
        tokio::select! {
            permits = answers.acquire_many(ANSWERS) => permits.expect("it is open").forget(),
            // A reader found a wrong answer.
            ended = readers.join_next() => panic!("{ended:?}"),
        }
        if number % 7 == 0 {
            gateways.write(&format!("begin; {} rollback", change(NEVER))).await;
        }
        gateways.write(&format!("begin; {} commit", change(number))).await;
        committed.store(number, Ordering::SeqCst);
    }
    is_over.store(true, Ordering::SeqCst);
    let counts = readers.join_all().await;
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
}
