//! Tests of heavy work: bounded, and off the request threads (ROB-20).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use futures_util::future::join_all;
use portico_actions::{HeavyLimits, HeavyPool};
use portico_testkit::{Person, TestApp};
use serde_json::json;

use crate::support::accounts::{
    ANA, BEN, PASSWORD, STRANGER, browser_form, codes, fresh_link, mailed_token, set_password, sign_in,
};
use crate::support::clients::{add, client_create};
use crate::support::project;

const CHANGE: &str = "mutation($input: ViewerPasswordChangeInput!) { viewerPasswordChange(input: $input) {
    userErrors { code } } }";
const ADDRESS: &str = "mutation($input: ViewerUpdateInput!) { viewerUpdate(input: $input) { userErrors { code } } }";
const SET: &str = "mutation($input: PasswordSetInput!) { passwordSet(input: $input) { token userErrors { code } } }";

/// A password of maximum length whose strength takes long to estimate.
fn long_password() -> String {
    "p4$$w0rd1!m0nk3y@dr4g0n".chars().cycle().take(200).collect()
}

async fn is_live(app: &TestApp) -> StatusCode {
    app.send(Request::get("/health/live").body(Body::empty()).expect("a request can be made")).await.status
}

/// The token of an unused invitation.
async fn unused_invitation(app: &TestApp) -> String {
    let owner = Person::owner();
    let contact = client_create(app, &owner, "Kim Sorel", STRANGER).await;
    let ridge = project(app, "alderbrook/ridge-view");
    add(app, &owner, &ridge, &contact, true).await;
    mailed_token(app, STRANGER).await
}

#[tokio::test]
async fn long_passwords_delay_no_other() {
    // ROB-20: one thread serves all requests, so that blocking work would be visible.
    let app = TestApp::demo().await;
    let invitation = unused_invitation(&app).await;
    let link = fresh_link(&app, ANA).await;
    let password = long_password();
    let set = |token: String| {
        let input = json!({ "input": { "token": token, "password": password } });
        let app = &app;
        async move { app.ask_with(&Person::public(), SET, input).await }
    };
    let is_done = AtomicBool::new(false);
    let eight = async {
        let tokens = (0..8).map(|place| if place % 2 == 0 { invitation.clone() } else { link.clone() });
        let replies = join_all(tokens.map(set)).await;
        is_done.store(true, Ordering::Relaxed);
        replies
    };
    let looks = async {
        let mut waits = Vec::new();
        while !is_done.load(Ordering::Relaxed) {
            let asked = Instant::now();
            assert_eq!(is_live(&app).await, StatusCode::OK);
            tokio::time::sleep(Duration::from_millis(1)).await;
            waits.push(asked.elapsed());
        }
        waits.sort_unstable();
        waits
    };
    let (replies, waits) = tokio::join!(eight, looks);
    for reply in &replies {
        assert!(reply.json["errors"].is_null(), "each is answered: {}", reply.text);
    }
    // If each password blocked the thread, there would be one delay per password, as long as its estimate.
    let usual = waits[waits.len() / 2];
    assert!(waits.len() > 40 && usual < Duration::from_millis(100), "{} looks, usually {usual:?}", waits.len());
}

#[tokio::test]
async fn every_hash_runs_in_the_pool() {
    // ROB-20: five uses of a password, each through the pool, which rejects excess work.
    let limits = HeavyLimits { at_once: 1, total: 1, per_caller: 1, wait: Duration::from_millis(100) };
    let pool = HeavyPool::new(limits);
    let app = TestApp::demo().await.rewired(|app| app.heavy = HeavyPool::default());
    set_password(&app, &fresh_link(&app, ANA).await, PASSWORD).await;
    let token = sign_in(&app, ANA, PASSWORD).await.at("/signIn/token").as_str().expect("she is in").to_owned();
    let ana = Person::with_token(token);
    let link = fresh_link(&app, BEN).await;
    let full = app.rewired(|app| app.heavy = pool.clone());
    let is_over = Arc::new(AtomicBool::new(false));
    let busy = {
        let is_over = Arc::clone(&is_over);
        let work = move || {
            while !is_over.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(1));
            }
        };
        let pool = pool.clone();
        tokio::spawn(async move { pool.run("another", || true, work).await })
    };
    tokio::task::yield_now().await;
    let change = json!({ "input": { "currentPassword": PASSWORD, "newPassword": long_password() } });
    let address = json!({ "input": { "email": STRANGER, "currentPassword": PASSWORD } });
    let set = json!({ "input": { "token": link, "password": long_password() } });
    let replies = [
        ("signIn", sign_in(&full, ANA, PASSWORD).await),
        ("signIn, no account", sign_in(&full, STRANGER, &long_password()).await),
        ("viewerPasswordChange", full.ask_with(&ana, CHANGE, change.clone()).await),
        ("viewerUpdate", full.ask_with(&ana, ADDRESS, address).await),
        ("passwordSet", full.ask_with(&Person::public(), SET, set.clone()).await),
    ];
    for (way, reply) in &replies {
        assert_eq!(reply.code(), "UNAVAILABLE", "{way}: {}", reply.text);
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{way}");
        assert!(reply.headers.contains_key(header::RETRY_AFTER), "{way}");
    }
    let form = browser_form(&format!("/auth/link/{link}"), &format!("password={}", long_password()));
    assert_eq!(full.send(form).await.status, StatusCode::SERVICE_UNAVAILABLE, "the page of a link");
    assert_eq!(is_live(&full).await, StatusCode::OK);
    is_over.store(true, Ordering::Relaxed);
    assert_eq!(busy.await.expect("it ends"), Ok(()));
    // Nothing was half done: the link is still valid, and the password is the old one.
    let changed = full.ask_with(&ana, CHANGE, json!({ "input": { "currentPassword": "x", "newPassword": "y" } })).await;
    assert_eq!(codes(changed.at("/viewerPasswordChange")), ["INVALID"], "{}", changed.text);
    let entered = full.ask_with(&Person::public(), SET, set).await;
    assert!(entered.at("/passwordSet/token").is_string(), "{}", entered.text);
}
