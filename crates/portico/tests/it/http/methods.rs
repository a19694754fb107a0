//! Tests of methods, encodings and bytes at every address (RFC 9110).

use std::fs;
use std::io::Write;
use std::path::Path;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use flate2::Compression;
use flate2::write::GzEncoder;
use portico_adapters::mail::MailFolder;
use portico_testkit::{ADDRESSES, Person, Reply, TestApp};
use serde_json::json;

const QUERY: &str = "query=%7Bviewer%7Brole%7D%7D";
async fn demo() -> TestApp {
    let folder = std::env::temp_dir().join(format!("portico-methods-{}", portico_core::id::new_uuid()));
    let mail = MailFolder::at(folder).await.expect("a folder can be made");
    TestApp::demo().await.as_demo(mail)
}

async fn at(app: &TestApp, method: Method, path: &str) -> Reply {
    let request = Request::builder().method(method).uri(path).header(header::AUTHORIZATION, "Bearer demo-client");
    app.send(request.body(Body::empty()).expect("a request can be made")).await
}

/// The routes in the sources, sorted: literals, and constants of the same file.
fn routed(folder: &Path) -> Vec<String> {
    let mut patterns = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            patterns.extend(routed(&path));
            continue;
        }
        let source = fs::read_to_string(&path).expect("it is text");
        for call in source.split(".route(").skip(1) {
            let argument = call.split(',').next().unwrap_or_default().trim();
            let constant = format!("const {argument}: &str = ");
            let literal = source.split_once(&constant).map_or(argument, |(_, rest)| rest);
            patterns.push(literal.split('"').nth(1).expect("an address is a text").to_owned());
        }
    }
    patterns.sort();
    patterns
}

#[test]
fn every_address_is_listed() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http");
    let mut listed: Vec<_> = ADDRESSES.iter().map(|address| address.pattern.to_owned()).collect();
    listed.sort();
    assert_eq!(routed(&source), listed, "`ADDRESSES` in portico-testkit lists all routes");
}

#[tokio::test]
async fn allow_header_lists_accepted_methods() {
    // ROB-15, ROB-27
    let app = demo().await;
    for address in ADDRESSES {
        let (path, methods) = (address.example, address.methods);
        let wrong = at(&app, Method::TRACE, path).await;
        assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(wrong.headers[header::ALLOW], methods, "{path}");
        assert_eq!(wrong.code(), "BAD_USER_INPUT", "{path}");
        let options = at(&app, Method::OPTIONS, path).await;
        assert!(options.status.is_success(), "{path}: {}", options.status);
        assert_eq!(options.headers[header::ALLOW], methods, "{path}");
    }
}

#[tokio::test]
async fn head_equals_get_without_the_body() {
    // ROB-15
    let app = demo().await;
    for address in ADDRESSES.iter().filter(|address| address.methods.contains("GET")) {
        let path = address.example;
        let (get, head) = (at(&app, Method::GET, path).await, at(&app, Method::HEAD, path).await);
        assert_eq!(get.status, head.status, "{path}");
        assert_eq!(get.headers.get(header::CONTENT_TYPE), head.headers.get(header::CONTENT_TYPE), "{path}");
        assert!(!get.text.is_empty() && head.text.is_empty(), "{path}: {}", head.text);
    }
    // HEAD runs no mutation, like GET, even with a cookie.
    let mutation = "/graphql?query=mutation%7BviewerUpdate(input%3A%7Bname%3A%22Eve%22%7D)%7Bviewer%7Bname%7D%7D%7D";
    assert_eq!(at(&app, Method::HEAD, mutation).await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(*app.ask(&Person::client(), "{ viewer { name } }").await.at("/viewer/name"), "Ana Whitlock");
    let cookie =
        Request::head(format!("/graphql?{QUERY}")).header(header::COOKIE, "__Host-portico-session=demo-client");
    let reply = app.send(cookie.body(Body::empty()).expect("a request can be made")).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).expect("writing to memory succeeds");
    encoder.finish().expect("writing to memory succeeds")
}

