//! Tests of a worker process with a mail server process, which parses mails as mail programs do.

use std::process::Stdio;
use std::time::Duration;

use portico_adapters::mail::Transport;
use portico_core::mail::{MailJob, MailTemplate};
use portico_testkit::TestApp;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use portico_testkit::queue::{TestWorker, insert, sign_in_link, state_of};

/// Maximum time of any step on a slow machine.
const LONG: Duration = Duration::from_secs(120);
const SECRET: &str = "a secret of more than thirty-two characters";

struct RealServer {
    port: u64,
    out: Lines<BufReader<ChildStdout>>,
    _child: Child,
    /// The server stops when this is closed.
    _input: ChildStdin,
}

impl RealServer {
    async fn start(arguments: &[&str]) -> Self {
        let mut node = Command::new("node");
        node.arg("smtp.mjs").args(arguments);
        node.current_dir(portico_testkit::node::folder());
        node.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = node.spawn().expect("node runs: script/setup installs it");
        let out = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let input = child.stdin.take().expect("it is piped");
        let mut server = Self { port: 0, out, _child: child, _input: input };
        server.port = server.next().await["port"].as_u64().expect("it prints its port");
        server
    }

    /// The next message: its port, or a mail.
    async fn next(&mut self) -> Value {
        let line = tokio::time::timeout(LONG, self.out.next_line()).await.expect("it prints a line");
        let line = line.expect("it prints text").expect("it has not ended");
        serde_json::from_str(&line).expect("it prints JSON")
    }
}

fn worker(app: &TestApp, url: &str) -> Child {
    process(app, "worker", url, &[])
}

fn process(app: &TestApp, command: &str, url: &str, more: &[&str]) -> Child {
    let name = command;
    let mut command = Command::new(env!("CARGO_BIN_EXE_portico"));
    command.args([name, "--database-url", &app.database().address(), "--secret", SECRET]);
    command.args(["--smtp-url", url, "--mail-from", "portal@builders.example"]);
    command.args(more).stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    command.spawn().expect("the binary can be started")
}

#[tokio::test]
async fn separate_worker_sends_queued_mail() {
    let app = TestApp::demo().await;
    let mut server = RealServer::start(&[]).await;
    let invitation = MailJob {
        template: MailTemplate::CustomerInvitation,
        values: json!({ "project": "Maple Street – <Öl & Gas>", "days": 14 }),
        to_name: Some(r#""Ana", Ünal <x@y.example>"#.to_owned()),
        ..sign_in_link("invitation", "ana@client.example")
    };
    insert(&app, &[invitation, sign_in_link("gone", "gone@client.example")]).await.expect("they can be written");
    let mut worker = worker(&app, &format!("smtp://portico:p%40ss@127.0.0.1:{}", server.port));
    let mail = server.next().await;
    assert_eq!(mail["envelope"], json!({ "from": "portal@builders.example", "to": ["ana@client.example"] }));
    assert_eq!(mail["user"], "portico");
    assert_eq!(mail["from"], json!({ "name": "Alderbrook Homes", "address": "portal@builders.example" }));
    assert_eq!(mail["to"], json!([{ "name": r#""Ana", Ünal <x@y.example>"#, "address": "ana@client.example" }]));
    assert_eq!(mail["subject"], "Alderbrook Homes invites you to your project's portal");
    assert_eq!(mail["automatic"], "auto-generated");
    let text = mail["text"].as_str().expect("it has a plain part");
    assert!(text.contains("\"Maple Street – <Öl & Gas>\""), "{text}");
    assert!(text.contains("https://portal.alderbrook.example/auth/link/"), "{text}");
    let html = mail["html"].as_str().expect("it has an HTML part");
    assert!(html.contains("“Maple Street – &lt;Öl &amp; Gas&gt;”"), "{html}");
    for (key, state) in [("invitation", "DONE 1"), ("gone", "REFUSED 1 permanent error (550): no such mailbox")] {
        let noted = async {
            while state_of(&app, key).await != state {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(LONG, noted).await.expect("it is recorded");
    }
    // Mail queued while it runs is sent as well.
    insert(&app, &[sign_in_link("later", "ben@client.example")]).await.expect("it can be written");
    assert_eq!(server.next().await["envelope"]["to"], json!(["ben@client.example"]));
    ends(&mut worker).await;
}

async fn ends(child: &mut Child) {
    let id = child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?)).expect("it runs");
    kill_process(id, Signal::TERM).expect("it is there to be ended");
    let ended = tokio::time::timeout(LONG, child.wait()).await.expect("it ends").expect("it is our child process");
    assert_eq!(ended.code(), Some(0));
}

#[tokio::test]
async fn gateway_sends_mail_unless_disabled() {
    let app = TestApp::demo().await;
    let mut server = RealServer::start(&[]).await;
    let url = format!("smtp://portico:p%40ss@127.0.0.1:{}", server.port);
    insert(&app, &[sign_in_link("1", "ana@client.example")]).await.expect("it can be written");
    for (worker, is_sent) in [("off", false), ("on", true)] {
        let more =
            ["--bind", "127.0.0.1:0", "--pool-size", "1", "--worker", worker, "--public-url", "http://127.0.0.1:9"];
        let mut gateway = process(&app, "serve", &url, &more);
        let mut out = BufReader::new(gateway.stdout.take().expect("it is piped")).lines();
        tokio::time::timeout(LONG, out.next_line())
            .await
            .expect("it starts")
            .expect("it prints text")
            .expect("an address");
        if is_sent {
            let mail = server.next().await;
            assert!(mail["text"].as_str().is_some_and(|text| text.contains("http://127.0.0.1:9/auth/link/")), "{mail}");
        }
        // A worker would send due mail before it stops.
        ends(&mut gateway).await;
        assert_eq!(state_of(&app, "1").await, if is_sent { "DONE 1" } else { "WAITING 0" });
    }
}

#[tokio::test]
async fn wrong_smtp_password_loses_no_mail() {
    let (app, server) = (TestApp::demo().await, RealServer::start(&[]).await);
    let url = format!("smtp://portico:wrong@127.0.0.1:{}", server.port);
    insert(&app, &[sign_in_link("1", "ana@client.example")]).await.expect("it can be written");
    assert_eq!(TestWorker::new(&app, Transport::smtp(&url).expect("it can be used")).round().await, 1);
    let state = state_of(&app, "1").await;
    assert!(state.starts_with("WAITING 1 ") && state.contains("535") && !state.contains("wrong"), "{state}");
}

#[tokio::test]
async fn self_signed_mail_server_is_refused() {
    // ROB-39
    let (app, server) = (TestApp::demo().await, RealServer::start(&["tls"]).await);
    let url = format!("smtps://portico:p%40ss@localhost:{}", server.port);
    insert(&app, &[sign_in_link("1", "ana@client.example")]).await.expect("it can be written");
    assert_eq!(TestWorker::new(&app, Transport::smtp(&url).expect("it can be used")).round().await, 1);
    let state = state_of(&app, "1").await;
    assert!(state.starts_with("WAITING 1 ") && state.to_lowercase().contains("certificate"), "{state}");
}
