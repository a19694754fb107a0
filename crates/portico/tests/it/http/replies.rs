//! Tests of replies: statuses, media types and common headers.

use axum::body::Body;
use axum::http::{Method, Request, header};
use portico::usage::{Application, Usage, Used};
use portico_testkit::{Person, Reply, TestApp};
use serde_json::json;

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

async fn asked(app: &TestApp, query: &str, accept: Option<&str>) -> Reply {
    let mut request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, "Bearer demo-client");
    if let Some(accept) = accept {
        request = request.header(header::ACCEPT, accept);
    }
    app.send(request.body(Body::from(json!({ "query": query }).to_string())).expect("a request")).await
}

#[tokio::test]
async fn media_type_decides_the_refusal_status() {
    // API-11
    let app = TestApp::demo().await;
    for (query, code, strict, lenient) in [
        ("{ viewer { role } }", None, 200, 200),
        ("{ viewer { invented } }", Some("GRAPHQL_VALIDATION_FAILED"), 400, 200),
        ("{ viewer { role }", Some("GRAPHQL_PARSE_FAILED"), 400, 200),
        ("", Some("GRAPHQL_PARSE_FAILED"), 400, 200),
        ("mutation { invented }", Some("GRAPHQL_VALIDATION_FAILED"), 400, 200),
        ("subscription { invented }", Some("GRAPHQL_VALIDATION_FAILED"), 400, 200),
        ("query($x: ID!) { node(id: $x) { id } }", Some("BAD_USER_INPUT"), 400, 200),
        // Executed with a failed nullable field: there is data.
        ("{ node(id: \"1\") { id } viewer { role } }", Some("BAD_USER_INPUT"), 200, 200),
    ] {
        for (accept, status, sent) in [
            (Some(GRAPHQL), strict, GRAPHQL),
            (Some("application/graphql-response+json; charset=utf-8, application/json; q=0.9"), strict, GRAPHQL),
            (Some(JSON), lenient, JSON),
            (Some("*/*"), lenient, JSON),
            (None, lenient, JSON),
        ] {
            let reply = asked(&app, query, accept).await;
            assert_eq!(reply.status.as_u16(), status, "{query} {accept:?}: {}", reply.text);
            assert_eq!(reply.headers["content-type"], format!("{sent}; charset=utf-8"), "{query} {accept:?}");
            assert_eq!(code, reply.json["errors"][0]["extensions"]["code"].as_str(), "{}", reply.text);
        }
    }
}

async fn at(app: &TestApp, method: Method, path: &str) -> Reply {
    app.send(Request::builder().method(method).uri(path).body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn operations_need_post_or_get() {
    let app = TestApp::demo().await;
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE] {
        for path in ["/graphql", "/graphql?query=%7B%20viewer%20%7B%20role%20%7D%20%7D"] {
            let reply = at(&app, method.clone(), path).await;
            assert_eq!(reply.status.as_u16(), 405, "{method}");
            assert_eq!(reply.headers["allow"], "GET,HEAD,POST");
            assert!(reply.json.get("data").is_none());
            assert_eq!(reply.code(), "BAD_USER_INPUT");
        }
    }
    assert_eq!(at(&app, Method::POST, "/health/live").await.status.as_u16(), 405);
}

#[tokio::test]
async fn unknown_address_is_json_not_found() {
    let app = TestApp::demo().await;
    for path in ["/playground/", "/graphql/", "/graphiql", "/.env", "/health", "/%2e%2e/etc/passwd", "/GRAPHQL"] {
        for method in [Method::GET, Method::POST] {
            let reply = at(&app, method, path).await;
            assert_eq!(reply.status.as_u16(), 404, "{path}");
            assert!(reply.json["errors"][0]["message"].is_string(), "{}", reply.text);
        }
    }
}

#[tokio::test]
async fn every_reply_has_security_headers() {
    let app = TestApp::demo().await;
    let mut replies = vec![
        asked(&app, "{ viewer { role } }", None).await,
        asked(&app, "{ invented }", Some(GRAPHQL)).await,
        app.ask(&Person::with_token("wrong"), "{ viewer { role } }").await,
        app.send(app.post(&Person::client()).body(Body::from("x")).expect("a request")).await,
    ];
    for (method, path) in [
        (Method::GET, "/graphql"),
        (Method::GET, "/nowhere"),
        (Method::GET, "/health/live"),
        (Method::GET, "/health/ready"),
        (Method::POST, "/health/live"),
    ] {
        replies.push(at(&app, method, path).await);
    }
    let mut ids = Vec::new();
    for reply in &replies {
        assert_eq!(reply.headers["cache-control"], "private, no-store");
        assert_eq!(reply.headers["x-content-type-options"], "nosniff");
        let vary = reply.headers["vary"].to_str().expect("text");
        assert!(vary.contains("Authorization") && vary.contains("Accept"), "{vary}");
        assert!(reply.headers.contains_key("content-type"));
        let id = reply.headers["x-request-id"].to_str().expect("text").to_owned();
        for error in reply.json["errors"].as_array().into_iter().flatten() {
            let shown_id = error["extensions"]["requestId"].as_str().unwrap_or_default();
            assert_eq!(shown_id, id, "{}", reply.text);
        }
        ids.push(id);
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), replies.len());
}

