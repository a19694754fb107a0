//! Links that are not valid.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use portico_core::files::link::{FileLink, FileLinkPurpose};
use portico_core::id::new_uuid;
use portico_core::sessions::TokenHash;

use super::{Test, now, request, sample};

#[tokio::test]
async fn links_that_are_not_valid_are_all_alike() {
    // A75
    let test = Test::new();
    let path = test.stored(&sample(100), &[100], |_| ()).await;
    assert_eq!(test.get(&path, &[]).await.status, StatusCode::OK);
    assert_eq!(
        test.get(&format!("{path}/Plan.pdf?response-content-type=text/html"), &[]).await.header("content-type"),
        "application/pdf"
    );
    let known = *test.fake.downloads().keys().next().expect("one file");
    let (upload, _) = test.upload(10);
    // A character in the middle: every bit of it counts, unlike those of a last one.
    let (start, rest) = path.split_at(path.len() / 2);
    let changed = format!("{start}{}{}", if rest.starts_with('A') { 'B' } else { 'A' }, &rest[1..]);
    let of = |change: &dyn Fn(&mut FileLink), start: &str| {
        let mut link = test.link(FileLinkPurpose::Download, known);
        change(&mut link);
        test.path(start, &link)
    };
    let wrong = [
        "/files/x".to_owned(),
        "/files/%FF%00".to_owned(),
        changed,
        of(&|link| link.expires_at = now(), "/files"),
        of(&|link| link.token = TokenHash::of("ps_gone"), "/files"),
        of(&|link| link.id = new_uuid(), "/files"),
        of(&|link| link.purpose = FileLinkPurpose::Upload, "/files"),
        of(&|link| (link.purpose, link.id) = (FileLinkPurpose::Upload, upload), "/files"),
    ];
    let one = test.get(&wrong[0], &[]).await;
    for path in &wrong {
        let reply = test.get(path, &[]).await;
        assert_eq!(
            (reply.status, &reply.headers, &reply.body),
            (StatusCode::NOT_FOUND, &one.headers, &one.body),
            "{path}"
        );
    }
    assert!(String::from_utf8_lossy(&one.body).contains("this link is not valid: open the file in the portal again"));
    let uploads = [
        "/uploads/x".to_owned(),
        of(&|_| (), "/uploads"),
        of(&|link| link.purpose = FileLinkPurpose::Upload, "/uploads"),
        of(&|link| (link.purpose, link.id, link.expires_at) = (FileLinkPurpose::Upload, upload, now()), "/uploads"),
        of(
            &|link| (link.purpose, link.id, link.token) = (FileLinkPurpose::Upload, upload, TokenHash::of("x")),
            "/uploads",
        ),
    ];
    let none = test.patch(&uploads[0], 0, "x").await;
    assert!(String::from_utf8_lossy(&none.body).contains("does not exist, is finished or has expired"));
    for path in &uploads {
        for reply in [
            test.patch(path, 0, "x").await,
            test.send(request(Method::PUT, path, &[], Body::from("x"))).await,
            test.send(request(Method::DELETE, path, &[], Body::empty())).await,
        ] {
            assert_eq!((reply.status, &reply.body), (StatusCode::NOT_FOUND, &none.body), "{path}");
        }
        let head = test.send(request(Method::HEAD, path, &[], Body::empty())).await;
        assert_eq!((head.status, head.header("upload-offset")), (StatusCode::NOT_FOUND, ""));
    }
}
