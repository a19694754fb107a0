//! Tests of files that are scanned for malware (FIL-11, STA-14).

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use chrono::TimeDelta;
use portico::ClockSource;
use portico::jobs::{FileScanContext, JobContext, Worker, WorkerNotifier};
use portico_adapters::mail::Transport;
use portico_adapters::scanner::{ScannerAddress, ScannerLimits};
use portico_core::clock::Clock;
use portico_core::files::RenditionKind;
use portico_core::files::limits::OBJECT_BYTES;
use portico_core::files::scan::FileScanJob;
use portico_testkit::queue::{TestWorker, insert, sign_in_link, start};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{images, perform, sees};
use crate::operations::log::capture;
use crate::support::files::{download_path, finalize, now, patch, sample, staged, status, upload_path, uuid_of};
use crate::support::mail_server::MailServer;
use crate::support::refusals;
use crate::support::scanner::{LIMIT, MALWARE, Mood, Scanner};

/// The demo's gateway, whose files are scanned.
async fn app() -> TestApp {
    TestApp::demo().await.rewired(|app| app.files.has_scanner = true)
}

/// Waits that a test can wait for.
const SHORT: ScannerLimits = ScannerLimits {
    connect: Duration::from_millis(500),
    stalled: Duration::from_millis(500),
    result: Duration::from_millis(500),
};

/// A worker with this scanner, after this time.
fn worker(app: &TestApp, scanner: ScannerAddress, after: TimeDelta) -> Worker {
    worker_with(app, scanner, ScannerLimits::default(), after)
}

fn worker_with(app: &TestApp, scanner: ScannerAddress, limits: ScannerLimits, after: TimeDelta) -> Worker {
    let clock = Arc::new(move || Clock::at(now() + after));
    let (writer, files) = (app.store().worker(), app.files().store.clone().expect("a store"));
    let context = FileScanContext { writer: writer.clone(), files, scanner, limits, clock: Arc::clone(&clock) as _ };
    Worker::new(writer, clock, WorkerNotifier::default()).with::<FileScanJob>(Arc::new(context))
}

async fn scan(app: &TestApp, scanner: &Scanner) -> usize {
    worker(app, scanner.address(), TimeDelta::seconds(1)).round().await.expect("the queue can be read")
}

/// Uploads a file. Returns its id.
async fn uploaded(app: &TestApp, by: &Person, name: &str, content: &str) -> String {
    let upload = staged(app, by, name, content.len()).await;
    let sent = patch(app, &upload_path(app, by, &upload), 0, content.to_owned()).await;
    assert_eq!(sent.status, StatusCode::NO_CONTENT, "{}", sent.text);
    let reply = finalize(app, by, &upload, json!({})).await;
    assert_eq!(reply.at("/fileFinalize/userErrors"), &json!([]), "{}", reply.text);
    let query = format!("select id::text as text from files where name = '{name}'");
    let id = app.database().db_texts(&query).await.pop().expect("a file");
    TestApp::global(portico_core::id::Tag::FILE, id.parse().expect("an id"))
}

async fn state(app: &TestApp, id: &str) -> Value {
    let query = "query($id: ID!) { node(id: $id) { ... on File { state scanResult } } }";
    let known = app.ask_with(&Person::owner(), query, json!({ "id": id })).await.at("/node").clone();
    json!([known["state"], known["scanResult"]])
}

async fn job(app: &TestApp) -> String {
    let query =
        "select state || ' ' || attempts || coalesce(' ' || last_error, '') as text from jobs where kind = 'file_scan'";
    app.database().db_texts(query).await.pop().unwrap_or_default()
}

