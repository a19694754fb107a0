//! Tests of the served files, their access and headers.

use std::io::Read;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use flate2::read::GzDecoder;
use portico::Playground;
use portico_testkit::{Person, Reply, TestApp};

async fn get(app: &TestApp, path: &str) -> Reply {
    app.send(Request::get(path).body(Body::empty()).expect("a request can be made")).await
}

async fn examples(app: &TestApp, person: &Person) -> Reply {
    let (mut parts, body) = app.post(person).body(Body::empty()).expect("a request can be made").into_parts();
    parts.method = axum::http::Method::GET;
    parts.uri = "/playground/examples.json".parse().expect("a path");
    app.send(Request::from_parts(parts, body)).await
}

/// The files that the page references.
fn named_files(page: &str) -> Vec<&str> {
    let files: Vec<_> = page.split('"').filter(|word| word.starts_with("/playground/")).collect();
    assert!(files.len() >= 3, "the playground is not built: run script/setup, and compile again");
    files
}

#[tokio::test]
async fn policy_blocks_foreign_loads_and_frames() {
    let app = TestApp::demo().await;
    let page = get(&app, "/").await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("it is text");
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    for loose in ["unsafe", "http", "*", "blob:"] {
        assert!(!policy.contains(loose), "{policy}");
    }
    for (name, value) in [
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "private, no-store"),
    ] {
        assert_eq!(page.headers[name], value);
    }
}

#[tokio::test]
async fn hashed_files_are_cached_for_good() {
    let app = TestApp::demo().await;
    let page = get(&app, "/").await;
    for file in named_files(&page.text) {
        let reply = get(&app, file).await;
        assert_eq!(reply.status, StatusCode::OK, "{file}");
        assert_eq!(reply.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        let again = Request::get(file).header(header::IF_NONE_MATCH, &reply.headers[header::ETAG]);
        let again = app.send(again.body(Body::empty()).expect("a request can be made")).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{file}");
        assert!(again.text.is_empty());
    }
    assert_eq!(get(&app, "/playground/licenses.txt").await.headers[header::CACHE_CONTROL], "private, no-store");
}

#[tokio::test]
async fn text_is_sent_compressed_or_plain() {
    let app = TestApp::demo().await;
    let page = get(&app, "/").await;
    let texts: Vec<_> = named_files(&page.text).into_iter().filter(|file| !file.ends_with(".svg")).collect();
    for file in texts.into_iter().chain(["/playground/licenses.txt"]) {
        let mut plain = Vec::new();
        for (accepted, coding) in [
            ("identity", None),
            ("gzip;q=0", None),
            ("br", None),
            ("gzip, br", Some("gzip")),
            ("br;q=1, gzip;q=0.5", Some("gzip")),
        ] {
            let request = Request::get(file).header(header::ACCEPT_ENCODING, accepted).body(Body::empty());
            let (headers, bytes) = app.send_raw(request.expect("a request can be made")).await;
            let sent = headers.get(header::CONTENT_ENCODING).map(|name| name.to_str().expect("it is text"));
            assert_eq!(sent, coding, "{file} {accepted}");
            let varies = headers.get_all(header::VARY).iter().filter(|name| *name == "accept-encoding").count();
            let is_kept = headers[header::CACHE_CONTROL] != "private, no-store";
            assert!(varies == 1 || !is_kept, "{file} {accepted}: {headers:?}");
            let text = coding.map_or_else(|| bytes.to_vec(), |_| gunzip(&bytes));
            plain = if plain.is_empty() { text.clone() } else { plain };
            assert!(text == plain, "{file} {accepted}: another content");
        }
        assert!(plain.len() > 1_000 && String::from_utf8(plain).is_ok(), "{file}");
    }
    let (headers, _) =
        app.send_raw(Request::get("/playground/licenses.txt").body(Body::empty()).expect("a request")).await;
    assert_eq!(headers[header::CONTENT_TYPE], "text/plain; charset=utf-8");
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut text).expect("it is compressed");
    text
}

#[tokio::test]
async fn unknown_file_is_not_found() {
    let app = TestApp::demo().await;
    for path in [
        "/playground/",
        "/playground/index.html",
        "/playground/.gitignore",
        "/playground/licenses.txt.gz",
        "/playground/..%2fCargo.toml",
    ] {
        assert_eq!(get(&app, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let post = Request::post("/").body(Body::empty()).expect("a request can be made");
    assert_eq!(app.send(post).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn examples_match_the_role() {
    let app = TestApp::demo().await;
    for (role, person) in Person::of_each_role() {
        let shown = examples(&app, &person).await;
        let shown = shown.json.as_array().expect("a list").clone();
        assert_eq!(shown.first().map(|example| example["role"].clone()), Some(role.into()));
        let is_outsider = matches!(role, "public" | "client" | "trade" | "support");
        assert!(!is_outsider || shown.iter().all(|example| example["role"] == role), "{role}");
    }
    let unknown = examples(&app, &Person::with_token("nobody-has-this")).await;
    assert_eq!(unknown.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn staff_examples_match_permissions() {
    let app = TestApp::demo().await;
    let nothing_more = app.db_staff(&[]).await;
    let shown = examples(&app, &nothing_more).await.text;
    for secret in ["unitCost", "internalNotes", "margin"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn tokens_are_offered_in_the_demo_only() {
    let app = TestApp::demo().await;
    assert!(get(&app, "/playground/config.json").await.text.contains("demo-staff"));
    let plain = app.rewired(|app| app.playground = Some(Playground::new()));
    let config = get(&plain, "/playground/config.json").await;
    assert_eq!((config.status, config.text.as_str()), (StatusCode::OK, r#"{"endpoint":"/graphql","tokens":[]}"#));
    let off = app.rewired(|app| app.playground = None);
    assert_eq!(get(&off, "/").await.status, StatusCode::SEE_OTHER);
    for path in ["/playground/config.json", "/playground/examples.json", "/playground/licenses.txt"] {
        assert_eq!(get(&off, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn lock_files_record_packages_not_addresses() {
    for lock in [
        include_str!("../../../playground/package-lock.json"),
        include_str!("../../../../../examples/portal/package-lock.json"),
    ] {
        assert!(lock.contains("\"integrity\""));
        assert!(!lock.contains("://"), "`npm run lock` takes the addresses out");
    }
}
