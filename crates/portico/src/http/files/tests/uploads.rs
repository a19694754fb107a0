//! Uploads: bytes, offsets and objects.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use portico_core::files::limits::OBJECT_BYTES;

use super::{KIB, Test, chunked, cut, request, sample};

#[tokio::test]
async fn upload_continues_after_each_cut() {
    let test = Test::new();
    let content = sample(9 * KIB * KIB + 1);
    let (id, path) = test.upload(content.len());
    let mut offset = 0;
    for step in 1.. {
        // 64 KiB, 128 KiB, .. until it is complete, over the edges of objects.
        let end = (offset + step * 64 * KIB).min(content.len());
        let reply = test.patch(&path, offset, cut(&content[offset..end])).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT, "what came is stored");
        assert_eq!(test.offset(&path).await, end as u64);
        offset = end;
        if end == content.len() {
            break;
        }
    }
    assert!(test.received(id).await == content);
    assert!(test.fake.uploads()[&id].pending.is_empty());
}

#[tokio::test]
async fn whole_file_is_stored_in_objects_of_4_mib() {
    let test = Test::new();
    let content = sample(9 * KIB * KIB + 1);
    let (id, path) = test.upload(content.len());
    let reply =
        test.send(request(Method::PUT, &path, &[("content-type", "image/jpeg")], Body::from(content.clone()))).await;
    assert_eq!((reply.status, reply.header("upload-offset")), (StatusCode::NO_CONTENT, "9437185"));
    assert_eq!(reply.header("upload-expires"), "Sat, 28 Nov 2026 10:00:00 GMT");
    assert!(test.received(id).await == content);
    let sizes: Vec<_> = test.fake.uploads()[&id].objects.iter().map(|object| object.size as usize).collect();
    assert_eq!(sizes, [OBJECT_BYTES, OBJECT_BYTES, KIB * KIB + 1]);
    let again = test.send(request(Method::PUT, &path, &[], Body::from(content))).await;
    assert_eq!((again.status, again.header("upload-offset")), (StatusCode::CONFLICT, "9437185"));
}

#[tokio::test]
async fn small_pieces_are_collected() {
    let test = Test::new();
    let content = sample(300 * KIB);
    let (id, path) = test.upload(content.len());
    assert_eq!(test.patch(&path, 0, chunked(&content, 1)).await.status, StatusCode::NO_CONTENT);
    assert!(test.received(id).await == content);
    assert_eq!(test.fake.uploads()[&id].objects.len(), 1);
}

#[tokio::test]
async fn of_requests_at_once_one_wins_each_object() {
    let test = Test::new();
    let content = sample(6 * KIB * KIB);
    let (id, path) = test.upload(content.len());
    let all: Vec<_> = (0..20).map(|_| test.patch(&path, 0, chunked(&content, 99_999))).collect();
    let replies = futures_util::future::join_all(all).await;
    let with = |status| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!(with(StatusCode::NO_CONTENT), 1);
    assert_eq!(with(StatusCode::NO_CONTENT) + with(StatusCode::CONFLICT) + with(StatusCode::TOO_MANY_REQUESTS), 20);
    assert!(with(StatusCode::TOO_MANY_REQUESTS) >= 16, "a person has four at once");
    for reply in replies.iter().filter(|reply| reply.status == StatusCode::CONFLICT) {
        assert!(["4194304", "6291456"].contains(&reply.header("upload-offset")));
    }
    assert!(test.received(id).await == content);
    assert_eq!(test.files.in_progress(), (0, 0));
}

#[tokio::test]
async fn cancelled_upload_is_gone() {
    let test = Test::new();
    let (_, path) = test.upload(10);
    let cancel = || request(Method::DELETE, &path, &[("tus-resumable", "1.0.0")], Body::empty());
    assert_eq!(test.send(cancel()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(test.send(cancel()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(test.patch(&path, 0, "x").await.status, StatusCode::NOT_FOUND);
}
