//! Faults of the store, of callers and of gateways while files are sent.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use portico::jobs::{Worker, WorkerNotifier};
use portico_actions::files::{UploadObjectBegin, UploadObjectEnd};
use portico_adapters::files::{FileStore, FileStoreError};
use portico_core::clock::Clock;
use portico_core::files::hash::ContentHash;
use portico_core::files::{RenditionKind, head};
use portico_core::id::{CompanyId, UploadId, new_uuid};
use portico_fixtures::world::World;
use portico_testkit::{Person, TestApp};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{TEXT, file};
use crate::support::files::{
    download_path, finalize, now, offset_of, patch, request, staged, text, upload_path, uuid_of,
};

const FLOOR_PLAN: &str = "Floor plan.pdf";
const OBJECTS: &str = "select count(*) from file_objects";

/// The worker of a gateway after this time.
fn worker(app: &TestApp, after: TimeDelta) -> Worker {
    let clock = Arc::new(move || Clock::at(now() + after));
    let worker = Worker::new(app.store().worker(), clock, WorkerNotifier::default());
    worker.with_files(app.files().store.clone())
}

/// Sweeps until nothing is left to sweep.
async fn sweep(app: &TestApp) {
    worker(app, TimeDelta::days(2)).run_periodic_tasks().await;
}

#[tokio::test]
async fn full_store_serves_reads() {
    // F29, F30
    let app = TestApp::demo().await;
    let (ana, store) = (Person::client(), app.files().store.clone().expect("a store"));
    let upload = staged(&app, &ana, "Gutters.txt", TEXT.len()).await;
    let to = upload_path(&app, &ana, &upload);
    assert_eq!(offset_of(&patch(&app, &to, 0, &TEXT[..10]).await), "10");
    store.fail_with(Some(FileStoreError::Full("no space left on device".to_owned())));
    for _ in 0..3 {
        let refused = patch(&app, &to, 10, &TEXT[10..]).await;
        assert_eq!(refused.status, StatusCode::INSUFFICIENT_STORAGE, "{}", refused.text);
        assert!(refused.text.contains("is full: try again later"), "{}", refused.text);
        assert!(!refused.text.contains("device"), "{}", refused.text);
        let known = app.send(request(Method::HEAD, &to, &[], Body::empty())).await;
        assert_eq!(offset_of(&known), "10");
    }
    for person in [Person::client(), Person::staff()] {
        let from = download_path(&app, &person, &file(&app, FLOOR_PLAN), RenditionKind::Original);
        let part = app.send(request(Method::GET, &from, &[("range", "bytes=0-3")], Body::empty())).await;
        assert_eq!((part.status, part.text.as_str()), (StatusCode::PARTIAL_CONTENT, "%PDF"));
        let listed = app.ask(&person, "{ viewer { projects { nodes { files { totalCount } } } } }").await;
        assert_eq!(listed.status, StatusCode::OK, "{}", listed.text);
    }
    store.fail_with(None);
    assert_eq!(offset_of(&patch(&app, &to, 10, &TEXT[10..]).await), "21");
    let reply = finalize(&app, &ana, &upload, json!({})).await;
    let id = reply.at("/fileFinalize/file/id").as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned();
    let from = download_path(&app, &ana, &id, RenditionKind::Original);
    assert_eq!(text(&app, &from).await.text.as_bytes(), TEXT);
    // What did not fit has rows until the sweep.
    assert_eq!(app.database().db_count(&format!("{OBJECTS} where state = 'PENDING'")).await, 3);
    sweep(&app).await;
    assert_eq!(app.database().db_count(&format!("{OBJECTS} where state = 'PENDING'")).await, 0);
    assert_eq!(text(&app, &from).await.text.as_bytes(), TEXT);
}

