//! What is checked of uploads before and while bytes are read.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use portico_core::files::limits::OBJECT_BYTES;

use super::{KIB, PATCH_TYPE, Test, chunked, request, sample};

#[tokio::test]
async fn headers_of_uploads_are_checked() {
    let test = Test::new();
    let (id, path) = test.upload(10);
    assert_eq!(test.patch(&path, 0, "abc").await.header("upload-offset"), "3");
    for offset in ["0", "2", "4", "10", "11", "9223372036854775807"] {
        let reply = test.patch(&path, offset, "x").await;
        assert_eq!((reply.status, reply.header("upload-offset")), (StatusCode::CONFLICT, "3"), "{offset}");
    }
    for offset in ["-1", "9223372036854775808", "1e3", "", "3.0", "+3", "0x3", "3,3"] {
        assert_eq!(test.patch(&path, offset, "x").await.status, StatusCode::BAD_REQUEST, "{offset}");
    }
    let ok = [("upload-offset", "3"), ("content-type", PATCH_TYPE)];
    for (name, value, status) in [
        ("tus-resumable", "0.2.2", StatusCode::PRECONDITION_FAILED),
        ("content-encoding", "gzip", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("upload-offset", "3", StatusCode::BAD_REQUEST),
    ] {
        let headers = [&ok[..], &[(name, value)]].concat();
        let reply = test.send(request(Method::PATCH, &path, &headers, Body::from("x"))).await;
        assert_eq!(reply.status, status, "{name}");
        assert_eq!(
            (reply.header("tus-resumable"), reply.header("tus-version")),
            match name {
                "tus-resumable" => ("1.0.0", "1.0.0"),
                _ => ("1.0.0", ""),
            }
        );
    }
    let typed = [("upload-offset", "3"), ("content-type", "application/octet-stream")];
    let reply = test.send(request(Method::PATCH, &path, &typed, Body::from("x"))).await;
    assert_eq!(reply.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let post = test.send(request(Method::POST, &path, &[], Body::empty())).await;
    assert_eq!(post.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(test.received(id).await, b"abc");
}

#[tokio::test]
async fn more_than_announced_is_refused() {
    let test = Test::new();
    let size = OBJECT_BYTES + 10;
    let content = sample(size + 1);
    let (id, path) = test.upload(size);
    let announced = test.patch(&path, 0, content.clone()).await;
    assert_eq!((announced.status, test.offset(&path).await), (StatusCode::PAYLOAD_TOO_LARGE, 0));
    let longer = test.patch(&path, 0, chunked(&content, KIB)).await;
    assert_eq!(longer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(test.offset(&path).await, OBJECT_BYTES as u64, "the object before is stored");
    assert_eq!(
        test.patch(&path, OBJECT_BYTES, content[OBJECT_BYTES..size].to_vec()).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(test.patch(&path, size, "x").await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(test.patch(&path, size, "").await.status, StatusCode::NO_CONTENT);
    assert!(test.received(id).await == content[..size]);
}

#[tokio::test]
async fn options_say_what_is_supported() {
    let test = Test::new();
    let (_, path) = test.upload(10);
    let origin = ("origin", "http://localhost:3000");
    let preflight = [origin, ("access-control-request-method", "PATCH")];
    let reply = test.send(request(Method::OPTIONS, &path, &preflight, Body::empty())).await;
    for (name, value) in [
        ("tus-version", "1.0.0"),
        ("tus-extension", "expiration,termination"),
        ("tus-max-size", "2147483648"),
        ("access-control-allow-origin", "http://localhost:3000"),
        ("access-control-allow-credentials", ""),
    ] {
        assert_eq!(reply.header(name), value, "{name}");
    }
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert!(reply.header("access-control-allow-methods").contains("PATCH"));
    let head = test.send(request(Method::HEAD, &path, &[origin], Body::empty())).await;
    assert_eq!(head.header("access-control-allow-origin"), "http://localhost:3000");
    assert!(head.header("access-control-expose-headers").contains("upload-offset"));
    assert_eq!((head.header("upload-length"), head.header("upload-offset")), ("10", "0"));
    let foreign = test.send(request(Method::HEAD, &path, &[("origin", "https://evil.example")], Body::empty())).await;
    assert_eq!(foreign.header("access-control-allow-origin"), "");
}
