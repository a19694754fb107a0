//! ROB-28, ROB-20, ROB-23, ROB-33: tests that unique requests exhaust no memory, delay no other caller, and leave tables at
//! their size.
//!
//! Run by `just soak SECONDS` with the binary; `PORTICO_SOAK_BINARY` names one other than the tests' own.

use std::env;
use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portico_core::id::Tag;
use portico_core::sessions::TokenHash;
use portico_fixtures::world::World;
use portico_testkit::{TestApp, TestDatabase};
use reqwest::Client;
use serde_json::{Value, json};

use crate::support::service::Service;
use crate::support::service::serve;

/// Maximum delay of a request.
const LATE: Duration = Duration::from_millis(100);
/// Allowed growth of a warm process: a twentieth, and the reserve of allocators.
const SLACK: u64 = 24 << 20;
const ROLES: [&str; 4] = ["public", "client", "trade", "staff"];
/// Kinds of unique requests.
const KINDS: [&str; 7] =
    ["operations", "large operations", "introspections", "variables", "tokens", "client names", "cursors"];

/// Kinds of unique requests that write rows: of a caller with an idempotency key, and of strangers in any number of networks.
const WRITES: [&str; 2] = ["idempotency keys", "sign-in links"];
/// Retention in the soak test, in seconds: as long as a few runs of the worker.
const RETENTION: u64 = 2;
/// Most audit log entries that strangers cause at once, and the seconds for each further one.
const ENTRIES: (u64, u64) = (1_000, 4);