/// A folder that is deleted at the end of the test.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn unmounted_folder_is_unavailable() {
    let root = Folder(std::env::temp_dir().join(format!("portico-files-{}", new_uuid())));
    let (mounted, away) = (root.0.join("mounted"), root.0.join("away"));
    let store = FileStore::open_folder(mounted.clone()).await.expect("the folder can be used");
    store.claim(None, false).await.expect("a new store");
    let app = TestApp::demo().await.rewired(|app| app.files.store = Some(store));
    let ana = Person::client();
    let done = staged(&app, &ana, "Done.txt", TEXT.len()).await;
    patch(&app, &upload_path(&app, &ana, &done), 0, TEXT).await;
    let reply = finalize(&app, &ana, &done, json!({})).await;
    let id = reply.at("/fileFinalize/file/id").as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned();
    let from = download_path(&app, &ana, &id, RenditionKind::Original);
    let to = upload_path(&app, &ana, &staged(&app, &ana, "Gutters.txt", TEXT.len()).await);
    assert_eq!(offset_of(&patch(&app, &to, 0, &TEXT[..10]).await), "10");
    // Without its file system, the folder is empty.
    fs::rename(&mounted, &away).expect("it is moved");
    fs::create_dir(&mounted).expect("the place remains");
    let before = app.database().db_count(OBJECTS).await;
    for _ in 0..2 {
        for reply in [text(&app, &from).await, patch(&app, &to, 10, &TEXT[10..]).await] {
            assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{}", reply.text);
            assert!(reply.headers.contains_key("retry-after"));
        }
    }
    sweep(&app).await;
    assert!(app.database().db_count(OBJECTS).await > before, "rows of objects that cannot be deleted remain");
    assert_eq!(fs::read_dir(&mounted).expect("a folder").count(), 0, "nothing is written to the empty folder");
    fs::remove_dir(&mounted).expect("it is empty");
    fs::rename(&away, &mounted).expect("it is moved back");
    assert_eq!(text(&app, &from).await.text.as_bytes(), TEXT);
    assert_eq!(offset_of(&patch(&app, &to, 10, &TEXT[10..]).await), "21");
}

/// Open files and connections of this process.
fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").expect("the process's files").count()
}

