//! Tests of session cookies of browsers.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use portico_testkit::{Person, Reply, TestApp};
use serde_json::json;

use crate::support::accounts::{ANA, browser, db_age_sessions, fresh_link, session_use_noted};

const CONSUME: &str =
    "mutation($input: MagicLinkConsumeInput!) { magicLinkConsume(input: $input) { token userErrors { code } } }";

/// The cookie of a sign-in by link.
async fn cookie(app: &TestApp) -> String {
    let entered = app.send(browser(Method::POST, &format!("/auth/link/{}", fresh_link(app, ANA).await), None)).await;
    crate::support::accounts::cookie_of(&entered)
}

fn post(cookie: &str, content_type: &str, query: &str) -> Request<Body> {
    let body = json!({ "query": query }).to_string();
    let request = Request::post("/graphql").header(header::COOKIE, cookie).header(header::CONTENT_TYPE, content_type);
    request.body(Body::from(body)).expect("a request can be made")
}

fn name(reply: &Reply) -> &str {
    reply.json["data"]["viewer"]["name"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn session_cookie_is_http_only_host_bound() {
    // SES-7
    let app = TestApp::demo().await;
    let token = fresh_link(&app, ANA).await;
    let input = json!({ "token": token, "sessionTransport": "COOKIE" });
    let reply = app.ask_with(&Person::public(), CONSUME, json!({ "input": input })).await;
    assert_eq!(*reply.at("/magicLinkConsume"), json!({ "token": null, "userErrors": [] }));
    let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-portico-session=ps_"), "{cookie}");
    for attribute in ["; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax", "; Max-Age=2592000"] {
        assert!(cookie.contains(attribute), "{attribute}: {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert!(!reply.text.contains("ps_"), "{}", reply.text);
}

#[tokio::test]
async fn cross_site_requests_change_nothing() {
    // API-4, SEC-19
    let app = TestApp::demo().await;
    let cookie = cookie(&app).await;
    let own = app.send(post(&cookie, "application/json", "{ viewer { name } }")).await;
    assert_eq!(name(&own), "Ana Whitlock", "{}", own.text);
    // Requests that a page of another site can send without a preflight.
    for simple in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let reply = app.send(post(&cookie, simple, "mutation { signOut { isSignedOut } }")).await;
        assert_eq!(reply.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{simple}");
    }
    let uri = "/graphql?query=%7Bviewer%7Bname%7D%7D";
    let image = app.send(browser(Method::GET, uri, Some(&cookie))).await;
    assert_eq!(image.status, StatusCode::BAD_REQUEST, "{}", image.text);
    let mut meant = browser(Method::GET, uri, Some(&cookie));
    meant.headers_mut().insert("x-portal-request", "1".parse().unwrap());
    assert_eq!(name(&app.send(meant).await), "Ana Whitlock");
}

#[tokio::test]
async fn expired_session_cookie_is_deleted() {
    let app = TestApp::demo().await;
    let cookie = cookie(&app).await;
    let out = app.send(post(&cookie, "application/json", "mutation { signOut { isSignedOut } }")).await;
    assert!(out.headers[header::SET_COOKIE].to_str().is_ok_and(|it| it.contains("Max-Age=0")), "{}", out.text);
    let reply = app.send(post(&cookie, "application/json", "{ viewer { name } }")).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
    assert!(reply.headers[header::SET_COOKIE].to_str().is_ok_and(|it| it.contains("Max-Age=0")));
}

#[tokio::test]
async fn bearer_token_precedes_cookie() {
    let app = TestApp::demo().await;
    let cookie = cookie(&app).await;
    let mut request = post(&cookie, "application/json", "{ viewer { name } }");
    request.headers_mut().insert(header::AUTHORIZATION, "Bearer demo-session-ben".parse().unwrap());
    assert_eq!(name(&app.send(request).await), "Ben Whitlock");
    let mut wrong = post(&cookie, "application/json", "{ viewer { name } }");
    wrong.headers_mut().insert(header::AUTHORIZATION, "Bearer nothing".parse().unwrap());
    assert_eq!(app.send(wrong).await.status, StatusCode::UNAUTHORIZED);
    // ROB-27: the cookie was ignored, and stays.
    for wrong in ["Bearer nothing", "Bearer", "Basic abc", "nonsense"] {
        let mut request = post(&cookie, "application/json", "{ viewer { name } }");
        request.headers_mut().insert(header::AUTHORIZATION, wrong.parse().unwrap());
        let reply = app.send(request).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{wrong}");
        assert!(!reply.headers.contains_key(header::SET_COOKIE), "{wrong}");
    }
}

#[tokio::test]
async fn malformed_session_cookie_is_rejected() {
    // ROB-27: ignoring a malformed cookie would answer as the public.
    let app = TestApp::demo().await;
    let long = "a".repeat(600);
    for value in [long.as_str(), "a", "ps_", "%FF", "ps_x y"] {
        let cookie = format!("other=1; __Host-portico-session={value}");
        let reply = app.send(post(&cookie, "application/json", "{ __typename }")).await;
        assert_eq!((reply.status, reply.code()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"), "{value}");
        assert!(reply.headers[header::SET_COOKIE].to_str().is_ok_and(|it| it.contains("Max-Age=0")), "{value}");
    }
    // Another cookie's bytes do not hide the session cookie.
    let mut request = post("x", "application/json", "{ __typename }");
    let cookie = [b"other=\xff\xfe; ".as_slice(), b"__Host-portico-session=gone"].concat();
    request.headers_mut().insert(header::COOKIE, header::HeaderValue::from_bytes(&cookie).unwrap());
    assert_eq!(app.send(request).await.status, StatusCode::UNAUTHORIZED);
}

const DAY: i64 = 86_400;

/// A browser that drops expired cookies.
struct Jar {
    cookie: String,
    seconds_left: i64,
}

impl Jar {
    fn keep(&mut self, reply: &Reply) {
        let Some(set) = reply.headers.get(header::SET_COOKIE).and_then(|set| set.to_str().ok()) else { return };
        let age = set.split("; ").find_map(|part| part.strip_prefix("Max-Age=")).and_then(|age| age.parse().ok());
        self.cookie = set.split(';').next().unwrap_or_default().to_owned();
        self.seconds_left = age.unwrap_or_else(|| panic!("{set}"));
    }

    async fn wait(&mut self, app: &TestApp, seconds: i64) {
        session_use_noted(app).await;
        db_age_sessions(app, seconds).await;
        self.seconds_left -= seconds;
        assert!(self.seconds_left > 0, "the browser has forgotten the cookie");
    }
}

#[tokio::test]
async fn cookie_is_renewed_with_its_session() {
    // SES-9: used every week, and still signed in after 60 days.
    let app = TestApp::demo().await;
    let entered = app.send(browser(Method::POST, &format!("/auth/link/{}", fresh_link(&app, ANA).await), None)).await;
    let mut jar = Jar { cookie: String::new(), seconds_left: 0 };
    jar.keep(&entered);
    assert_eq!(jar.seconds_left, 30 * DAY);
    for week in 1..=9 {
        jar.wait(&app, 7 * DAY).await;
        let reply = app.send(post(&jar.cookie, "application/json", "{ viewer { name } }")).await;
        assert_eq!(name(&reply), "Ana Whitlock", "week {week}: {}", reply.text);
        jar.keep(&reply);
        assert_eq!(jar.seconds_left, 30 * DAY, "week {week}: the cookie is renewed");
        let again = app.send(post(&jar.cookie, "application/json", "{ viewer { name } }")).await;
        session_use_noted(&app).await;
        let third = app.send(post(&jar.cookie, "application/json", "{ viewer { name } }")).await;
        assert!(third.headers.get(header::SET_COOKIE).is_none(), "week {week}: once an hour is enough: {}", again.text);
    }
}

#[tokio::test]
async fn saved_link_renews_the_cookie() {
    // SES-9, SES-6: a saved link opens the portal while the session lives, and renews the cookie.
    let app = TestApp::demo().await;
    let link = format!("/auth/link/{}", fresh_link(&app, ANA).await);
    let entered = app.send(browser(Method::POST, &link, None)).await;
    let mut jar = Jar { cookie: String::new(), seconds_left: 0 };
    jar.keep(&entered);
    jar.wait(&app, 20 * DAY).await;
    let opened = app.send(browser(Method::GET, &link, Some(&jar.cookie))).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    jar.keep(&opened);
    assert_eq!(jar.seconds_left, 30 * DAY);
    jar.wait(&app, 20 * DAY).await;
    let page = app.send(browser(Method::GET, "/auth/session", Some(&jar.cookie))).await;
    assert!(page.text.contains("You are signed in"), "{}", page.text);
    jar.keep(&page);
    assert_eq!(jar.seconds_left, 30 * DAY, "the page with the account renews it too");
}

#[tokio::test]
async fn token_that_signs_out_keeps_the_cookie() {
    let app = TestApp::demo().await;
    let cookie = cookie(&app).await;
    let mut out = post(&cookie, "application/json", "mutation { signOut { isSignedOut } }");
    out.headers_mut().insert(header::AUTHORIZATION, "Bearer demo-trade".parse().expect("a header"));
    let out = app.send(out).await;
    assert!(out.text.contains(r#""isSignedOut":true"#), "{}", out.text);
    assert!(out.headers.get(header::SET_COOKIE).is_none(), "{:?}", out.headers);
    assert_eq!(name(&app.send(post(&cookie, "application/json", "{ viewer { name } }")).await), "Ana Whitlock");
}

#[tokio::test]
async fn renewal_does_not_undo_sign_out() {
    // SES-9
    let app = TestApp::demo().await;
    let cookie = cookie(&app).await;
    db_age_sessions(&app, DAY).await;
    let out = app.send(post(&cookie, "application/json", "mutation { signOut { isSignedOut } }")).await;
    let set: Vec<_> = out.headers.get_all(header::SET_COOKIE).iter().filter_map(|set| set.to_str().ok()).collect();
    assert!(set.len() == 1 && set[0].contains("Max-Age=0"), "{set:?}");
    // With a bearer token there is no cookie to renew.
    let reply = app.ask(&Person::client(), "{ viewer { name } }").await;
    assert!(reply.headers.get(header::SET_COOKIE).is_none());
}

#[tokio::test]
async fn support_cookie_ends_with_its_session() {
    // SES-9: eight hours, used or not.
    let app = TestApp::demo().await;
    let token = fresh_link(&app, "iris@portico.example").await;
    let input = json!({ "token": token, "sessionTransport": "COOKIE" });
    let reply = app.ask_with(&Person::public(), CONSUME, json!({ "input": input })).await;
    let mut jar = Jar { cookie: String::new(), seconds_left: 0 };
    jar.keep(&reply);
    assert_eq!(jar.seconds_left, 8 * 3_600);
    jar.wait(&app, 2 * 3_600).await;
    let later = app.send(post(&jar.cookie, "application/json", "{ viewer { name } }")).await;
    assert_eq!(name(&later), "Iris Vandermeer", "{}", later.text);
    assert!(later.headers.get(header::SET_COOKIE).is_none(), "support's session is not renewed");
    // The same with the button on the link's page.
    let link = format!("/auth/link/{}", fresh_link(&app, "iris@portico.example").await);
    let mut by_page = Jar { cookie: String::new(), seconds_left: 0 };
    by_page.keep(&app.send(browser(Method::POST, &link, None)).await);
    assert_eq!(by_page.seconds_left, 8 * 3_600);
}
