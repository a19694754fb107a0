//! Tests of files in a bucket of an S3-compatible server.

use std::process::Command;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use futures_util::TryStreamExt;
use portico_adapters::files::{BucketAccess, FileStore, FileStoreError, MarkerError, StoreClaim};
use portico_core::files::RenditionKind;
use portico_core::files::limits::OBJECT_BYTES;
use portico_core::id::new_uuid;
use portico_devstack::{ServerCertificate, TlsRedis};
use portico_testkit::{Person, TestApp, TestDatabase};
use rustix::process::Signal;
use serde_json::json;

use crate::support::files::{download_path, finalize, offset_of, patch, request, sample, staged, text, upload_path};
use crate::support::object_server::{BUCKET, ObjectServer, Outage, store_in};
use crate::support::service::{SECRET, Service, assert_fails, over, portico, serve};

/// The demo's gateway with this store of files, which is marked.
async fn app_over(store: &FileStore) -> TestApp {
    store.claim(None, false).await.expect("the store can be used");
    TestApp::demo().await.rewired(|app| app.files.store = Some(store.clone()))
}

/// A key of the server, at another address.
fn at(server: &ObjectServer, url: &str) -> BucketAccess {
    BucketAccess { endpoint: Some(url.parse().expect("an address")), ..server.access() }
}

#[tokio::test]
async fn uploads_are_stored_in_a_bucket() {
    let server = ObjectServer::start().await;
    let app = app_over(&server.store("eu/one")).await;
    let ana = Person::client();
    let content = sample(OBJECT_BYTES + 70_001);
    let upload = staged(&app, &ana, "Gutters.txt", content.len()).await;
    let to = upload_path(&app, &ana, &upload);
    let first = patch(&app, &to, 0, content[..100_000].to_owned()).await;
    assert_eq!((first.status, offset_of(&first)), (StatusCode::NO_CONTENT, "100000"), "{}", first.text);
    let rest = patch(&app, &to, 100_000, content[100_000..].to_owned()).await;
    assert_eq!(offset_of(&rest), content.len().to_string(), "{}", rest.text);
    let reply = finalize(&app, &ana, &upload, json!({})).await;
    let id = reply.at("/fileFinalize/file/id").as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned();
    for person in [ana, Person::staff()] {
        let from = download_path(&app, &person, &id, RenditionKind::Original);
        assert!(text(&app, &from).await.text == content, "{person:?}");
        for (range, part) in [
            ("bytes=0-0", &content[..1]),
            // Over the ends of objects.
            ("bytes=99990-4194310", &content[99_990..=4_194_310]),
            ("bytes=4264300-", &content[4_264_300..]),
            ("bytes=-7", &content[content.len() - 7..]),
        ] {
            let reply = app.send(request(Method::GET, &from, &[("range", range)], Body::empty())).await;
            assert_eq!(reply.status, StatusCode::PARTIAL_CONTENT, "{range}");
            assert!(reply.text == part, "{range}");
        }
    }
    assert!(app.metrics().await.contains("portico_files_store_seconds_count{operation=\"put\",outcome=\"ok\"} 2"));
}

#[tokio::test]
async fn objects_of_a_bucket_are_deleted() {
    let server = ObjectServer::start().await;
    let (store, neighbor) = (server.store("one"), server.store("two"));
    let ids = [new_uuid(), new_uuid()];
    for store in [&store, &neighbor] {
        store.claim(None, false).await.expect("the store can be used");
        store.put(ids[0], vec!["abc".into(), "def".into()]).await.expect("it is stored");
    }
    store.delete(&ids).await.expect("one that is absent is no error");
    let read = async |store: &FileStore| {
        let stream = store.get(ids[0], 2..5).await?;
        stream.try_fold(Vec::new(), async |all, part| Ok([&all[..], &part[..]].concat())).await
    };
    assert!(matches!(read(&store).await, Err(FileStoreError::Missing(_))), "{:?}", read(&store).await);
    assert_eq!(read(&neighbor).await.as_deref(), Ok(&b"cde"[..]), "prefixes are apart");
}