#[tokio::test]
async fn hundred_clients_gone_leave_nothing() {
    // F31
    let root = Folder(std::env::temp_dir().join(format!("portico-files-{}", new_uuid())));
    let store = FileStore::open_folder(root.0.clone()).await.expect("the folder can be used");
    store.claim(None, false).await.expect("a new store");
    let app = TestApp::demo().await.rewired(|app| app.files.store = Some(store));
    let address = app.serve().await;
    let before = app.database().db_count(OBJECTS).await;
    let people = [Person::client(), Person::named("ben"), Person::owner()];
    let mut paths = Vec::new();
    for number in 0..20 {
        for person in &people {
            let upload = staged(&app, person, &format!("Gutters {number}.txt"), 1_000_000).await;
            paths.push(upload_path(&app, person, &upload));
        }
    }
    // Connections to the database may be added, and are kept.
    let most = open_files() + 25;
    for round in paths.chunks(15).cycle().take(7).collect::<Vec<_>>() {
        let mut gone = Vec::new();
        for to in round {
            let mut stream = TcpStream::connect(address).await.expect("it listens");
            let head = format!("PUT {to} HTTP/1.1\r\nhost: portal.example\r\ncontent-length: 1000000\r\n\r\n");
            stream.write_all(head.as_bytes()).await.expect("it is sent");
            stream.write_all(&[b'x'; 50_000]).await.expect("it is sent");
            gone.push(stream);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        drop(gone);
    }
    let started = Instant::now();
    let open = async || {
        let metrics = app.metrics().await;
        metrics.contains("portico_files_open{kind=\"upload\"} 0") && open_files() <= most
    };
    while !open().await {
        assert!(started.elapsed() < Duration::from_secs(60), "{} files are open, of {most}", open_files());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // Others can upload as before.
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let head = format!("HEAD {} HTTP/1.1\r\nhost: portal.example\r\nconnection: close\r\n\r\n", paths[0]);
    stream.write_all(head.as_bytes()).await.expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // Their uploads end with their time, and with them all bytes.
    app.database().db_execute("update staged_uploads set expires_at = now() - interval '3 days'").await;
    sweep(&app).await;
    sweep(&app).await;
    assert_eq!(app.database().db_count("select count(*) from staged_uploads where file_id is null").await, 0);
    assert_eq!(app.database().db_count(OBJECTS).await, before);
    assert_eq!(app.database().db_count("select count(*) from project_storage where reserved_bytes <> 0").await, 0);
    assert_eq!(files_in(&root.0.join("objects")), 0);
}

/// Number of files in a folder and below it.
fn files_in(folder: &std::path::Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let count = |path: PathBuf| if path.is_dir() { files_in(&path) } else { 1 };
    entries.map(|entry| count(entry.expect("an entry").path())).sum()
}

/// How far a gateway comes with an object before it dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// The row is committed.
    RowCommitted,
    /// The bytes are in the store.
    BytesStored,
    /// The row says so; the caller has no answer.
    Confirmed,
}

#[tokio::test]
async fn gateway_may_die_between_row_and_bytes() {
    // F31: what was acknowledged is there, and what was not leaves nothing.
    let app = TestApp::demo().await;
    let (ana, store) = (Person::client(), app.files().store.clone().expect("a store"));
    let before = app.database().db_count(OBJECTS).await;
    for (progress, known) in
        [(Progress::RowCommitted, "10"), (Progress::BytesStored, "10"), (Progress::Confirmed, "15")]
    {
        let upload = staged(&app, &ana, &format!("{progress:?}.txt"), TEXT.len()).await;
        let to = upload_path(&app, &ana, &upload);
        assert_eq!(offset_of(&patch(&app, &to, 0, &TEXT[..10]).await), "10");
        let (viewer, company) = (Arc::new(app.viewer(&ana).await), CompanyId(World::id("alderbrook")));
        let id = UploadId(uuid_of(&upload));
        let begin = UploadObjectBegin { company, upload: id, start: 10, size: 5 };
        let object = begin.run(&app.actor(Arc::clone(&viewer))).await.expect("the upload is open");
        if progress != Progress::RowCommitted {
            store.put(object.0, vec![TEXT[10..15].into()]).await.expect("they are stored");
        }
        if progress == Progress::Confirmed {
            let mut hash = ContentHash::new();
            hash.update(&TEXT[..15]);
            let (hash_state, head) = (hash.state(), head::encode(&TEXT[..15]));
            let end = UploadObjectEnd { company, upload: id, object, start: 10, size: 5, hash_state, head };
            end.run(&app.actor(viewer)).await.expect("the upload is open");
        }
        // Another gateway answers.
        let head = app.send(request(Method::HEAD, &to, &[], Body::empty())).await;
        assert_eq!(offset_of(&head), known, "{progress:?}");
        let offset: usize = known.parse().expect("a number");
        let rest = patch(&app, &to, offset, &TEXT[offset..]).await;
        assert_eq!(offset_of(&rest), "21", "{progress:?}: {}", rest.text);
        let reply = finalize(&app, &ana, &upload, json!({})).await;
        let file = reply.at("/fileFinalize/file/id").as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned();
        sweep(&app).await;
        let from = download_path(&app, &ana, &file, RenditionKind::Original);
        assert_eq!(text(&app, &from).await.text.as_bytes(), TEXT, "{progress:?}");
        let is_there = store.get(object.0, 0..5).await.is_ok();
        assert_eq!(is_there, progress == Progress::Confirmed, "{progress:?}");
    }
    // Two or three objects of each file.
    assert_eq!(app.database().db_count(OBJECTS).await, before + 2 + 2 + 3);
}
