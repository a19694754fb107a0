//! Tests that callers on a shared connection get their own answers only, even if others disconnect.

use std::collections::BTreeMap;
use std::sync::Arc;

use portico::auth::DemoTokens;
use portico_store::PoolSizes;
use portico_testkit::{Person, TestApp, TestDatabase, within_turns};

/// Asks for the caller and the caller's own data, in several statements.
const QUERY: &str = "{ viewer { id name projects { totalCount nodes { number name team { name }
    milestones { name } selections(first: 3) { totalCount nodes { title options { title } } } } } } }";
/// Number of concurrent requests: all have to be served within the wait for a connection.
const AT_A_TIME: usize = 24;
const ROUNDS: usize = 16;

/// People of every login whose answers all differ: interleaved, they share connections.
const PEOPLE: [&str; 12] =
    ["ana", "ruth", "cleo", "tomas", "margot", "hana-client", "priya", "wren", "ben", "felix", "ines", "eli"];

async fn narrow(connections: usize) -> Arc<TestApp> {
    let pools = PoolSizes { reader: connections, auth: connections, writer: 1 };
    Arc::new(TestApp::over_with(TestDatabase::demo().await, DemoTokens::Known, pools))
}

/// The answer of each person without concurrent requests.
async fn alone(app: &TestApp) -> BTreeMap<&'static str, String> {
    let mut answers = BTreeMap::new();
    for name in PEOPLE {
        let reply = app.ask(&Person::named(name), QUERY).await;
        assert!(!reply.data().is_null());
        answers.insert(name, reply.text);
    }
    let differ: std::collections::BTreeSet<_> = answers.values().collect();
    assert_eq!(differ.len(), PEOPLE.len(), "answers that are alike could be confused unseen");
    answers
}

/// Asks as each person in turn, many at once; `hangs_up` returns the number of executor turns after which a caller
/// disconnects.
async fn all_at_once(
    app: &Arc<TestApp>,
    expected: &Arc<BTreeMap<&'static str, String>>,
    hangs_up: impl Fn(usize) -> Option<usize>,
) -> usize {
    let mut answered = 0;
    for round in 0..ROUNDS {
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..AT_A_TIME {
            let number = round * AT_A_TIME + number;
            let name = PEOPLE[(number * 5 + round) % PEOPLE.len()];
            let (app, expected, patience) = (Arc::clone(app), Arc::clone(expected), hangs_up(number));
            tasks.spawn(async move {
                let person = Person::named(name);
                let Some(reply) = within_turns(app.ask(&person, QUERY), patience.unwrap_or(usize::MAX)).await else {
                    return 0;
                };
                assert_eq!(reply.text, expected[name], "{name}");
                1
            });
        }
        while let Some(result) = tasks.join_next().await {
            answered += result.expect("every caller gets the own answer");
        }
    }
    answered
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shared_connection_mixes_no_callers() {
    for connections in [1, 2] {
        let app = narrow(connections).await;
        let expected = Arc::new(alone(&app).await);
        let answered = all_at_once(&app, &expected, |_| None).await;
        assert_eq!(answered, ROUNDS * AT_A_TIME);
        assert_eq!(app.database().db_left_open().await, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hang_up_leaves_no_state_to_the_next() {
    for connections in [1, 2] {
        let app = narrow(connections).await;
        let expected = Arc::new(alone(&app).await);
        // Two of three callers disconnect, after various times.
        let hangs_up = |number: usize| (!number.is_multiple_of(3)).then_some(number * 7 % 300);
        let answered = all_at_once(&app, &expected, hangs_up).await;
        assert!(answered >= ROUNDS * AT_A_TIME / 3, "{answered} were answered");
        assert!(answered < ROUNDS * AT_A_TIME, "no caller disconnected");
        assert_eq!(app.database().db_left_open().await, 0);
        assert_eq!(alone(&app).await, *expected, "the state is unchanged afterwards");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn aborted_task_leaves_no_transaction() {
    let app = narrow(1).await;
    let expected = Arc::new(alone(&app).await);
    for number in 0..120 {
        let name = PEOPLE[number % PEOPLE.len()];
        let asking = Arc::clone(&app);
        let task = tokio::spawn(async move { asking.ask(&Person::named(name), QUERY).await.text });
        for _ in 0..number % 40 {
            tokio::task::yield_now().await;
        }
        if number % 4 == 1 {
            tokio::time::sleep(std::time::Duration::from_micros(400 * (number as u64 % 9))).await;
        }
        task.abort();
        let next = PEOPLE[(number * 7 + 3) % PEOPLE.len()];
        assert_eq!(app.ask(&Person::named(next), QUERY).await.text, expected[next], "{next} after {name}");
    }
    assert_eq!(app.database().db_left_open().await, 0);
}
