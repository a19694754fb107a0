//! Tests of bearer tokens: an invalid token is an error, not an anonymous caller.

use axum::body::Body;
use axum::http::{HeaderValue, Request, header};
use portico::auth::DemoTokens;
use portico_store::PoolSizes;
use portico_testkit::{Person, Reply, TestApp, TestDatabase};
use serde_json::{Value, json};

const PUBLIC_QUERY: &str = r#"{ portal(host: "portal.alderbrook.example") { host } }"#;

async fn with_headers(app: &TestApp, values: &[&[u8]], accept: &str) -> Reply {
    let mut request =
        Request::post("/graphql").header(header::CONTENT_TYPE, "application/json").header(header::ACCEPT, accept);
    for value in values {
        request = request.header(header::AUTHORIZATION, HeaderValue::from_bytes(value).expect("a header's value"));
    }
    app.send(request.body(Body::from(json!({ "query": PUBLIC_QUERY }).to_string())).expect("a request")).await
}

#[tokio::test]
async fn token_without_scheme_names_the_header() {
    let app = TestApp::demo().await;
    for (value, is_bare) in [("pk_abc", true), ("demo-client", true), ("Basic abc", false), ("Bearer pk_abc", false)] {
        let reply = with_headers(&app, &[value.as_bytes()], "application/json").await;
        assert_eq!((reply.status.as_u16(), reply.code()), (401, "UNAUTHENTICATED"), "{value}");
        assert_eq!(reply.text.contains("write `Authorization: Bearer <token>`"), is_bare, "{value}: {}", reply.text);
    }
}

#[tokio::test]
async fn invalid_token_is_not_anonymous() {
    let app = TestApp::demo().await;
    let long = format!("Bearer {}", "a".repeat(600));
    let wrong: [&[&[u8]]; 12] = [
        &[b"Bearer nobody-has-this"],
        &[b"Bearer demo-session-gil"],
        &[b"Bearer"],
        &[b"Bearer "],
        &[b""],
        &[b"demo-client"],
        &[b"Basic ZGVtbzpjbGllbnQ="],
        &[b"Token demo-client"],
        &[b"Bearer demo-client", b"Bearer demo-client"],
        &[b"Bearer demo-client", b"Bearer demo-owner"],
        &[b"Bearer \xff\xfe"],
        &[long.as_bytes()],
    ];
    for values in wrong {
        for accept in ["application/graphql-response+json", "application/json", "*/*"] {
            let reply = with_headers(&app, values, accept).await;
            assert_eq!(reply.status.as_u16(), 401, "{values:?}");
            assert_eq!(reply.code(), "UNAUTHENTICATED");
            assert_eq!(reply.headers["www-authenticate"], "Bearer");
            assert!(reply.json.get("data").is_none(), "the anonymous answer was cached: {}", reply.text);
            let expected = if accept == "application/graphql-response+json" { accept } else { "application/json" };
            assert!(reply.headers["content-type"].to_str().is_ok_and(|found| found.starts_with(expected)));
        }
    }
}

#[tokio::test]
async fn bearer_scheme_ignores_case() {
    let app = TestApp::demo().await;
    for value in ["bearer demo-client", "BEARER demo-client", "Bearer   demo-client"] {
        let reply = with_headers(&app, &[value.as_bytes()], "application/json").await;
        assert_eq!(*reply.at("/portal/host"), "portal.alderbrook.example", "{value}");
    }
}

#[tokio::test]
async fn expired_session_is_unauthenticated() {
    for change in ["revoked_at = now()", "expires_at = now()", "expires_at = now() - interval '1 second'"] {
        let app = TestApp::demo().await;
        app.database()
            .db_execute(&format!(
                "update sessions set {change} where token_hash in ('{}', '{}')",
                Person::client().token_hash(),
                Person::owner().token_hash()
            ))
            .await;
        for person in [Person::client(), Person::owner()] {
            let reply = app.ask(&person, "{ viewer { name } }").await;
            assert_eq!((reply.status.as_u16(), reply.code()), (401, "UNAUTHENTICATED"), "{change}");
        }
        assert!(
            app.ask(&Person::named("ana"), "{ viewer { name } }").await.json.get("errors").is_none(),
            "another session of the same person"
        );
    }
}

#[tokio::test]
async fn invalid_tokens_have_one_error() {
    let app = TestApp::demo().await;
    let unknown = app.ask(&Person::with_token("nobody-has-this"), "{ viewer { name } }").await;
    app.database().db_execute("update sessions set expires_at = now()").await;
    for person in [Person::client(), Person::named("gil"), Person::owner()] {
        let reply = app.ask(&person, "{ viewer { name } }").await;
        assert_eq!(reply.without_request_id(), unknown.without_request_id());
    }
}

#[tokio::test]
async fn anonymous_caller_sees_public_schema() {
    let app = TestApp::demo().await;
    let anonymous = Person::public();
    assert_eq!(*app.ask(&anonymous, PUBLIC_QUERY).await.at("/portal/host"), "portal.alderbrook.example");
    let fields = app.ask(&anonymous, "{ __schema { queryType { fields { name } } } }").await;
    assert_eq!(*fields.at("/__schema/queryType/fields"), json!([{ "name": "portal" }]));
    for query in ["{ viewer { name } }", "{ project(id: \"x\") { id } }", "{ node(id: \"x\") { id } }", "{ invented }"]
    {
        let reply = app.ask(&anonymous, query).await;
        // ROB-16
        assert_eq!((reply.status.as_u16(), reply.code()), (401, "UNAUTHENTICATED"), "{}", reply.text);
        assert!(reply.message().starts_with("Sign-in required"), "{}", reply.text);
    }
    assert_eq!(
        app.ask(&Person::trade(), PUBLIC_QUERY).await.code(),
        "GRAPHQL_VALIDATION_FAILED",
        "trades have no portal"
    );
}

#[tokio::test]
async fn demo_tokens_fail_without_demo() {
    let sizes = PoolSizes { reader: 2, auth: 2, writer: 1 };
    let app = TestApp::over_with(TestDatabase::demo().await, DemoTokens::Refused, sizes);
    for person in [Person::client(), Person::owner(), Person::reporting(), Person::named("ana")] {
        let reply = app.ask(&person, "{ viewer { name } }").await;
        assert_eq!((reply.status.as_u16(), reply.code()), (401, "UNAUTHENTICATED"));
    }
    assert_ne!(*app.ask(&Person::public(), PUBLIC_QUERY).await.at("/portal"), Value::Null);
}

#[tokio::test]
async fn viewer_reports_its_role() {
    let app = TestApp::demo().await;
    for (role, person) in Person::of_each_role().into_iter().skip(1) {
        let reply = app.ask(&person, "{ viewer { role name } }").await;
        assert_eq!(*reply.at("/viewer/role"), role.to_uppercase());
    }
}