async fn encoded(app: &TestApp, path: &str, kind: &str, encoding: &str, body: Vec<u8>) -> Reply {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, "Bearer demo-client")
        .header(header::CONTENT_TYPE, kind)
        .header(header::CONTENT_ENCODING, encoding);
    app.send(request.body(Body::from(body)).expect("a request can be made")).await
}

#[tokio::test]
async fn unknown_body_encoding_is_refused() {
    // ROB-15
    let app = demo().await;
    let query = json!({ "query": "{ viewer { role } }" }).to_string().into_bytes();
    let form = b"name=Zip&email=zip%40mail.example&message=Hello".to_vec();
    let form_kind = "application/x-www-form-urlencoded";
    let places = [("/graphql", "application/json", query), ("/leads/demo-form-alderbrook", form_kind, form)];
    for (path, kind, body) in places {
        for (encoding, bytes, status) in [
            ("gzip", gzip(&body), 200),
            ("identity", body.clone(), 200),
            ("gzip", body.clone(), 400),
            ("gzip", gzip(&body)[..20].to_vec(), 400),
            ("br", body.clone(), 415),
            ("deflate", gzip(&body), 415),
            ("gzip, gzip", gzip(&gzip(&body)), 415),
            ("nonsense", body.clone(), 415),
        ] {
            let reply = encoded(&app, path, kind, encoding, bytes).await;
            assert_eq!(reply.status.as_u16(), status, "{path} {encoding}: {}", reply.text);
            if status == 415 {
                assert_eq!(reply.headers[header::ACCEPT_ENCODING], "gzip", "{path} {encoding}");
                assert_eq!(reply.code(), "BAD_USER_INPUT");
            }
        }
        // Decompression stops at the maximum size of a body.
        let bomb = encoded(&app, path, kind, "gzip", gzip(&vec![b' '; 50_000_000])).await;
        assert_eq!(bomb.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}: {}", bomb.text);
    }
}

#[tokio::test]
async fn invalid_utf8_is_refused_everywhere() {
    // ROB-14
    let app = demo().await;
    for path in [
        "/graphql?query=%7Bviewer%7Brole%7D%7D%23%FF",
        "/graphql?query=%7Bviewer%7Brole%7D%7D&variables=%7B%22a%22%3A%22%C3%22%7D",
        "/graphql?query=%7Bviewer%7Brole%7D%7D&extensions=%ED%A0%80",
        "/graphql?query=%7Bviewer%7Brole%7D%7D&operationName=%C0%AF",
        "/graphql?query=%7Bviewer%7Brole%7D%7D&%FE=1",
        "/leads/%FF",
        "/auth/link/%C3",
        "/playground/%ff.js",
        "/dev/mail/%F0%9F",
    ] {
        let reply = at(&app, Method::GET, path).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (400, "BAD_USER_INPUT"), "{path}: {}", reply.text);
        assert!(reply.headers.contains_key(header::CONTENT_SECURITY_POLICY), "{path}");
    }
    let form = "application/x-www-form-urlencoded";
    for (path, kind, body) in [
        ("/leads/demo-form-alderbrook", form, &b"name=%FF&email=a%40mail.example"[..]),
        ("/leads/demo-form-alderbrook", form, b"name=A&email=a%40mail.example&message=\xff"),
        ("/leads/demo-form-alderbrook", form, b"name=A&email=a%40mail.example&other=%E2%82"),
        (
            "/leads/demo-form-alderbrook",
            "application/json",
            b"{\"name\":\"A\",\"email\":\"a@mail.example\",\"x\":\"\xff\"}",
        ),
        ("/auth/link/nothing", form, b"password=%FF"),
        ("/auth/link/nothing?as=%FF", form, b""),
        ("/graphql", "application/json", b"{\"query\":\"{viewer{role}}\",\"other\":\"\xff\"}"),
    ] {
        let reply = encoded(&app, path, kind, "identity", body.to_vec()).await;
        assert_eq!(reply.status.as_u16(), 400, "{path} {}: {}", String::from_utf8_lossy(body), reply.text);
    }
    assert_eq!(app.database().db_count("select count(*) from contacts where email = 'a@mail.example'").await, 0);
}
