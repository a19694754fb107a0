//! Tests of rate limits of sign-in.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use portico_actions::ActionError;
use portico_actions::sessions::SignIn;
use portico_core::access::Viewer;
use portico_core::refusal::RefusalCode;
use portico_testkit::{Person, TestApp};
use serde_json::json;

use crate::support::accounts::{ANA, PASSWORD, codes, consume, fresh_link, request_link, set_password, sign_in};

/// The burst of the rate limit.
const AT_ONCE: usize = 20;

#[tokio::test]
async fn twenty_attempts_throttle_an_account() {
    // SEC-6, SEC-5
    let app = TestApp::demo().await;
    let variants = [
        "Ana.Whitlock@mail.example",
        " ana.whitlock@MAIL.example",
        "anawhitlock+1@mail.example",
        "a.n.a.whitlock@mail.example",
    ];
    let mut refused = Vec::new();
    for number in 0..=AT_ONCE {
        let reply = sign_in(&app, variants[number % variants.len()], "wrong").await;
        refused.push(codes(reply.at("/signIn")).join(","));
    }
    assert!(refused[..AT_ONCE].iter().all(|code| code == "SIGN_IN_REFUSED"), "{refused:?}");
    assert_eq!(refused[AT_ONCE], "TOO_MANY_ATTEMPTS");
    let reply = sign_in(&app, ANA, PASSWORD).await;
    let wait = reply.at("/signIn/userErrors/0/meta/retryAfterSeconds").as_i64();
    assert!(wait.is_some_and(|seconds| (1..=60).contains(&seconds)), "{}", reply.text);
}

#[tokio::test]
async fn sign_in_does_not_reset_the_count() {
    // SEC-5
    let app = TestApp::demo().await;
    set_password(&app, &fresh_link(&app, ANA).await, PASSWORD).await;
    let mut let_in = 0;
    for number in 0..AT_ONCE {
        let reply = sign_in(&app, ANA, if number % 4 == 3 { PASSWORD } else { "wrong" }).await;
        let_in += usize::from(reply.at("/signIn/token").is_string());
    }
    assert!(let_in >= 4, "{let_in}");
    assert_eq!(codes(sign_in(&app, ANA, PASSWORD).await.at("/signIn")), ["TOO_MANY_ATTEMPTS"]);
}

#[tokio::test]
async fn attempts_per_network_are_limited() {
    // SEC-8, SEC-9: request headers do not change the network.
    let app = TestApp::demo().await;
    let address = app.serve().await;
    let caller = reqwest::Client::new();
    let mut codes_seen = Vec::new();
    for number in 0..=AT_ONCE {
        let query = format!(
            "mutation {{ signIn(input: {{ email: \"person{number}@mail.example\", password: \"Spring2026!\" }}) {{ userErrors {{ code }} }} }}"
        );
        let request = caller.post(format!("http://{address}/graphql")).json(&json!({ "query": query }));
        let request = ["x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip"]
            .iter()
            .fold(request, |request, name| request.header(*name, format!("203.0.113.{number}")));
        let reply: serde_json::Value = request.send().await.expect("it answers").json().await.expect("it is JSON");
        codes_seen.push(reply["data"]["signIn"]["userErrors"][0]["code"].as_str().unwrap_or_default().to_owned());
    }
    assert!(codes_seen[..AT_ONCE].iter().all(|code| code == "SIGN_IN_REFUSED"), "{codes_seen:?}");
    assert_eq!(codes_seen[AT_ONCE], "TOO_MANY_ATTEMPTS");
}

