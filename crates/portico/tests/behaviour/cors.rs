//! What pages of other origins may read, and how answers are packed.

use axum::body::Body;
use axum::http::{Method, Request, header};
use portico_testkit::{Reply, TestApp};
use serde_json::json;

const OWN: &str = "https://portal.alderbrook.example";
const FOREIGN: &str = "https://elsewhere.example";

async fn app_with_origin() -> TestApp {
    TestApp::demo().await.rewired(|app| app.origins = OWN.parse().expect("an origin"))
}

async fn preflight(app: &TestApp, origin: &str, headers: &str) -> Reply {
    let request = Request::builder()
        .method(Method::OPTIONS)
        .uri("/graphql")
        .header(header::ORIGIN, origin)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, headers);
    app.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn a_page_of_a_configured_origin_may_ask_and_no_other() {
    let app = app_with_origin().await;
    let own = preflight(&app, OWN, "authorization,content-type").await;
    assert_eq!(own.headers["access-control-allow-origin"], OWN);
    assert!(own.headers["access-control-allow-headers"].to_str().expect("text").contains("authorization"));
    // Cookies are not sent along, whoever asks.
    assert!(!own.headers.contains_key("access-control-allow-credentials"));
    for origin in
        [FOREIGN, "null", "https://portal.alderbrook.example.elsewhere.example", "http://portal.alderbrook.example"]
    {
        let other = preflight(&app, origin, "authorization,content-type").await;
        assert!(!other.headers.contains_key("access-control-allow-origin"), "{origin}");
    }
}

#[tokio::test]
async fn without_configuration_no_origin_may_read_anything() {
    let app = TestApp::demo().await;
    for origin in [OWN, FOREIGN] {
        let request =
            Request::post("/graphql").header(header::ORIGIN, origin).header(header::CONTENT_TYPE, "application/json");
        let reply = app
            .send(request.body(Body::from(json!({ "query": "{ __typename }" }).to_string())).expect("a request"))
            .await;
        assert_eq!(reply.status.as_u16(), 200);
        assert!(!reply.headers.contains_key("access-control-allow-origin"));
    }
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_can_unpack_them() {
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