#[tokio::test]
async fn clean_file_is_shown_after_its_scan() {
    // FIL-11, STA-14
    let (app, scanner) = (app().await, Scanner::start().await);
    let ana = Person::client();
    let upload = staged(&app, &ana, "Gutters.txt", 21).await;
    patch(&app, &upload_path(&app, &ana, &upload), 0, sample(21)).await;
    let reply = finalize(&app, &ana, &upload, json!({})).await;
    assert_eq!(reply.at("/fileFinalize"), &json!({ "file": null, "userErrors": [] }), "{}", reply.text);
    // Over the end of an object.
    let id = uploaded(&app, &ana, "Long.txt", &sample(OBJECT_BYTES + 1_000)).await;
    let from = |person: &Person| download_path(&app, person, &id, RenditionKind::Original);
    assert_eq!(state(&app, &id).await, json!(["CHECKING", "PENDING"]));
    for person in [Person::client(), Person::named("ben"), Person::trade()] {
        assert!(!sees(&app, &person, &id).await, "{person:?}");
        assert_eq!(status(&app, &from(&person)).await, StatusCode::NOT_FOUND);
    }
    assert!(sees(&app, &Person::staff(), &id).await);
    assert_eq!(scan(&app, &scanner).await, 2);
    assert_eq!(state(&app, &id).await, json!(["AVAILABLE", "CLEAN"]));
    for (person, is_seen) in [(Person::client(), true), (Person::named("ben"), true), (Person::trade(), false)] {
        assert_eq!(sees(&app, &person, &id).await, is_seen, "{person:?}");
    }
    assert_eq!(status(&app, &from(&ana)).await, StatusCode::OK);
    assert_eq!((scan(&app, &scanner).await, scanner.scans()), (0, 2));
}

#[tokio::test]
async fn malware_is_for_staff_to_release() {
    let (app, scanner) = (app().await, Scanner::start().await);
    let id = uploaded(&app, &Person::client(), "Gutters.txt", &format!("{MALWARE} and more")).await;
    assert_eq!(scan(&app, &scanner).await, 1);
    assert_eq!(state(&app, &id).await, json!(["QUARANTINED", "INFECTED"]));
    let from = download_path(&app, &Person::client(), &id, RenditionKind::Original);
    assert_eq!(status(&app, &from).await, StatusCode::NOT_FOUND);
    let owner = Person::owner();
    let change = async |mutation: &str| perform(&app, &owner, mutation, json!({ "id": id }), "").await;
    change("fileDelete").await;
    assert_eq!(refusals(&change("fileRelease").await), ["INVALID_STATE input.id"]);
    // Restored, it is withheld as before.
    change("fileRestore").await;
    assert_eq!(state(&app, &id).await, json!(["QUARANTINED", "INFECTED"]));
    assert_eq!(change("fileRelease").await["userErrors"], json!([]));
    assert_eq!(state(&app, &id).await, json!(["AVAILABLE", "INFECTED"]));
    assert!(sees(&app, &Person::named("ben"), &id).await);
    assert_eq!(status(&app, &from).await, StatusCode::OK);
    let again = perform(&app, &owner, "fileRelease", json!({ "id": id }), "file { state }").await;
    assert_eq!(again["file"], json!({ "state": "AVAILABLE" }), "{again}");
    let log = "select kind || ' ' || actor_kind as text from activity where kind = 'FILE_RELEASED'";
    assert_eq!(app.database().db_texts(log).await, ["FILE_RELEASED OWNER"]);
}

#[tokio::test]
async fn images_are_made_of_clean_and_released_photos() {
    // FIL-11: no codec reads what the scanner has not seen.
    let (app, scanner) = (app().await, Scanner::start().await);
    let owner = Person::owner();
    images::uploaded(&app, &owner, "Porch.jpg", &images::photo()).await;
    let infected = [images::photo(), MALWARE.into()].concat();
    let infected = images::uploaded(&app, &owner, "Porch with more.jpg", &infected).await;
    assert_eq!(images::jobs(&app).await, Vec::<String>::new());
    assert_eq!(scan(&app, &scanner).await, 2);
    assert_eq!(images::jobs(&app).await, ["WAITING 0"], "of the clean one");
    perform(&app, &owner, "fileRelease", json!({ "id": infected }), "").await;
    assert_eq!(images::jobs(&app).await, ["WAITING 0", "WAITING 0"]);
}

#[tokio::test]
async fn file_beyond_the_scanners_limit_is_withheld() {
    let (app, scanner) = (app().await, Scanner::start().await);
    let id = uploaded(&app, &Person::client(), "Long.txt", &sample(2 * LIMIT)).await;
    assert_eq!(scan(&app, &scanner).await, 1);
    assert_eq!(state(&app, &id).await, json!(["QUARANTINED", "FAILED"]));
    assert_eq!(job(&app).await, "DONE 1");
}