#[tokio::test]
async fn attempts_per_operation_are_counted() {
    // SEC-7
    let app = TestApp::demo().await;
    let aliased = |count: usize| {
        let one = |number| {
            format!(
                "t{number}: signIn(input: {{ email: \"{ANA}\", password: \"p{number}\" }}) {{ userErrors {{ code }} }}"
            )
        };
        format!("mutation {{ {} }}", (0..count).map(one).collect::<Vec<_>>().join(" "))
    };
    let anonymous = portico_testkit::Person::public();
    let many = app.ask(&anonymous, &aliased(40)).await;
    assert_eq!(many.code(), "COST_LIMIT", "{}", many.text);
    assert_eq!(app.database().db_count("select count(*) from activity").await, 0);
    for _ in 0..4 {
        let five = app.ask(&anonymous, &aliased(5)).await;
        assert!(five.json["data"]["t4"].is_object(), "{}", five.text);
    }
    let next = app.ask(&anonymous, &aliased(1)).await;
    assert_eq!(next.json["data"]["t0"]["userErrors"][0]["code"], "TOO_MANY_ATTEMPTS", "{}", next.text);
    let batch = axum::body::Body::from(json!([{ "query": aliased(1) }, { "query": aliased(1) }]).to_string());
    let reply = app.send(app.post(&anonymous).body(batch).expect("a request can be made")).await;
    assert_eq!(reply.status, 400, "{}", reply.text);
}

#[tokio::test]
async fn link_requests_are_throttled_alike() {
    let app = TestApp::demo().await;
    for _ in 0..AT_ONCE {
        let guessed = consume(&app, &"A".repeat(64), None).await;
        assert_eq!(codes(&guessed), ["SIGN_IN_REFUSED"]);
    }
    assert_eq!(codes(&consume(&app, &"A".repeat(64), None).await), ["TOO_MANY_ATTEMPTS"]);
    let asked = futures_util::future::join_all((0..AT_ONCE).map(|_| request_link(&app, ANA))).await;
    assert!(asked.iter().all(|reply| reply.at("/magicLinkRequest/message").is_string()));
    let next = request_link(&app, ANA).await;
    assert_eq!(codes(next.at("/magicLinkRequest")), ["TOO_MANY_ATTEMPTS"], "{}", next.text);
}

#[tokio::test]
async fn trusted_proxy_separates_networks() {
    // SEC-8: the caller's entries precede the proxy's in the same header, and are ignored.
    let app = TestApp::demo().await.rewired(|app| app.proxies = "127.0.0.0/8".parse().expect("a network"));
    let address = app.serve().await;
    let proxy = reqwest::Client::new();
    let ask = async |caller: &str, number: usize| {
        let query = format!(
            "mutation {{ signIn(input: {{ email: \"person{number}@mail.example\", password: \"Spring2026!\" }}) {{ userErrors {{ code }} }} }}"
        );
        let forged = format!("198.51.100.{number}, {caller}");
        let request = proxy.post(format!("http://{address}/graphql")).header("x-forwarded-for", forged);
        let reply = request.json(&json!({ "query": query })).send().await.expect("it answers");
        let reply: serde_json::Value = reply.json().await.expect("it is JSON");
        reply["data"]["signIn"]["userErrors"][0]["code"].as_str().unwrap_or_default().to_owned()
    };
    let mut codes_seen = Vec::new();
    for number in 0..=AT_ONCE {
        codes_seen.push(ask("203.0.113.1", number).await);
    }
    assert!(codes_seen[..AT_ONCE].iter().all(|code| code == "SIGN_IN_REFUSED"), "{codes_seen:?}");
    assert_eq!(codes_seen[AT_ONCE], "TOO_MANY_ATTEMPTS");
    assert_eq!(ask("203.0.113.2", 0).await, "SIGN_IN_REFUSED", "another caller behind the same proxy");
    let written = "select count(*) from activity where kind = 'SIGN_IN_REFUSED' and network = '203.0.113.2'";
    assert_eq!(app.database().db_count(written).await, 1, "the audit log has the network");
}

