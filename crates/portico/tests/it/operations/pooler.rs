//! Tests behind a pooler in transaction mode, which assigns any free connection to each transaction.

use std::process::Command;
use std::time::{Duration, Instant};

use axum::body::Body;
use futures_util::StreamExt;
use portico_core::sessions::TokenHash;
use portico_devstack::{Pooler, PoolerOptions, PostgresAddress};
use portico_store::{Database, Login, PoolSizes, Statements, Store};
use portico_testkit::{Person, TestApp, TestDatabase};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::service::{LONG, Service, portico, run, text};
use crate::support::service::{SECRET, address_of, assert_fails};
use crate::support::{HARBOR, MAPLE, ORCHARD, project};

/// Queries that each person repeats.
const QUERIES: [&str; 6] = [
    "{ viewer { role name projects { totalCount nodes { name } } } }",
    "query($id: ID!) { project(id: $id) { name milestones { name status } } }",
    "query($id: ID!) { project(id: $id) { name selections { totalCount nodes { title options { title } } } } }",
    "query($id: ID!) { project(id: $id) { schedule { tasks { totalCount nodes { name milestone { name } } } } } }",
    "query($id: ID!) { project(id: $id) { team { name } locations { name } } }",
    "query($id: ID!) { node(id: $id) { id ... on Project { name status } } }",
];
/// Repetitions per query and gateway.
const ROUNDS: usize = 4;
/// Callers that disconnect at once.
const CALLERS: usize = 20;
/// Concurrent requests.
const AT_ONCE: usize = 40;

/// A pooler in front of a test's database.
fn pooler_before(database: &TestDatabase, connections: u16) -> Pooler {
    let address = database.owner_address();
    let part = |name: &str| {
        let part = address.split_whitespace().find_map(|part| part.strip_prefix(name));
        part.unwrap_or_else(|| panic!("no {name} in {address}"))
    };
    let port = part("port=").parse().expect("a number");
    let server = PostgresAddress { socket_dir: part("host=").into(), port, user: part("user=").to_owned() };
    let logins = Login::ALL.map(|login| login.name().to_owned()).into();
    Pooler::start(&PoolerOptions { server, logins, connections }).expect("a pooler can be started")
}

fn through(pooler: &Pooler, database: &TestDatabase, command: &str) -> Command {
    let mut made = portico();
    made.arg(command).args(address_of(command, &pooler.address().database(database.name())));
    made
}

/// A gateway without caches, so that each query reads the database.
fn gateway(pooler: &Pooler, database: &TestDatabase, mode: &str) -> Command {
    let mut command = through(pooler, database, "serve");
    command.args(["--bind", "127.0.0.1:0", "--secret", SECRET, "--pooler", mode, "--rate-limit", "off"]);
    command.args(["--row-cache-mb", "0", "--answer-cache-mb", "0"]);
    command
}

/// People with sessions, since a gateway outside a demo accepts no demo tokens.
async fn db_people(database: &TestDatabase) -> Vec<String> {
    let mut tokens = Vec::new();
    for (index, known) in
        ["demo-client", "demo-session-ben", "demo-trade", "demo-staff", "demo-owner"].iter().enumerate()
    {
        let token = format!("of-a-test-{index}");
        let (new, old) = (TokenHash::of(&token), TokenHash::of(known));
        database
            .db_execute(&format!(
                "insert into sessions (id, token_hash, identity_id, actor, staff_membership_id, expires_at)
                    select gen_random_uuid(), '{}', identity_id, actor, staff_membership_id, expires_at
                    from sessions where token_hash = '{}'",
                new.as_str(),
                old.as_str()
            ))
            .await;
        tokens.push(token);
    }
    tokens
}

