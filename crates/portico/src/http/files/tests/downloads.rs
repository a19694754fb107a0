//! Downloads: ranges, HEAD, conditional requests and names.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use portico_core::files::kinds::RenditionKind;
use portico_core::files::link::{FileLink, FileLinkPurpose};
use tower::ServiceExt;

use super::{Test, request, sample};

#[tokio::test]
async fn ranges_cross_the_edges_of_objects() {
    let test = Test::new();
    let content = sample(30_000);
    let path = test.stored(&content, &[9_999, 1, 10_001, 9_999], |_| ()).await;
    let whole = test.get(&path, &[]).await;
    assert_eq!((whole.status, whole.header("content-length")), (StatusCode::OK, "30000"));
    assert!(whole.is_whole && whole.body == content);
    assert_eq!(whole.header("accept-ranges"), "bytes");
    for (range, first, last) in [
        ("bytes=0-0", 0, 0),
        ("bytes=9998-9999", 9_998, 9_999),
        ("bytes=9999-10000", 9_999, 10_000),
        ("bytes=9998-20001", 9_998, 20_001),
        ("bytes=29999-", 29_999, 29_999),
        ("bytes=-1", 29_999, 29_999),
        ("bytes=0-99999", 0, 29_999),
    ] {
        let part = test.get(&path, &[("range", range)]).await;
        assert_eq!(part.status, StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(part.header("content-range"), format!("bytes {first}-{last}/30000"));
        assert_eq!(part.header("content-length"), (last - first + 1).to_string());
        assert!(part.is_whole && part.body == content[first..=last], "{range}");
    }
    let beyond = test.get(&path, &[("range", "bytes=30000-")]).await;
    assert_eq!((beyond.status, beyond.header("content-range")), (StatusCode::RANGE_NOT_SATISFIABLE, "bytes */30000"));
    let several = test.get(&path, &[("range", "bytes=0-1,5-6")]).await;
    assert_eq!((several.status, several.body.len()), (StatusCode::OK, 30_000));
}

#[tokio::test]
async fn head_has_the_headers_of_get() {
    let test = Test::new();
    let path = test.stored(&sample(100), &[100], |_| ()).await;
    let get = test.get(&path, &[]).await;
    let head = test.send(request(Method::HEAD, &path, &[("range", "bytes=1-2")], Body::empty())).await;
    assert_eq!((head.status, &head.headers, head.body.len()), (StatusCode::OK, &get.headers, 0));
    for (name, value) in [
        ("content-type", "application/pdf"),
        ("content-disposition", "attachment; filename=\"Plan.pdf\""),
        ("cache-control", "private, no-cache"),
        ("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex"),
        ("set-cookie", ""),
    ] {
        assert_eq!(get.header(name), value, "{name}");
    }
}

#[tokio::test]
async fn known_content_is_sent_again_only_while_visible() {
    let test = Test::new();
    let path = test.stored(&sample(100), &[100], |_| ()).await;
    let etag = test.get(&path, &[]).await.header("etag").to_owned();
    assert_eq!(etag.len(), 34);
    let known = test.get(&path, &[("if-none-match", &etag), ("range", "bytes=0-1")]).await;
    assert_eq!((known.status, known.body.len(), known.header("etag")), (StatusCode::NOT_MODIFIED, 0, etag.as_str()));
    let part = test.get(&path, &[("if-range", &etag), ("range", "bytes=0-1")]).await;
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    test.fake.downloads().clear();
    let hidden = test.get(&path, &[("if-none-match", &etag)]).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn converted_image_has_its_own_extension() {
    let test = Test::new();
    test.stored(b"jpeg", &[4], |it| (it.name, it.media_type) = ("IMG_1.heic".to_owned(), "image/jpeg".to_owned()))
        .await;
    let id = *test.fake.downloads().keys().next().expect("one file");
    for (rendition, name) in [(RenditionKind::Large, "IMG_1.jpg"), (RenditionKind::Original, "IMG_1.heic")] {
        let link = FileLink { rendition, ..test.link(FileLinkPurpose::Download, id) };
        let reply = test.get(&test.path("/files", &link), &[]).await;
        assert_eq!(reply.header("content-disposition"), format!("attachment; filename=\"{name}\""));
    }
}

#[tokio::test]
async fn person_has_16_downloads_at_once() {
    let test = Test::new();
    let path = test.stored(&sample(10), &[10], |_| ()).await;
    let mut open = Vec::new();
    for _ in 0..16 {
        let request = request(Method::GET, &path, &[], Body::empty());
        open.push(test.router.clone().oneshot(request).await.expect("an answer"));
    }
    let busy = test.get(&path, &[]).await;
    assert_eq!((busy.status, busy.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "5"));
    assert_eq!(test.send(request(Method::HEAD, &path, &[], Body::empty())).await.status, StatusCode::OK);
    drop(open.pop());
    assert_eq!(test.get(&path, &[]).await.status, StatusCode::OK);
    drop(open);
    assert_eq!(test.files.in_progress(), (0, 0));
}
