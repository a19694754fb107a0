//! Tests of the log: one line per request, without variables and tokens.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Request, header};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("the lock is not poisoned").clone()).expect("logs are text")
    }

    fn requests(&self) -> Vec<Value> {
        let text = self.text();
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.filter(|line| line["message"] == "request").collect()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the lock is not poisoned").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Captures all log events, including those of libraries.
pub(crate) fn capture() -> (Captured, tracing::subscriber::DefaultGuard) {
    let captured = Captured::default();
    let log = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_max_level(tracing::Level::TRACE)
        .with_writer(captured.clone());
    (captured, tracing::subscriber::set_default(log.finish()))
}

#[tokio::test]
async fn each_request_logs_one_line() {
    let app = TestApp::demo().await;
    let (captured, _guard) = capture();
    for (role, person) in Person::of_each_role().into_iter().filter(|(role, _)| !["public", "support"].contains(role)) {
        let query = "query WhoAmI { viewer { name projects { totalCount } } }";
        let reply = app.ask(&person, query).await;
        let requests = captured.requests();
        let line = requests.last().expect("a line");
        assert_eq!(line["role"], role.to_uppercase());
        assert_eq!(line["operation"], "WhoAmI");
        assert_eq!(
            (&line["status"], &line["method"], &line["path"]),
            (&json!(200), &json!("POST"), &json!("/graphql"))
        );
        assert_eq!(line["cost"], reply.json["extensions"]["cost"]["requestedQueryCost"]);
        assert_eq!(line["statements"], reply.statements);
        // The list and its count; for outsiders also the state of their projects, which the cached answer depends on.
        assert!((2..=3).contains(&reply.statements), "{}", reply.statements);
        assert_eq!(line["cached"], false);
        assert_eq!(line["request_id"], reply.headers["x-request-id"].to_str().expect("text"));
        assert_eq!(line["errors"], "");
    }
    assert_eq!(captured.requests().len(), 5);
}

#[tokio::test]
async fn log_omits_variables_tokens_and_literals() {
    // SEC-22
    let app = TestApp::demo().await;
    let (captured, _guard) = capture();
    for person in [Person::client(), Person::with_token("a-wrong-token-of-somebody"), Person::owner()] {
        let query = r#"query Search($q: String) { viewer { projects(query: $q) { totalCount } } node(id: "literal-secret") { id } }"#;
        app.ask_with(&person, query, json!({ "q": "variable-secret" })).await;
        app.ask_with(
            &person,
            "query($q: Int) { viewer { projects(first: $q) { totalCount } } }",
            json!({ "q": "variable-secret" }),
        )
        .await;
        app.ask(&person, "{ viewer { name } } literal-secret").await;
        app.ask(&person, r#"{ viewer(x: "literal-secret") { name } }"#).await;
    }
    let request = Request::post("/graphql?token=query-secret")
        .header(header::AUTHORIZATION, "Basic basic-secret")
        .body(Body::empty());
    app.send(request.expect("a request")).await;
    app.send(Request::get("/nowhere?x=query-secret").body(Body::empty()).expect("a request")).await;
    assert_eq!(captured.requests().len(), 14);
    let text = captured.text();
    let hash = Person::client().token_hash();
    for secret in [
        "variable-secret",
        "literal-secret",
        "query-secret",
        "basic-secret",
        "a-wrong-token",
        "demo-client",
        "demo-owner",
    ] {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
    let line = text.lines().find(|line| line.contains(&hash) && !line.contains("tokio_postgres"));
    assert_eq!(line, None);
}

#[tokio::test]
async fn operation_name_cannot_forge_log_lines() {
    let app = TestApp::demo().await;
    let (captured, _guard) = capture();
    for person in [Person::client(), Person::staff()] {
        app.ask(&person, &format!("query {} {{ viewer {{ role }} }}", "A".repeat(5_000))).await;
        let requests = captured.requests();
        let operation = requests.last().and_then(|line| line["operation"].as_str()).expect("a name");
        assert_eq!(operation.len(), 64);
    }
}

#[tokio::test]
async fn internal_errors_are_logged_with_the_id() {
    let app = TestApp::demo().await;
    app.database().db_execute("drop view client.portal_entrances, staff.portal_entrances").await;
    let (captured, _guard) = capture();
    for person in [Person::client(), Person::staff()] {
        let reply = app.ask(&person, r#"{ portal(host: "portal.alderbrook.example") { host } }"#).await;
        assert_eq!(reply.code(), "INTERNAL");
        let id = reply.headers["x-request-id"].to_str().expect("text");
        let text = captured.text();
        assert!(text.lines().any(|line| line.contains(id) && line.contains("portal_entrances")), "{text}");
        assert_eq!(captured.requests().last().expect("a line")["errors"], "INTERNAL");
    }
}

#[tokio::test]
async fn log_holds_no_credentials() {
    let app = TestApp::demo().await;
    let request = "mutation { magicLinkRequest(input: { email: \"ana.whitlock@mail.example\" }) { message } }";
    app.ask(&Person::public(), request).await;
    let token = app.db_mails().await.pop().and_then(|mail| mail.token).expect("a link was mailed");
    let (captured, _guard) = capture();
    let path = format!("/auth/link/{token}");
    let page = Request::get(&path).body(Body::empty()).expect("a request can be made");
    app.send(page).await;
    let fresh = Request::post(format!("{path}/fresh")).body(Body::empty()).expect("a request can be made");
    app.send(fresh).await;
    let enter = Request::post(&path).body(Body::empty()).expect("a request can be made");
    let entered = app.send(enter).await;
    let text = captured.text();
    let paths: Vec<_> = captured.requests().iter().map(|line| line["path"].clone()).collect();
    assert_eq!(paths, ["/auth/link/", "/auth/link/", "/auth/link/"]);
    assert!(!text.contains(&token), "the link's token");
    if let Some(cookie) = entered.headers.get(header::SET_COOKIE) {
        let session = cookie.to_str().expect("cookies are text").split([';', '=']).nth(1).expect("it has a value");
        assert!(!text.contains(session), "the session's token");
    }
}
