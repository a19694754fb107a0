//! Types of content, and what browsers may show of them.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use portico_core::files::link::FileLinkPurpose;

use super::{Test, request};
use crate::http::host::Host;

#[tokio::test]
async fn content_that_could_run_is_only_an_attachment() {
    let test = Test::new();
    for media_type in ["text/html", "image/svg+xml", "text/xml", "application/octet-stream"] {
        let path = test.stored(b"<script>", &[8], |download| download.media_type = media_type.to_owned()).await;
        let reply = test.get(&path, &[]).await;
        assert_eq!(reply.header("content-type"), "application/octet-stream", "{media_type}");
        assert!(reply.header("content-disposition").starts_with("attachment;"));
        // A link that shows it in a browser is refused.
        let id = *test.fake.downloads().keys().next().expect("a file");
        test.fake.downloads().retain(|other, _| *other == id);
        let inline = test.path("/files", &test.link(FileLinkPurpose::Inline, id));
        assert_eq!(test.get(&inline, &[]).await.status, StatusCode::NOT_FOUND);
        test.fake.downloads().clear();
    }
}

#[tokio::test]
async fn browsers_show_files_at_their_own_host() {
    let test = Test::new();
    test.stored(b"%PDF-", &[5], |_| ()).await;
    let id = *test.fake.downloads().keys().next().expect("one file");
    let path = test.path("/files", &test.link(FileLinkPurpose::Inline, id));
    for (host, status) in [
        (Some("files.example"), StatusCode::OK),
        (Some("portal.example"), StatusCode::NOT_FOUND),
        (None, StatusCode::NOT_FOUND),
    ] {
        let mut request = request(Method::GET, &path, &[], Body::empty());
        if let Some(host) = host {
            request.extensions_mut().insert(Host(host.to_owned()));
        }
        let reply = test.send(request).await;
        assert_eq!(reply.status, status, "{host:?}");
        if status == StatusCode::OK {
            assert_eq!(reply.header("content-disposition"), "inline; filename=\"Plan.pdf\"");
            assert!(!reply.header("content-security-policy").contains("sandbox"));
        }
    }
}

#[tokio::test]
async fn each_type_has_its_headers() {
    // A80
    const OFFICE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    const UNKNOWN: &str = "application/octet-stream";
    const SANDBOX: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";
    const PDF: &str = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    const VIDEO: &str = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    let test = Test::new();
    for (media_type, sent, policy_if_shown) in [
        ("image/jpeg", "image/jpeg", Some(SANDBOX)),
        ("image/png", "image/png", Some(SANDBOX)),
        ("image/gif", "image/gif", Some(SANDBOX)),
        ("image/webp", "image/webp", Some(SANDBOX)),
        ("application/pdf", "application/pdf", Some(PDF)),
        ("video/mp4", "video/mp4", Some(VIDEO)),
        ("video/webm", "video/webm", Some(VIDEO)),
        ("video/quicktime", "video/quicktime", None),
        ("text/plain", "text/plain; charset=utf-8", None),
        ("application/zip", "application/zip", None),
        (OFFICE, OFFICE, None),
        ("image/heif", UNKNOWN, None),
        ("image/svg+xml", UNKNOWN, None),
        ("text/html", UNKNOWN, None),
        ("text/xml", UNKNOWN, None),
        ("application/xhtml+xml", UNKNOWN, None),
        ("text/javascript", UNKNOWN, None),
        ("multipart/x-mixed-replace", UNKNOWN, None),
    ] {
        let attached = test.stored(b"content", &[7], |download| download.media_type = media_type.to_owned()).await;
        let id = *test.fake.downloads().keys().next().expect("one file");
        let shown = test.path("/files", &test.link(FileLinkPurpose::Inline, id));
        for (host, path, disposition, policy) in [
            ("portal.example", &attached, "attachment; ", Some(SANDBOX)),
            ("files.example", &attached, "attachment; ", Some(SANDBOX)),
            ("portal.example", &shown, "", None),
            ("files.example", &shown, "inline; ", policy_if_shown),
        ] {
            let headers = [("cookie", "portico_session=ps_ana"), ("host", host)];
            let mut request = request(Method::GET, path, &headers, Body::empty());
            request.extensions_mut().insert(Host(host.to_owned()));
            let reply = test.send(request).await;
            assert!(!reply.headers.contains_key("set-cookie"), "{media_type} at {host}");
            let Some(policy) = policy else {
                assert_eq!(reply.status, StatusCode::NOT_FOUND, "{media_type} at {host}");
                continue;
            };
            assert_eq!((reply.status, reply.body.as_slice()), (StatusCode::OK, b"content".as_slice()));
            for (name, value) in [
                ("content-type", sent),
                ("content-security-policy", policy),
                ("x-content-type-options", "nosniff"),
                ("cross-origin-resource-policy", "cross-origin"),
                ("referrer-policy", "no-referrer"),
                ("cache-control", "private, no-cache"),
                ("x-robots-tag", "noindex"),
            ] {
                assert_eq!(reply.header(name), value, "{name} of {media_type} at {host}");
            }
            assert!(reply.header("content-disposition").starts_with(disposition), "{media_type} at {host}");
        }
        test.fake.downloads().clear();
    }
}