fn seconds() -> u64 {
    env::var("PORTICO_SOAK_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

fn token(role: &str) -> String {
    format!("soak-session-{role}")
}

/// A trade partner's membership, whose access stays as it is.
fn trade() -> String {
    TestApp::global(Tag::PROJECT_MEMBERSHIP, World::id("alderbrook/maple-street/trade/tomas"))
}

/// The demo, with a session per role that any gateway accepts.
async fn world() -> TestDatabase {
    let database = TestDatabase::demo().await;
    for role in ROLES[1..].iter().chain(&["owner"]) {
        let (of_demo, own) = (TokenHash::of(&format!("demo-{role}")), TokenHash::of(&token(role)));
        let copied = format!(
            "insert into sessions (id, token_hash, identity_id, actor, staff_membership_id, expires_at)
                 select gen_random_uuid(), '{}', identity_id, actor, staff_membership_id, '2099-01-01'
                 from sessions where token_hash = '{}'",
            own.as_str(),
            of_demo.as_str()
        );
        database.db_execute(&copied).await;
    }
    database
}

fn gateway(database: &TestDatabase, rate_limit: &str) -> Service {
    let made = serve(database);
    let mut command = match env::var_os("PORTICO_SOAK_BINARY") {
        None => made,
        Some(binary) => {
            let mut other = Command::new(binary);
            other.args(made.get_args());
            other
        }
    };
    command.env("PORTICO_RATE_LIMIT", rate_limit).env("PORTICO_LOG", "warn");
    // A worker, whose mail server does not answer; and callers of any network.
    command.args(
        "--smtp-url smtp://127.0.0.1:1 --mail-from portal@portico.example --public-url http://127.0.0.1:1".split(' '),
    );
    command.args(["--trusted-proxies", "127.0.0.1", "--retention", &format!("idempotency={RETENTION}s")]);
    Service::start(&mut command)
}

/// Resident memory of a process.
fn resident(process: u32) -> u64 {
    let result = fs::read_to_string(format!("/proc/{process}/statm")).expect("the gateway lives");
    let pages: u64 = result.split_whitespace().nth(1).and_then(|text| text.parse().ok()).expect("a number");
    pages * 4_096
}

/// Body and headers of a unique request of this kind.
fn request(role: &str, kind: &str, number: u64) -> (Value, Vec<(&'static str, String)>) {
    let root = if role == "public" { "portal(host: \"a\") { host }" } else { "viewer { role name }" };
    let mut headers = Vec::new();
    if role != "public" {
        headers.push(("authorization", format!("Bearer {}", token(role))));
    }
    let body = match kind {
        "operations" => json!({ "query": format!("query Q{number} {{ {root} }}") }),
        "large operations" => {
            let fields = "__typename ".repeat(900);
            json!({ "query": format!("query Q{number} {{ {root} __schema {{ queryType {{ {fields} }} }} }}") })
        }
        "introspections" => json!({
            "query": format!("{{ a{number}: __schema {{ types {{ name fields {{ name description args {{ name }} }} }} }} }}")
        }),
        "variables" => json!({
            "query": "query($h: String!) { __type(name: $h) { name } }",
            "variables": { "h": format!("{number}{}", "x".repeat(50_000)) },
        }),
        "tokens" => {
            headers.clear();
            headers.push(("authorization", format!("Bearer unknown-{number}")));
            json!({ "query": format!("{{ {root} }}") })
        }
        "client names" => {
            headers.push(("x-client-name", format!("app{number}")));
            headers.push(("x-client-version", format!("{number}.0")));
            json!({ "query": format!("query Named{number} {{ {root} }}") })
        }
        "idempotency keys" => json!({
            "query": "mutation($input: ProjectTradeUpdateInput!) { projectTradeUpdate(input: $input) { userErrors { code } } }",
            "variables": { "input": { "id": trade(), "webAccess": true, "idempotencyKey": format!("key-{number}") } },
        }),
        "sign-in links" => {
            headers.clear();
            let bytes = (number as u32).to_be_bytes();
            headers.push(("x-forwarded-for", format!("10.{}.{}.{}", bytes[1], bytes[2], bytes[3])));
            json!({ "query": format!("mutation {{ magicLinkRequest(input: {{ email: \"s{number}@mail.example\" }}) {{ message }} }}") })
        }
        _ => json!({
            "query": "query($c: String) { viewer { projects(first: 5, after: $c) { totalCount } } }",
            "variables": { "c": format!("cursor-{number}") },
        }),
    };
    (body, headers)
}

/// Runs on a separate thread, apart from the gateway's.
fn on_a_thread<F: Future<Output = ()>>(work: impl FnOnce() -> F + Send + 'static) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(work());
    })
}

/// Sends requests as one caller on some connections, until stopped.
struct Caller {
    stop: Arc<AtomicBool>,
    asked: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Caller {
    fn start(address: &str, role: &'static str, kinds: &'static [&'static str], connections: u64) -> Self {
        let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (url, stopped, count) = (format!("{address}/graphql"), Arc::clone(&stop), Arc::clone(&asked));
        let thread = on_a_thread(move || async move {
            let client = Client::new();
            let one = |connection: u64| {
                let (client, url, stopped, count) = (&client, &url, &stopped, &count);
                async move {
                    let mut number = connection;
                    while !stopped.load(Ordering::Relaxed) {
                        number += connections;
                        let (body, headers) = request(role, kinds[(number as usize / 8) % kinds.len()], number);
                        let mut asked = client.post(url).json(&body);
                        for (name, value) in headers {
                            asked = asked.header(name, value);
                        }
                        if let Ok(reply) = asked.send().await {
                            assert_ne!(reply.status().as_u16(), 500, "{body}");
                            let _ = reply.bytes().await;
                        }
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                }
            };
            futures_util::future::join_all((0..connections).map(one)).await;
        });
        Self { stop, asked, thread: Some(thread) }
    }

    /// Stops. Returns the number of requests.
    fn stop(mut self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().map(|thread| thread.join()).expect("it was started").expect("no answer was INTERNAL");
        self.asked.load(Ordering::Relaxed)
    }
}

/// Sends requests as another caller for a while. Returns the number of late requests, and of all.
fn others(address: &str, role: &'static str, time: Duration) -> (u64, u64) {
    let (live, ask) = (format!("{address}/health/live"), format!("{address}/graphql"));
    let (late, all) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    // A caller of another role than the measured one.
    let other = if role == "client" { "trade" } else { "client" };
    let counts = (Arc::clone(&late), Arc::clone(&all));
    let thread = on_a_thread(move || async move {
        let client = Client::new();
        let until = Instant::now() + time;
        let mut number = 0;
        while Instant::now() < until {
            number += 1;
            let (body, headers) = request(other, "operations", number % 5);
            let mut asked = client.post(&ask).json(&body);
            for (name, value) in headers {
                asked = asked.header(name, value);
            }
            for request in [client.get(&live), asked] {
                let sent = Instant::now();
                let status = request.send().await.expect("it is answered").status();
                assert_eq!(status.as_u16(), 200);
                counts.0.fetch_add(u64::from(sent.elapsed() > LATE), Ordering::Relaxed);
                counts.1.fetch_add(1, Ordering::Relaxed);
            }
            tokio::time::sleep(Duration::from_millis(4)).await;
        }
    });
    thread.join().expect("others are answered");
    (late.load(Ordering::Relaxed), all.load(Ordering::Relaxed))
}

#[tokio::test]
#[ignore = "takes minutes: run by `just soak`"]
async fn one_caller_delays_no_other() {
    let database = world().await;
    let service = gateway(&database, "on");
    let address = service.address.clone();
    // One-time allocations are done by now.
    for role in ROLES {
        others(&address, role, Duration::from_millis(500));
    }
    let window = Duration::from_millis((seconds() * 1_000 / (ROLES.len() * KINDS.len()) as u64 / 3).max(400));
    let mut delayed = Vec::new();
    for role in ROLES {
        for kind in &KINDS {
            // A busy machine delays every caller at times: of three intervals, one must be as good as the quiet one
            // before.
            let mut seen = Vec::new();
            let is_fair = (0..3).any(|_| {
                let quiet = others(&address, role, window);
                let caller = Caller::start(&address, role, std::slice::from_ref(kind), 4);
                let beside = others(&address, role, window);
                let asked = caller.stop();
                seen.push((quiet, beside, asked));
                beside.0 <= quiet.0 + beside.1 / 200
            });
            say(&format!("{role}, unique {kind}: late beside it, of all, and its requests: {seen:?}"));
            if !is_fair {
                delayed.push(format!("{role} {kind}: {seen:?}"));
            }
        }
    }
    assert!(delayed.is_empty(), "{delayed:#?}");
}

#[tokio::test]
#[ignore = "takes minutes: run by `just soak`"]
async fn unique_requests_keep_memory_flat() {
    let database = world().await;
    let service = gateway(&database, "off");
    let process = service.id();
    let started = Instant::now();
    let whole = Duration::from_secs(seconds());
    let mut callers: Vec<_> = ROLES.map(|role| Caller::start(&service.address, role, &KINDS, 2)).into();
    callers.push(Caller::start(&service.address, "owner", &WRITES, 4));
    let (mut samples, mut answers) = (Vec::new(), Vec::new());
    while started.elapsed() < whole {
        std::thread::sleep(Duration::from_millis(500).min(whole / 100));
        samples.push(resident(process));
        answers.push(database.db_count("select count(*) from idempotent_answers").await);
        if samples.len().is_multiple_of(20) {
            say(&format!("{:4} s: {} MiB", started.elapsed().as_secs(), resident(process) >> 20));
        }
    }
    let asked: u64 = callers.into_iter().map(Caller::stop).sum();
    let warm = samples[samples.len() * 4 / 10..samples.len() * 6 / 10].iter().max().copied().expect("samples");
    let last = samples[samples.len() * 9 / 10..].iter().min().copied().expect("samples");
    say(&format!("{asked} requests; warm {} MiB, at the end {} MiB", warm >> 20, last >> 20));
    assert!(asked > 100, "only {asked} requests");
    let largest = |from: usize, to: usize| {
        answers[answers.len() * from / 10..answers.len() * to / 10].iter().max().copied().expect("samples")
    };
    let entries = "select count(*) from activity where actor_kind = 'PUBLIC'";
    let (sizes, entries) = ((largest(2, 5), largest(7, 10)), database.db_count(entries).await);
    say(&format!(
        "results of idempotency keys: at most {} and then {}; entries of strangers: {entries}",
        sizes.0, sizes.1
    ));
    assert!(sizes.0 > 0, "results are written");
    assert!(sizes.1 <= 2 * sizes.0 + 100, "old results are deleted: {answers:?}");
    let most = ENTRIES.0 + started.elapsed().as_secs() / ENTRIES.1 + 1;
    assert!(entries > 0 && entries as u64 <= most, "strangers caused {entries} entries, at most {most}");
    assert!(last <= warm + warm / 20 + SLACK, "{warm} bytes when warm, {last} at the end, after {asked} requests");
}

#[expect(clippy::print_stderr, reason = "the table of a long run")]
fn say(line: &str) {
    eprintln!("{line}");
}
