//! Tests of files that are scanned for malware (FIL-11, STA-14).

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::TimeDelta;
use portico::jobs::{FileScanContext, Worker, WorkerNotifier};
use portico_adapters::scanner::ScannerAddress;
use portico_core::clock::Clock;
use portico_core::files::RenditionKind;
use portico_core::files::limits::OBJECT_BYTES;
use portico_core::files::scan::FileScanJob;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{images, perform, sees};
use crate::support::files::{download_path, finalize, now, patch, sample, staged, status, upload_path};
use crate::support::refusals;
use crate::support::scanner::{LIMIT, MALWARE, Mood, Scanner};

/// The demo's gateway, whose files are scanned.
async fn app() -> TestApp {
    TestApp::demo().await.rewired(|app| app.files.has_scanner = true)
}

/// A worker with this scanner, after this time.
fn worker(app: &TestApp, scanner: ScannerAddress, after: TimeDelta) -> Worker {
    let clock = Arc::new(move || Clock::at(now() + after));
    let (writer, files) = (app.store().worker(), app.files().store.clone().expect("a store"));
    let context = FileScanContext { writer: writer.clone(), files, scanner, clock: Arc::clone(&clock) as _ };
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
