//! Tests of the binary: the demo from start to end, and output without a database.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use portico_core::id::new_uuid;
use rustix::process::Signal;
use serde_json::json;

use crate::support::service::{LONG, Service, portico, run, text};

/// A folder that the servers' user can enter, deleted at the end.
struct State(PathBuf);

impl State {
    fn new() -> Self {
        Self(PathBuf::from(format!("/var/tmp/portico-test-{}", new_uuid().simple())))
    }

    /// The demo's secret for links, readable by its owner only.
    fn secret(&self) -> Vec<u8> {
        let file = self.0.join("secret");
        assert_eq!(fs::metadata(&file).expect("there is one").permissions().mode() & 0o777, 0o600);
        fs::read(file).expect("it can be read")
    }

    /// Processes whose command line names the folder.
    fn processes(&self) -> Vec<String> {
        let name = self.0.display().to_string();
        let lines = fs::read_dir("/proc")
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
        lines.map(|line| text(&line).replace('\0', " ")).filter(|line| line.contains(&name)).collect()
    }

    fn wait_until_nothing_is_left(&self) {
        let started = Instant::now();
        while !self.processes().is_empty() {
            assert!(started.elapsed() < LONG, "left running: {:?}", self.processes());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for State {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn demo(state: &State) -> Command {
    let mut command = portico();
    command.args(["demo", "--port", "0", "--state"]).arg(&state.0);
    command
}

#[tokio::test]
async fn demo_answers_each_role_and_cleans_up() {
    let state = State::new();
    let service = Service::start(demo(&state).arg("--fresh"));
    for (token, role) in [
        ("demo-owner", "OWNER"),
        ("demo-staff", "STAFF"),
        ("demo-trade", "TRADE"),
        ("demo-client", "CLIENT"),
        ("demo-reporting", "REPORTING"),
        ("demo-support", "SUPPORT"),
    ] {
        assert_eq!(service.ask(token, "{ viewer { role } }").await.1["data"]["viewer"]["role"], role);
    }
    let (status, answer) = service.ask("demo-session-gil", "{ viewer { role } }").await;
    assert_eq!((status, &answer["errors"][0]["extensions"]["code"]), (401, &json!("UNAUTHENTICATED")));
    // The demo is local, so it serves its metrics on the same address.
    let metrics = reqwest::get(format!("{}/metrics", service.address)).await.expect("it answers");
    let metrics = metrics.text().await.expect("text");
    assert!(metrics.contains(r#"portico_requests_total{operation="other",audience="TRADE",outcome="ok",code=""} 1"#));
    let mail = reqwest::get(format!("{}/dev/mail", service.address)).await.expect("it answers");
    assert!(mail.text().await.expect("text").contains("Nothing has been sent yet"));
    let secret = state.secret();
    assert!(!state.processes().is_empty());
    assert_eq!(service.end(Signal::TERM), Some(0));
    state.wait_until_nothing_is_left();
    // Again with the same data, and ended by Ctrl-C.
    let service = Service::start(&mut demo(&state));
    assert_eq!(state.secret(), secret, "links that were mailed before still work");
    assert_eq!(service.ask("demo-client", "{ viewer { name } }").await.1["data"]["viewer"]["name"], "Ana Whitlock");
    sign_in_by_mail(&service).await;
    let mut second = demo(&state);
    let output = run(&mut second);
    assert!(!output.status.success(), "two demos in one folder");
    assert!(text(&output.stderr).contains(&state.0.display().to_string()), "{}", text(&output.stderr));
    assert_eq!(service.ask("demo-client", "{ viewer { name } }").await.0, 200, "the first one continues to serve");
    assert_eq!(service.end(Signal::INT), Some(0));
    state.wait_until_nothing_is_left();
}

/// Requests a link, and follows it from the mail to the portal.
async fn sign_in_by_mail(service: &Service) {
    let caller = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let ask = "mutation { magicLinkRequest(input: { email: \"ines.duarte@mail.example\" }) { message } }";
    let asked = caller.post(format!("{}/graphql", service.address)).json(&json!({ "query": ask })).send().await;
    assert!(asked.expect("it answers").status().is_success());
    let is_mail = |path: &str| path.starts_with("/dev/mail/") && !path.contains('.');
    let started = Instant::now();
    let link = loop {
        let get = async |path: &str| {
            let page = caller.get(format!("{}{path}", service.address)).send().await.expect("it answers");
            page.text().await.expect("text")
        };
        let list = get("/dev/mail").await;
        let mail = list.split("href=\"").find_map(|rest| rest.split('"').next().filter(|path| is_mail(path)));
        if let Some(mail) = mail {
            let text = get(mail).await.replace("&#x2f;", "/");
            let link = text.split(['"', '\'', '<', '>', ' ', '\n']).find(|word| word.contains("/auth/link/"));
            break link.unwrap_or_else(|| panic!("there is no link in {text}")).to_owned();
        }
        assert!(started.elapsed() < LONG, "no mail came: {list}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(link.starts_with(&service.address), "it leads here: {link}");
    assert!(caller.get(&link).send().await.expect("it answers").status().is_success());
    let entered = caller.post(&link).send().await.expect("it answers");
    let cookie = entered.headers()["set-cookie"].to_str().expect("cookies are text").to_owned();
    let cookie = cookie.split(';').next().unwrap_or_default();
    let query = caller.post(format!("{}/graphql", service.address)).header("cookie", cookie);
    let answer = query.json(&json!({ "query": "{ viewer { name role } }" })).send().await.expect("it answers");
    let answer: serde_json::Value = answer.json().await.expect("JSON");
    assert_eq!(answer["data"]["viewer"], json!({ "name": "Ines Duarte", "role": "CLIENT" }), "{answer}");
}

#[test]
fn interrupted_demo_start_cleans_up() {
    let state = State::new();
    let mut child = demo(&state)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it can be started");
    let started = Instant::now();
    while state.processes().len() < 2 && started.elapsed() < LONG {
        std::thread::sleep(Duration::from_millis(5));
    }
    let out = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let service = Service { child, address: String::new(), out };
    assert_eq!(service.end(Signal::TERM), Some(0));
    state.wait_until_nothing_is_left();
}

#[test]
fn port_in_use_is_reported_first() {
    let state = State::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = taken.local_addr().expect("it has an address").port();
    let output = run(portico().args(["demo", "--port", &port.to_string(), "--state"]).arg(&state.0));
    assert!(!output.status.success());
    let message = text(&output.stderr);
    assert!(message.contains(&format!("127.0.0.1:{port}")) && message.contains("port"), "{message}");
    assert!(!state.0.exists(), "the folder was made for nothing");
}

#[test]
fn printed_schema_equals_the_stored_one() {
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema.graphql");
    let output = run(portico().arg("schema"));
    assert!(output.status.success());
    // Not `assert_eq`, which would print both.
    let is_current = text(&output.stdout) == fs::read_to_string(kept).expect("schema.graphql is there");
    assert!(is_current, "schema.graphql is not current: run `just schema`");
}

#[test]
fn schema_is_printed_per_role() {
    let printed = |arguments: &[&str]| {
        let output = run(portico().arg("schema").args(arguments));
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let client = printed(&["--as", "client"]);
    assert!(client.contains("milestones") && !client.contains("budget") && !client.contains("@shared"));
    assert!(!printed(&["--as", "staff"]).contains("budget"));
    assert!(printed(&["--as", "staff", "--with", "costs_view"]).contains("budget"));
    assert!(!printed(&["--as", "reporting", "--with", "COSTS_VIEW"]).contains("targetMargin"));
    assert!(printed(&["--as", "owner"]).contains("payRate"));
    assert!(!printed(&["--as", "public"]).contains("viewer"));
    assert!(!printed(&["--as", "reporting", "--with", "all"]).contains("payRate"));
    for wrong in [&["--as", "nobody"][..], &["--with", "COSTS_VIEW"], &["--as", "staff", "--with", "EVERYTHING"]] {
        let output = run(portico().arg("schema").args(wrong));
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(!output.stderr.is_empty());
    }
}