#[tokio::test]
async fn bucket_is_marked_once() {
    let server = ObjectServer::start().await;
    let (one, other) = (server.store(""), server.store(""));
    let (first, second) = tokio::join!(one.claim(None, false), other.claim(None, false));
    let (StoreClaim::New(id), StoreClaim::New(same)) = (first.expect("new"), second.expect("new")) else {
        panic!("the database has to record it");
    };
    assert_eq!(id, same);
    assert_eq!(one.claim(Some(id), true).await, Ok(StoreClaim::Known(id)));
    assert!(matches!(one.claim(Some(new_uuid()), true).await, Err(MarkerError::Other(_))));
    assert!(matches!(server.store("other").claim(Some(id), true).await, Err(MarkerError::Other(_))));
    // Emptied meanwhile: its rows must not be deleted as those of absent objects.
    server.delete("portico-store").await;
    assert!(matches!(one.get(new_uuid(), 0..1).await.map(|_| ()), Err(FileStoreError::Unavailable(_))));
    assert!(matches!(one.delete(&[new_uuid()]).await, Err(FileStoreError::Unavailable(_))));
}

#[tokio::test]
async fn upload_resumes_when_the_bucket_is_back() {
    let server = ObjectServer::start().await;
    let outage = Outage::before(&server, Duration::from_millis(100)).await;
    let access = at(&server, &format!("http://127.0.0.1:{}", outage.port()));
    let app = app_over(&store_in(&format!("s3://{BUCKET}/a"), &access)).await;
    let ana = Person::client();
    let content = sample(300_000);
    let upload = staged(&app, &ana, "Gutters.txt", content.len()).await;
    let to = upload_path(&app, &ana, &upload);
    assert_eq!(offset_of(&patch(&app, &to, 0, content[..100_000].to_owned()).await), "100000");
    outage.turn(true);
    for _ in 0..2 {
        let refused = patch(&app, &to, 100_000, content[100_000..].to_owned()).await;
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.text);
        assert!(refused.headers.contains_key("retry-after"));
    }
    let head = app.send(request(Method::HEAD, &to, &[], Body::empty())).await;
    assert_eq!(offset_of(&head), "100000");
    outage.turn(false);
    let rest = patch(&app, &to, 100_000, content[100_000..].to_owned()).await;
    assert_eq!((rest.status, offset_of(&rest)), (StatusCode::NO_CONTENT, "300000"), "{}", rest.text);
    let reply = finalize(&app, &ana, &upload, json!({})).await;
    let id = reply.at("/fileFinalize/file/id").as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned();
    let from = download_path(&app, &ana, &id, RenditionKind::Original);
    assert!(text(&app, &from).await.text == content);
    outage.turn(true);
    let refused = text(&app, &from).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.text);
    outage.turn(false);
    assert_eq!(text(&app, &from).await.status, StatusCode::OK);
}

#[tokio::test]
async fn encrypted_bucket_needs_its_authority() {
    let server = ObjectServer::start().await;
    // For its certificates.
    let redis = TlsRedis::start(ServerCertificate::Valid, false).expect("Redis starts");
    let certificates = redis.certificates();
    let (pem, key) = certificates.server(ServerCertificate::Valid);
    let outage = Outage::encrypted(&server, (&pem, &key)).await;
    let access = |host: &str, authority| BucketAccess {
        authority: Some(authority),
        ..at(&server, &format!("https://{host}:{}", outage.port()))
    };
    let location = format!("s3://{BUCKET}/tls");
    let store = store_in(&location, &access("localhost", certificates.authority()));
    store.claim(None, false).await.expect("the certificate is trusted");
    store.put(new_uuid(), vec!["abc".into()]).await.expect("it is stored");
    let store = store_in(&location, &access("localhost", certificates.foreign_authority()));
    let Err(error) = store.claim(None, false).await else { panic!("the certificate is not of this CA") };
    assert!(error.to_string().contains("--files-s3-ca"), "{error}");
}