/// The answer of a gateway, retried while no connection is free.
async fn answer(client: &reqwest::Client, gateway: &str, token: &str, body: &Value) -> (u16, String) {
    let started = Instant::now();
    loop {
        let request = client.post(format!("{gateway}/graphql")).bearer_auth(token).json(body);
        let response = request.send().await.expect("it answers");
        let status = response.status().as_u16();
        if status != 503 || started.elapsed() > LONG {
            return (status, response.text().await.expect("it answers with text"));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn gateways_behind_a_pooler_answer_alike() {
    // ROB-36
    let database = TestDatabase::demo().await;
    let tokens = db_people(&database).await;
    let direct = TestApp::over(database.clone());
    let mut questions = Vec::new();
    for token in &tokens {
        for query in QUERIES {
            for path in [MAPLE, ORCHARD, HARBOR] {
                let body = json!({ "query": query, "variables": { "id": project(&direct, path) } });
                let body = if query.contains("$id") { body } else { json!({ "query": query }) };
                let person = Person::with_token(token.clone());
                let expected = direct.ask_with(&person, query, body["variables"].clone()).await;
                assert!(expected.json.get("errors").is_none(), "{}", expected.text);
                questions.push((token, body, expected.text));
            }
        }
    }
    let pooler = pooler_before(&database, 5);
    let mut gateways = [0, 1].map(|_| Service::start_logging(&mut gateway(&pooler, &database, "transaction")));
    let logs = gateways.each_mut().map(Service::log);
    let client = reqwest::Client::new();
    let asked = (0..ROUNDS).flat_map(|_| &questions).flat_map(|question| gateways.iter().map(move |at| (at, question)));
    let mut answers = futures_util::stream::iter(asked.enumerate())
        .map(|(number, (gateway, (token, body, expected)))| {
            let client = &client;
            async move {
                if number % 7 == 0 {
                    // A caller who disconnects early, and must leave nothing behind.
                    let patience = Duration::from_millis(1 + number as u64 % 10);
                    let request = client.post(format!("{}/graphql", gateway.address)).bearer_auth(token).json(body);
                    let _ = request.timeout(patience).send().await;
                }
                (answer(client, &gateway.address, token, body).await, expected)
            }
        })
        .buffer_unordered(AT_ONCE);
    let mut count = 0;
    while let Some(((status, text), expected)) = answers.next().await {
        assert_eq!((status, &text), (200, expected));
        count += 1;
    }
    drop(answers);
    assert_eq!(count, ROUNDS * questions.len() * gateways.len());
    for gateway in gateways {
        assert_eq!(gateway.end(Signal::TERM), Some(0));
    }
    for log in logs.map(|log| log.join().expect("it is read")).into_iter().chain([pooler.log()]) {
        assert_eq!(log.lines().find(|line| line.contains("prepared statement")), None);
    }
}

#[tokio::test]
async fn hang_up_frees_the_pooled_connection() {
    let database = TestDatabase::demo().await;
    let name = database.name();
    // Open transactions are kept open, so that the test finds them.
    database
        .db_execute(&format!(
            "alter role portico_auth in database {name} set idle_in_transaction_session_timeout = 0;
             alter role portico_client in database {name} set idle_in_transaction_session_timeout = 0"
        ))
        .await;
    let pooler = pooler_before(&database, 2);
    let behind = Database::parse(&pooler.address().database(name)).expect("an address");
    let behind = behind.with_statements(Statements::ForOneTransaction);
    let app = TestApp::over(database.clone());
    let query = QUERIES[1].to_owned();
    let body = json!({ "query": query, "variables": { "id": project(&app, MAPLE) } }).to_string();
    let store = Store::new(&behind, PoolSizes { reader: CALLERS, auth: CALLERS, writer: 1 });
    let app = app.without_answers().rewired(|app| app.store = store);
    let ask = || app.send(app.post(&Person::client()).body(Body::from(body.clone())).expect("a request"));
    // All callers wait at first, so that connections are opened.
    futures_util::future::join_all((0..CALLERS).map(|_| ask())).await;
    for patience in 1..12 {
        let impatient = (0..CALLERS).map(|_| tokio::time::timeout(Duration::from_millis(patience), ask()));
        futures_util::future::join_all(impatient).await;
        let open = "select count(*) as count from pg_stat_activity
            where datname = current_database() and usename like 'portico_%' and state like 'idle in transaction%'";
        let started = Instant::now();
        while database.db_count(open).await > 0 {
            assert!(started.elapsed() < LONG, "a transaction was left open");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let log = pooler.log();
    assert_eq!(log.lines().find(|line| line.contains("prepared statement")), None);
}

#[tokio::test]
async fn commands_work_behind_a_pooler() {
    let database = TestDatabase::demo().await;
    let pooler = pooler_before(&database, 2);
    let ruth = database
        .db_texts(&format!("select email as text from identities where id = {}", crate::support::sql_id("people/ruth")))
        .await;
    for _ in 0..2 {
        let mut key = through(&pooler, &database, "key");
        key.args(["--company", "alderbrook", "--creator", &ruth[0], "--name", "Report", "--with", "COSTS_VIEW"]);
        key.args(["--project", "AB-2041"]);
        let mut reset = portico();
        reset.args(["cache", "reset"]).args(address_of("cache", &pooler.address().database(database.name())));
        for command in [&mut key, &mut reset, &mut through(&pooler, &database, "migrate")] {
            let output = run(command.args(["--pooler", "transaction"]));
            assert!(output.status.success(), "{command:?}: {}", text(&output.stderr));
        }
    }
    assert_eq!(database.db_count("select count(*) as count from api_keys where name = 'Report'").await, 2);
    // A failed command writes nothing.
    let mut key = through(&pooler, &database, "key");
    key.args(["--company", "alderbrook", "--creator", &ruth[0], "--name", "Wrong", "--with", "COSTS_VIEW"]);
    assert_fails(key.args(["--project", "AB-0000", "--pooler", "transaction"]), &["AB-0000"]);
    assert_eq!(database.db_count("select count(*) as count from api_keys where name = 'Wrong'").await, 0);
}

/// The control: without the option it fails.
#[tokio::test]
async fn missing_pooler_option_names_the_remedy() {
    let database = TestDatabase::demo().await;
    // One connection per login, so that both gateways share it.
    let pooler = pooler_before(&database, 1);
    let first = Service::start(&mut gateway(&pooler, &database, "none"));
    assert_fails(&mut gateway(&pooler, &database, "none"), &["prepared statement", "--pooler transaction"]);
    assert_eq!(first.end(Signal::TERM), Some(0));
}

#[tokio::test]
async fn pooler_lifts_the_connection_limit() {
    let database = TestDatabase::demo().await;
    let pooler = pooler_before(&database, 2);
    let mut many = gateway(&pooler, &database, "transaction");
    assert_eq!(Service::start(many.args(["--pool-size", "500"])).end(Signal::TERM), Some(0));
    assert_fails(gateway(&pooler, &database, "none").args(["--pool-size", "500"]), &["--pool-size"]);
}