#[tokio::test]
async fn request_id_of_the_caller_is_ignored() {
    let app = TestApp::demo().await;
    for person in [Person::client(), Person::owner()] {
        let request = app.post(&person).header("x-request-id", "mine\u{7f}").header("x-request-id", "<script>");
        let reply = match request.body(Body::from(json!({ "query": "{ viewer { role } }" }).to_string())) {
            Ok(request) => app.send(request).await,
            // HTTP itself does not accept such a header.
            Err(_) => app.ask(&person, "{ viewer { role } }").await,
        };
        let ids: Vec<_> = reply.headers.get_all("x-request-id").iter().collect();
        assert_eq!(ids.len(), 1);
        assert_ne!(ids[0], "<script>");
    }
}

#[tokio::test]
async fn answers_state_their_cost() {
    // API-6
    let app = TestApp::demo().await;
    for (person, maximum) in
        [(Person::client(), 1_000), (Person::trade(), 1_000), (Person::staff(), 10_000), (Person::reporting(), 10_000)]
    {
        let small = app.ask(&person, "{ viewer { role } }").await;
        let large = app.ask(&person, "{ viewer { projects(first: 100) { nodes { milestones { id } } } } }").await;
        let cost = |reply: &Reply| reply.json["extensions"]["cost"]["requestedQueryCost"].as_u64();
        assert_eq!(small.json["extensions"]["cost"]["maximumCost"], maximum);
        assert!(cost(&small) < cost(&large), "{} {}", small.text, large.text);
    }
}

#[tokio::test]
async fn health_reports_live_and_ready() {
    let app = TestApp::demo().await;
    for (path, status) in [("/health/live", "live"), ("/health/ready", "ready")] {
        let reply = at(&app, Method::GET, path).await;
        assert_eq!((reply.status.as_u16(), reply.json), (200, json!({ "status": status })));
    }
}

#[tokio::test]
async fn operations_count_by_application() {
    // API-7
    let usage = Usage::default();
    let app = TestApp::demo().await.rewired(|app| app.usage = usage.clone());
    for (person, name) in [(Person::client(), "phone"), (Person::owner(), "phone"), (Person::owner(), "<b>")] {
        let request = app.post(&person).header("x-client-name", name).header("x-client-version", "2.1");
        let body = json!({ "query": "query Dashboard { viewer { role } }" }).to_string();
        app.send(request.body(Body::from(body)).expect("a request")).await;
    }
    let counted = |name: &str| {
        let application = Application { name: name.to_owned(), version: "2.1".to_owned() };
        usage.counts().get(&(application, Used::Operation("Dashboard".to_owned()))).copied()
    };
    assert_eq!((counted("phone"), counted("other"), counted("<b>")), (Some(2), Some(1), None));
}