/// `serve` or `worker` with a bucket.
fn with_bucket<'a>(command: &'a mut Command, server: &ObjectServer, bucket: &str) -> &'a mut Command {
    command
        .args(["--files-store", &format!("s3://{bucket}/files"), "--files-s3-endpoint", &server.address])
        .env("PORTICO_FILES_S3_KEY_ID", &server.key_id)
        .env("PORTICO_FILES_S3_SECRET", &server.secret)
}

#[tokio::test]
async fn faults_of_a_bucket_are_named() {
    let (server, database) = (ObjectServer::start().await, TestDatabase::empty().await);
    let with = |bucket: &str| {
        let mut command = serve(&database);
        with_bucket(&mut command, &server, bucket);
        command
    };
    assert_fails(
        with(BUCKET).env("PORTICO_FILES_S3_SECRET", "hunter2"),
        &["--files-store", "SignatureDoesNotMatch", "check --files-s3-secret"],
    );
    assert_fails(
        with(BUCKET).env("PORTICO_FILES_S3_KEY_ID", "hunter2"),
        &["--files-store", "InvalidAccessKeyId", "check --files-s3-key-id"],
    );
    assert_fails(&mut with("portico-other"), &["NoSuchBucket", "create the bucket"]);
    let mut command = serve(&database);
    command.args(["--files-store", "s3://bucket", "--files-s3-secret", "hunter2", "--files-s3-key-id", "hunter2"]);
    let unreachable = ["--files-s3-endpoint", "http://127.0.0.1:1"];
    assert_fails(command.args(unreachable), &["--files-store", "cannot connect to 127.0.0.1:1"]);
}

#[test]
fn unusable_settings_of_a_bucket_are_named() {
    let serve = || {
        let mut command = portico();
        command.args(["serve", "--secret", SECRET, "--bind", "127.0.0.1:0"]);
        command.args(["--database-url", "postgres://127.0.0.1:1/portico"]);
        command
    };
    for (options, words) in [
        (&["--files-store", "s3://bucket"][..], "--files-s3-key-id"),
        (&["--files-store", "s3://bucket", "--files-s3-key-id", "hunter2"], "PORTICO_FILES_S3_SECRET"),
        (&["--files-s3-secret", "hunter2"], "need a bucket"),
        (&["--files-store", "file:///tmp/portico", "--files-s3-key-id", "hunter2"], "need a bucket"),
        (&["--files-store", "s3://b"], "s3://bucket/prefix"),
        (&["--files-s3-endpoint", "http://s3.example.com"], "use https://"),
        (&["--files-s3-region", "eu central"], "eu-central-1"),
        (&["--scanner", "127.0.0.1:3310"], "tcp://127.0.0.1:3310"),
    ] {
        assert_fails(serve().args(options), &[words]);
    }
    let missing = ["--files-s3-secret", "hunter2", "--files-s3-key-id", "hunter2", "--files-s3-ca", "/nowhere/ca.pem"];
    assert_fails(
        serve().args(["--files-store", "s3://bucket", "--files-s3-endpoint", "https://s3.example.com"]).args(missing),
        &["--files-s3-ca: cannot read /nowhere/ca.pem"],
    );
}

#[tokio::test]
async fn commands_share_a_bucket() {
    let (server, database) = (ObjectServer::start().await, TestDatabase::empty().await);
    let mut command = serve(&database);
    let mut service = Service::start_logging(with_bucket(&mut command, &server, BUCKET));
    let log = service.log();
    let ready = reqwest::get(format!("{}/health/ready", service.address)).await.expect("it answers");
    assert_eq!(ready.status().as_u16(), 200);
    let mut worker = over(&database, "worker");
    worker.args(["--secret", SECRET]);
    worker.args(["--smtp-url", "smtp://127.0.0.1:1", "--mail-from", "portal@portico.example"]);
    worker.args(["--public-url", "https://portal.example"]);
    // The database knows the store of the gateway.
    assert_fails(with_bucket(&mut worker, &server, "portico-other"), &["--files-store"]);
    assert_eq!(service.end(Signal::TERM), Some(0));
    let log = log.join().expect("the log is read");
    assert!(!log.contains(&server.secret) && !log.contains(&server.key_id), "{log}");
}
