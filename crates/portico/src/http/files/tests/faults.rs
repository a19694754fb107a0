//! Faults of the store and of the database, and callers who are gone.

use std::io;
use std::sync::atomic::Ordering;

use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode};
use futures_util::stream;
use portico_adapters::files::FileStoreError;
use portico_core::files::limits::OBJECT_BYTES;
use portico_core::id::new_uuid;
use tower::ServiceExt;

use super::{PATCH_TYPE, Test, request, sample};

#[tokio::test]
async fn faults_of_store_and_database_are_told() {
    let test = Test::new();
    let path = test.stored(&sample(10), &[5, 5], |_| ()).await;
    let damaged = test.stored(&sample(10), &[5, 5], |download| download.objects[1].id = new_uuid()).await;
    let reply = test.get(&damaged, &[]).await;
    assert_eq!((reply.status, reply.is_whole, reply.body.len()), (StatusCode::OK, false, 5), "it ends early");
    let reply = test.get(&damaged, &[("range", "bytes=5-")]).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND, "the store works, but has no such object");
    test.store.fail_with(Some(FileStoreError::Unavailable("gone".to_owned())));
    let reply = test.get(&path, &[]).await;
    assert_eq!((reply.status, reply.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    test.store.fail_with(None);
    test.fake.is_down.store(true, Ordering::Relaxed);
    let (_, upload) = test.upload(10);
    for reply in [test.get(&path, &[]).await, test.patch(&upload, 0, "x").await] {
        assert_eq!((reply.status, reply.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    }
    test.fake.is_down.store(false, Ordering::Relaxed);
    assert_eq!(test.get(&path, &[]).await.status, StatusCode::OK);
    assert_eq!(test.files.in_progress(), (0, 0));
}

#[tokio::test]
async fn failed_store_leaves_the_offset() {
    let test = Test::new();
    let content = sample(OBJECT_BYTES + 5);
    let (id, path) = test.upload(content.len());
    for (fault, status) in [
        (FileStoreError::Full("disk".to_owned()), StatusCode::INSUFFICIENT_STORAGE),
        (FileStoreError::Unavailable("gone".to_owned()), StatusCode::SERVICE_UNAVAILABLE),
    ] {
        test.store.fail_with(Some(fault));
        let reply = test.patch(&path, 0, content.clone()).await;
        assert_eq!((reply.status, test.offset(&path).await), (status, 0));
        test.store.fail_with(None);
    }
    assert_eq!(test.fake.uploads()[&id].pending.len(), 2, "their rows are left to the sweep");
    assert_eq!(test.patch(&path, 0, content.clone()).await.status, StatusCode::NO_CONTENT);
    assert!(test.received(id).await == content);
}

#[tokio::test]
async fn what_came_is_stored_for_a_caller_who_is_gone() {
    let test = Test::new();
    let content = sample(200_000);
    let (id, path) = test.upload(content.len());
    let (sender, receiver) = tokio::sync::mpsc::channel::<Bytes>(1);
    let parts = stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|part| (Ok::<_, io::Error>(part), receiver))
    });
    let headers = [("upload-offset", "0"), ("content-type", PATCH_TYPE)];
    let request = request(Method::PATCH, &path, &headers, Body::from_stream(parts));
    let answer = tokio::spawn(test.router.clone().oneshot(request));
    sender.send(Bytes::copy_from_slice(&content[..150_000])).await.expect("it is read");
    sender.send(Bytes::new()).await.expect("the first part was read");
    answer.abort();
    assert!(answer.await.is_err(), "the caller is gone");
    drop(sender);
    while test.files.in_progress().1 > 0 {
        tokio::task::yield_now().await;
    }
    assert!(test.received(id).await == content[..150_000]);
}
