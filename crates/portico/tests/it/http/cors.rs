//! Tests of cross-origin access, and of compression.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, header};
use portico::config::Config;
use portico_testkit::{Reply, TestApp};
use serde_json::json;

/// A configured origin that is not a company's portal.
const OWN: &str = "https://apps.alderbrook.example";
const ALDERBROOK: &str = "https://portal.alderbrook.example";
const FERNHILL: &str = "https://portal.fernhill.example";
/// Origins that resemble a portal's, and others.
const FOREIGN: [&str; 14] = [
    "https://elsewhere.example",
    "null",
    "*",
    "",
    "http://portal.alderbrook.example",
    "https://portal.alderbrook.example:8443",
    "https://portal.alderbrook.example:443",
    "https://portal.alderbrook.example.evil.com",
    "https://portal.alderbrook.example.",
    "https://evil-portal.alderbrook.example",
    "https://portal.alderbrook.example@evil.com",
    "https://portal.alderbrook.example/",
    "https://PORTAL.alderbrook.example",
    "https://",
];

async fn app_with_origin() -> TestApp {
    TestApp::demo().await.rewired(|app| app.origins = OWN.parse().expect("an origin"))
}

/// The request's host for a page of this origin; foreign pages use a portal's host.
fn host_of(origin: &str) -> &str {
    match origin {
        FERNHILL => "portal.fernhill.example",
        _ => "portal.alderbrook.example",
    }
}

async fn preflight(app: &TestApp, origin: &str, headers: &str) -> Reply {
    preflight_at(app, host_of(origin), origin, headers).await
}

async fn preflight_at(app: &TestApp, host: &str, origin: &str, headers: &str) -> Reply {
    let request = Request::builder()
        .method(Method::OPTIONS)
        .uri("/graphql")
        .header(header::HOST, host)
        .header(header::ORIGIN, origin)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, headers);
    app.send(request.body(Body::empty()).expect("a request")).await
}

async fn asked_from(app: &TestApp, origin: &str) -> Reply {
    asked_at(app, host_of(origin), origin).await
}

async fn asked_at(app: &TestApp, host: &str, origin: &str) -> Reply {
    let request = Request::post("/graphql")
        .header(header::HOST, host)
        .header(header::ORIGIN, origin)
        .header(header::CONTENT_TYPE, "application/json");
    let reply =
        app.send(request.body(Body::from(json!({ "query": "{ __typename }" }).to_string())).expect("a request")).await;
    assert_eq!(reply.status.as_u16(), 200);
    // Caches in between must not serve one origin's answer to another.
    let vary =
        reply.headers.get_all("vary").iter().filter_map(|vary| vary.to_str().ok()).collect::<Vec<_>>().join(", ");
    assert!(vary.contains("origin"), "{vary}");
    reply
}

fn is_open(reply: &Reply, origin: &str) -> bool {
    let allowed = reply.headers.get("access-control-allow-origin");
    assert!(allowed.is_none_or(|allowed| allowed == origin), "{allowed:?} for {origin}");
    allowed.is_some()
}

fn takes_cookies(reply: &Reply) -> bool {
    reply.headers.get("access-control-allow-credentials").is_some_and(|allowed| allowed == "true")
}

#[tokio::test]
async fn configured_origin_asks_without_cookies() {
    let app = app_with_origin().await;
    let own = preflight(&app, OWN, "authorization,content-type").await;
    assert!(is_open(&own, OWN) && !takes_cookies(&own));
    assert!(own.headers["access-control-allow-headers"].to_str().expect("text").contains("authorization"));
    assert!(is_open(&asked_from(&app, OWN).await, OWN));
    // Nothing is configured here.
    let bare = TestApp::demo().await;
    assert!(!is_open(&asked_from(&bare, OWN).await, OWN));
}