#[tokio::test]
async fn known_network_is_not_throttled() {
    // SEC-6, SEC-5
    let app = TestApp::demo().await;
    let from = async |network: &str, email: &str, password: &str| {
        let mut actor = app.actor(Arc::new(Viewer::public()));
        actor.origin.network = network.parse().ok();
        let entry = SignIn { email: email.to_owned(), password: password.into(), choice: None };
        match entry.run(&actor).await {
            Ok(_) => Ok(()),
            Err(ActionError::Refused(refusals)) => Err(refusals[0].code),
            Err(other) => panic!("{other}"),
        }
    };
    set_password(&app, &fresh_link(&app, ANA).await, PASSWORD).await;
    assert_eq!(from("203.0.113.2", ANA, PASSWORD).await, Ok(()), "the owner, at home");
    let slowed = Err(RefusalCode::TooManyAttempts);
    for _ in 0..AT_ONCE {
        assert_eq!(from("203.0.113.1", ANA, "wrong").await, Err(RefusalCode::SignInRefused));
    }
    assert_eq!(from("203.0.113.1", ANA, "wrong").await, slowed);
    assert_eq!(from("203.0.113.2", ANA, PASSWORD).await, Ok(()), "the owner, from elsewhere");
    // Fifty attempts from many networks, in all spellings of the address and one of them successful; then no more from
    // any network.
    let variants = ["Ana.Whitlock@mail.example", "ANA.whitlock+1@mail.example", "a.n.a.whitlock@MAIL.example"];
    for number in 0..27 {
        let network = format!("2001:db8:{number:x}::1");
        let variant = variants[number % variants.len()];
        assert_eq!(from(&network, variant, "wrong").await, Err(RefusalCode::SignInRefused), "{number}");
    }
    assert_eq!(from("2001:db8:ffff::1", ANA, PASSWORD).await, Ok(()));
    assert_eq!(from("2001:db8:fffe::1", ANA, PASSWORD).await, slowed, "from nowhere that is known");
    // The owner can still sign in from a known network.
    assert_eq!(from("203.0.113.2", ANA, PASSWORD).await, Ok(()));
    assert_eq!(from("2001:db8:ffff:0:1::2", ANA, PASSWORD).await, Ok(()), "and from the same /64");
}

#[tokio::test]
async fn batched_attempts_count_separately() {
    // SEC-7
    let app = TestApp::demo().await;
    let one = |number: usize| {
        format!("t{number}: magicLinkConsume(input: {{ token: \"x{number}\" }}) {{ userErrors {{ code }} }}")
    };
    let aliased = format!("mutation {{ {} }}", (0..30).map(one).collect::<Vec<_>>().join(" "));
    let refused = app.ask(&Person::public(), &aliased).await;
    assert_eq!(refused.code(), "COST_LIMIT", "{}", refused.text);
    let several: String = (0..3).map(|number| format!("mutation M{number} {{ {} }} ", one(number))).collect();
    let refused = app.ask(&Person::public(), &several).await;
    assert!(refused.json.get("data").is_none() && refused.status.is_client_error(), "{}", refused.text);
    let batch = json!([{ "query": aliased }, { "query": aliased }]).to_string();
    let batch = app.post(&Person::public()).body(Body::from(batch)).expect("a request can be made");
    assert!(app.send(batch).await.status.is_client_error());
    let upgrade = Request::get("/graphql")
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-protocol", "graphql-transport-ws")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    let upgrade = app.send(upgrade.body(Body::empty()).expect("a request can be made")).await;
    assert!(upgrade.status.is_client_error(), "there is no second attempt: {}", upgrade.status);
    assert_eq!(app.database().db_count("select count(*) from activity").await, 0, "no attempt was made");
}

#[tokio::test]
async fn gateways_share_attempts_through_redis() {
    // SEC-6
    let one = TestApp::demo().await.over_redis().await;
    let other = one.cold();
    let mut codes_seen = Vec::new();
    for number in 0..=AT_ONCE {
        let app = if number % 2 == 0 { &one } else { &other };
        codes_seen.push(codes(sign_in(app, ANA, "wrong").await.at("/signIn")).join(","));
    }
    assert!(codes_seen[..AT_ONCE].iter().all(|code| code == "SIGN_IN_REFUSED"), "{codes_seen:?}");
    assert_eq!(codes_seen[AT_ONCE], "TOO_MANY_ATTEMPTS");
}