#[tokio::test]
async fn scan_is_repeated_until_it_has_a_result() {
    let (app, scanner) = (app().await, Scanner::start().await);
    let id = uploaded(&app, &Person::client(), "Gutters.txt", &sample(1_000_000)).await;
    let round = async |address: ScannerAddress, minutes: i64| {
        let worker = worker(&app, address, TimeDelta::minutes(minutes));
        assert_eq!(worker.round().await.expect("the queue can be read"), 1);
        assert_eq!(state(&app, &id).await[0] == "CHECKING", job(&app).await.starts_with("WAITING"));
        job(&app).await
    };
    let nowhere = "tcp://127.0.0.1:1".parse().expect("an address");
    assert!(round(nowhere, 1).await.contains("the scanner is not available: Connection refused"));
    scanner.turn(Mood::Cut);
    assert!(round(scanner.address(), 3).await.starts_with("WAITING 2 the scanner is not available"));
    scanner.turn(Mood::Fail);
    assert!(round(scanner.address(), 10).await.contains("Can't allocate memory"));
    scanner.turn(Mood::Scan);
    assert_eq!(round(scanner.address(), 60).await, "DONE 4");
    assert_eq!(state(&app, &id).await, json!(["AVAILABLE", "CLEAN"]));
}

#[tokio::test]
async fn silent_scanner_is_given_up_and_tried_again() {
    // FIL-11, ROB-38
    let (app, scanner) = (app().await, Scanner::start().await);
    // Two are scanned at once. The long one is larger than the buffers of a connection.
    let (small, long) = (sample(70_000), sample(12 * 1024 * 1024));
    let mut ids = Vec::new();
    for (name, content) in [("Short.txt", &small), ("Long.txt", &long)] {
        ids.push(uploaded(&app, &Person::client(), name, content).await);
    }
    let mut minutes = 1;
    for (mood, reasons) in [
        (Mood::Silent, ["no result within 500ms", "no result within 500ms"]),
        (Mood::Stalled, ["no result within 500ms", "it took no byte for 500ms"]),
    ] {
        scanner.turn(mood);
        let started = Instant::now();
        let worker = worker_with(&app, scanner.address(), SHORT, TimeDelta::minutes(minutes));
        assert_eq!(worker.round().await.expect("the queue can be read"), 2);
        assert!(started.elapsed() >= SHORT.stalled, "{mood:?}");
        let errors = "select last_error as text from jobs where kind = 'file_scan' and state = 'WAITING' order by key";
        let mut errors = app.database().db_texts(errors).await;
        errors.sort_by_key(|error| error.contains("took no byte"));
        for (error, reason) in errors.iter().zip(reasons) {
            assert_eq!(*error, format!("the scanner is not available: {reason}"), "{mood:?}");
        }
        for id in &ids {
            assert_eq!(state(&app, id).await, json!(["CHECKING", "PENDING"]), "{mood:?}");
            assert!(!sees(&app, &Person::named("ben"), id).await, "{mood:?}");
            assert!(sees(&app, &Person::staff(), id).await, "{mood:?}");
        }
        assert_eq!(scanner.connections(), 0, "{mood:?}: none is left");
        // Not before its time.
        assert_eq!(worker.round().await.expect("the queue can be read"), 0);
        minutes += 10;
    }
    scanner.turn(Mood::Scan);
    let worker = worker_with(&app, scanner.address(), ScannerLimits::default(), TimeDelta::hours(2));
    assert_eq!(worker.round().await.expect("the queue can be read"), 2);
    assert_eq!(state(&app, &ids[0]).await, json!(["AVAILABLE", "CLEAN"]));
    // It is larger than the scanner accepts.
    assert_eq!(state(&app, &ids[1]).await, json!(["QUARANTINED", "FAILED"]));
}

