//! Tests of the time limit of requests, with a database that stops answering.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use futures_util::future::join_all;
use portico_adapters::mail::MailFolder;
use portico_core::id::new_uuid;
use portico_core::limits;
use portico_store::{PoolSizes, Store};
use portico_testkit::{ADDRESSES, TestApp};

use crate::support::accounts::{ANA, HANA, browser_form, fresh_link};
use crate::support::stalled::StallingPostgres;

/// The limit, and time for a page without branding on a slow machine.
const LATEST: Duration = limits::REQUEST.saturating_add(Duration::from_secs(5));
const POOLS: PoolSizes = PoolSizes { reader: 1, auth: 1, writer: 1 };

/// A request of an address, with a session.
fn request(method: &str, pattern: &str, example: &str, token: &str) -> Request<Body> {
    let path = if pattern.contains("{token}") { pattern.replace("{token}", token) } else { example.to_owned() };
    let cookie = if pattern == "/auth/sign-out" { "demo-session-ben" } else { "demo-client" };
    let (kind, body) = match pattern {
        "/graphql" => ("application/json", "{\"query\":\"{ viewer { name } }\"}"),
        "/leads/{key}" => ("application/x-www-form-urlencoded", "name=Kim&email=kim%40mail.example&message=Hello"),
        _ => ("application/x-www-form-urlencoded", "email=ana.whitlock%40mail.example"),
    };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "portal.alderbrook.example")
        .header(header::COOKIE, format!("__Host-portico-session={cookie}"))
        .header("x-portal-request", "1")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, kind);
    // A page of a company sends it, whose host is looked up.
    let request =
        if method == "OPTIONS" { request.header(header::ORIGIN, "https://www.alderbrook.example") } else { request };
    let body = if method == "POST" { body } else { "" };
    request.body(Body::from(body)).expect("a request can be made")
}

#[tokio::test]
async fn every_address_answers_a_stalled_database() {
    let demo = TestApp::demo().await;
    let token = fresh_link(&demo, HANA).await;
    let postgres = StallingPostgres::start();
    let folder = std::env::temp_dir().join(format!("portico-stalled-{}", new_uuid()));
    let mail = MailFolder::at(folder).await.expect("a folder can be made");
    let mut waiting = Vec::new();
    for address in ADDRESSES {
        for method in address.methods.split(',').filter(|method| *method != "HEAD") {
            let ask = || request(method, address.pattern, address.example, &token);
            // Each has its own connections, which are open when the database stops.
            let store = Store::new(&postgres.database(demo.database()), POOLS);
            let app = demo.rewired(|app| app.store = store).cold().as_demo(mail.clone());
            let before = app.send(ask()).await.status;
            waiting.push((format!("{method} {}", address.pattern), before, app, ask()));
        }
    }
    postgres.stop();
    let asked = waiting.into_iter().map(async |(name, before, app, request)| {
        let started = Instant::now();
        let reply = tokio::time::timeout(LATEST, app.send(request)).await;
        let reply = reply.unwrap_or_else(|_| panic!("{name} does not end"));
        let is_own = name.ends_with("/graphql") && reply.status == StatusCode::GATEWAY_TIMEOUT;
        let is_known = reply.status == before || reply.status == StatusCode::SERVICE_UNAVAILABLE || is_own;
        assert!(is_known, "{name}: {before}, then {}", reply.status);
        (name, (reply.status.as_u16(), started.elapsed()))
    });
    let replies: BTreeMap<_, _> = join_all(asked).await.into_iter().collect();
    for late in [
        "GET /auth/session",
        "GET /auth/sign-in",
        "POST /auth/sign-in",
        "GET /auth/link/{token}",
        "GET /auth/link/{token}/choose",
        "POST /auth/link/{token}",
        "POST /auth/link/{token}/fresh",
        "GET /leads/{key}",
        "OPTIONS /leads/{key}",
        "POST /leads/{key}",
        "GET /playground/examples.json",
        "GET /health/ready",
    ] {
        let (status, took) = replies[late];
        assert!(status == 503 && took >= limits::REQUEST / 2, "{late}: {status} after {took:?}; {replies:?}");
    }
}

#[tokio::test]
async fn form_completes_after_a_hang_up() {
    let app = TestApp::demo().await;
    let held = app.database().db_hold("lock table jobs in exclusive mode").await;
    let form = browser_form("/auth/sign-in", "email=ana.whitlock%40mail.example");
    let ended = tokio::time::timeout(Duration::from_secs(1), app.send(form)).await;
    assert!(ended.is_err(), "it waits for the lock");
    app.database().db_blocked(1).await;
    drop(held);
    while app.database().db_count("select count(*) from jobs").await == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(app.db_mails().await.last().map(|mail| mail.to_address.clone()).as_deref(), Some(ANA));
}