#[tokio::test]
async fn portal_origins_ask_with_cookies() {
    // API-12
    for app in [TestApp::demo().await, app_with_origin().await] {
        for origin in [ALDERBROOK, FERNHILL] {
            for reply in [preflight(&app, origin, "authorization,content-type").await, asked_from(&app, origin).await] {
                assert!(is_open(&reply, origin) && takes_cookies(&reply), "{origin}: {:?}", reply.headers);
            }
        }
    }
}

#[tokio::test]
async fn portal_sends_cookies_to_its_host_only() {
    // ROB-27
    let app = TestApp::demo().await;
    for (host, origin, expected) in [
        ("portal.alderbrook.example", ALDERBROOK, true),
        ("PORTAL.alderbrook.example", ALDERBROOK, true),
        ("portal.alderbrook.example:443", ALDERBROOK, true),
        ("portal.alderbrook.example.", ALDERBROOK, true),
        ("portal.alderbrook.example:8443", ALDERBROOK, false),
        ("portal.alderbrook.example", FERNHILL, false),
        ("portal.fernhill.example", ALDERBROOK, false),
        ("portico.example", ALDERBROOK, false),
        ("127.0.0.1:8080", FERNHILL, false),
    ] {
        for reply in [preflight_at(&app, host, origin, "content-type").await, asked_at(&app, host, origin).await] {
            assert_eq!(takes_cookies(&reply), expected, "{origin} at {host}");
            assert!(is_open(&reply, origin), "with a token any host may be used: {origin} at {host}");
        }
    }
}

#[tokio::test]
async fn lookalike_origins_are_refused() {
    // API-12
    for app in [TestApp::demo().await, app_with_origin().await] {
        for origin in FOREIGN {
            for reply in [preflight(&app, origin, "authorization").await, asked_from(&app, origin).await] {
                assert!(!is_open(&reply, origin) && !takes_cookies(&reply), "{origin}: {:?}", reply.headers);
            }
        }
    }
}

#[tokio::test]
async fn portal_hosts_are_read_periodically() {
    let config =
        "[regions]\nUS = \"us.portico.example\"\n[portal_hosts]\n\"portal.alderbrook.example\" = \"alderbrook\"
        \"new.portal.alderbrook.example\" = \"alderbrook\"";
    let hosts = Config::parse(config).expect("it can be read").hosts;
    let app = TestApp::demo().await.rewired(|app| app.hosts = Arc::new(hosts));
    assert!(is_open(&asked_from(&app, ALDERBROOK).await, ALDERBROOK));
    app.database().db_execute("update companies set portal_host = 'new.' || portal_host").await;
    let new = "https://new.portal.alderbrook.example";
    assert!(!is_open(&asked_from(&app, new).await, new));
    assert!(is_open(&asked_from(&app, ALDERBROOK).await, ALDERBROOK));
    // Another gateway reads them again.
    let other = app.rewired(|_| ());
    assert!(is_open(&asked_from(&other, new).await, new));
    assert!(!is_open(&asked_from(&other, ALDERBROOK).await, ALDERBROOK));
}

#[tokio::test]
async fn unreadable_hosts_admit_no_origin() {
    let app = TestApp::demo().await;
    app.database().db_execute("alter view visitor.portal_entrances rename to portal_entrances_away").await;
    assert!(!is_open(&asked_from(&app, ALDERBROOK).await, ALDERBROOK));
}

#[tokio::test]
async fn answers_are_compressed_on_request() {
    let app = TestApp::demo().await;
    let body = json!({ "query": "{ __schema { types { name description } } }" }).to_string();
    for (accepted, sent) in [("gzip", Some("gzip")), ("identity", None)] {
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, "Bearer demo-client")
            .header(header::ACCEPT_ENCODING, accepted);
        let (headers, bytes) = app.send_raw(request.body(Body::from(body.clone())).expect("a request")).await;
        assert_eq!(headers.get("content-encoding").and_then(|name| name.to_str().ok()), sent);
        assert_eq!(bytes.starts_with(&[0x1f, 0x8b]), sent.is_some());
    }
}