#[tokio::test]
async fn log_has_causes_and_file_ids() {
    let (app, scanner) = (app().await, Scanner::start().await);
    let id = uploaded(&app, &Person::client(), "Gutters.txt", MALWARE).await;
    insert(&app, &[sign_in_link("a", "ana@client.example")]).await.expect("it can be written");
    let (captured, _guard) = capture();
    let lines = |message: &str| -> Vec<Value> {
        let text = captured.text();
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.filter(|line| line["message"].as_str().is_some_and(|found| found.starts_with(message))).collect()
    };
    scanner.turn(Mood::Fail);
    assert_eq!(scan(&app, &scanner).await, 1);
    let nowhere = Transport::smtp("smtp://127.0.0.1:1").expect("an address");
    assert_eq!(TestWorker::new(&app, nowhere).round().await, 1);
    let failed = lines("job attempt failed");
    assert_eq!((&failed[0]["kind"], &failed[1]["kind"]), (&json!("file_scan"), &json!("mail")));
    let error = "the scanner is not available: Can't allocate memory ERROR";
    assert_eq!(failed[0]["error"], error, "{failed:?}");
    assert_eq!(failed[1].get("error"), None, "answers of mail servers may repeat addresses");
    scanner.turn(Mood::Scan);
    let later = worker(&app, scanner.address(), TimeDelta::hours(1));
    assert_eq!(later.round().await.expect("the queue can be read"), 1);
    let found = lines("malware found");
    assert_eq!(found[0]["file"], uuid_of(&id).to_string(), "{found:?}");
}

#[tokio::test]
async fn silent_scanner_delays_no_mail() {
    let (app, scanner, server) = (app().await, Scanner::start().await, MailServer::start().await);
    scanner.turn(Mood::Silent);
    let id = uploaded(&app, &Person::client(), "Gutters.txt", &sample(100)).await;
    let files = app.files().store.clone().expect("a store");
    let clock: ClockSource = Arc::new(|| Clock::at(now().max(start()) + TimeDelta::minutes(1)));
    let writer = app.store().worker();
    let limits = ScannerLimits::default();
    let context = FileScanContext {
        writer: writer.clone(),
        files,
        scanner: scanner.address(),
        limits,
        clock: Arc::clone(&clock),
    };
    let mails = JobContext { writer, composer: app.composer(), transport: server.transport(), hosts: None };
    let worker = Worker::of_gateway(mails, clock, WorkerNotifier::default()).with::<FileScanJob>(Arc::new(context));
    let sent = async {
        while scanner.connections() == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Written while the scan waits, so another round of mails follows; the worker notices it when it polls.
        insert(&app, &[sign_in_link("a", "ana@client.example")]).await.expect("it can be written");
        while server.mails().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    worker.draining_for(Duration::ZERO).run(sent).await;
    assert_eq!(server.recipients(), ["ana@client.example"]);
    assert_eq!(state(&app, &id).await, json!(["CHECKING", "PENDING"]));
    assert_eq!(job(&app).await, "WAITING 1", "its lease has ended, and another worker tries again");
    assert_eq!(scanner.connections(), 0);
}

#[tokio::test]
async fn released_file_is_still_scanned() {
    let (app, scanner) = (app().await, Scanner::start().await);
    let (clean, infected) = ("Gutters.txt", "Downspouts.txt");
    let clean = uploaded(&app, &Person::client(), clean, &sample(100)).await;
    let infected = uploaded(&app, &Person::client(), infected, MALWARE).await;
    for id in [&clean, &infected] {
        let released = perform(&app, &Person::owner(), "fileRelease", json!({ "id": id }), "file { state }").await;
        assert_eq!(released["file"], json!({ "state": "AVAILABLE" }), "{released}");
        assert!(sees(&app, &Person::named("ben"), id).await);
    }
    assert_eq!(scan(&app, &scanner).await, 2);
    assert_eq!(state(&app, &clean).await, json!(["AVAILABLE", "CLEAN"]));
    assert_eq!(state(&app, &infected).await, json!(["QUARANTINED", "INFECTED"]));
    assert!(!sees(&app, &Person::named("ben"), &infected).await);
}

#[tokio::test]
async fn deleted_file_stays_deleted() {
    let (app, scanner) = (app().await, Scanner::start().await);
    let id = uploaded(&app, &Person::owner(), "Gutters.txt", &sample(100)).await;
    perform(&app, &Person::owner(), "fileDelete", json!({ "id": id }), "").await;
    assert_eq!(scan(&app, &scanner).await, 1);
    assert_eq!(state(&app, &id).await, json!(["DELETED", "CLEAN"]));
}
