//! Tests of queries by GET (GraphQL over HTTP).

use axum::body::Body;
use axum::http::{Request, header};
use portico_testkit::{Reply, TestApp};

async fn get(app: &TestApp, token: &str, query_string: &str, accept: &str) -> Reply {
    let request = Request::get(format!("/graphql?{query_string}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::ACCEPT, accept);
    app.send(request.body(Body::empty()).expect("a request")).await
}

const GRAPHQL: &str = "application/graphql-response+json";

#[tokio::test]
async fn get_query_answers_like_post() {
    // API-11
    let app = TestApp::demo().await;
    let query = "query=query%20A%7Bviewer%7Brole%7D%7D%20query%20B(%24n:Int)%7Bviewer%7Bprojects(first:%24n)%7BtotalCount%7D%7D%7D";
    for (token, role, count) in [("demo-client", "CLIENT", 2), ("demo-owner", "OWNER", 4)] {
        let first = get(&app, token, &format!("{query}&operationName=A"), GRAPHQL).await;
        assert_eq!(first.at("/viewer/role"), role);
        let second = get(
            &app,
            token,
            &format!("{query}&operationName=B&variables=%7B%22n%22%3A1%7D&extensions=%7B%7D"),
            GRAPHQL,
        )
        .await;
        assert_eq!(second.at("/viewer/projects/totalCount"), count);
    }
}

#[tokio::test]
async fn query_string_errors_are_named() {
    let app = TestApp::demo().await;
    for (query_string, named) in [
        ("", "query"),
        ("query=%7B__typename%7D&variables=1", "variables"),
        ("query=%7B__typename%7D&variables=%5B%5D", "variables"),
        ("query=%7B__typename%7D&variables=%7B", "variables"),
        ("query=%7B__typename%7D&extensions=x", "extensions"),
        ("query=%7B__typename%7D&query=%7B__typename%7D", "query string"),
    ] {
        let reply = get(&app, "demo-client", query_string, GRAPHQL).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (400, "BAD_USER_INPUT"), "{query_string}: {}", reply.text);
        assert!(reply.message().contains(named), "{query_string}: {}", reply.text);
    }
}

#[tokio::test]
async fn deep_query_string_json_names_the_limit() {
    let app = TestApp::demo().await;
    let of = |name: &str, levels: usize| {
        let (open, close) = ("%5B".repeat(levels - 1), "%5D".repeat(levels - 1));
        format!("query=%7B__typename%7D&{name}=%7B%22x%22%3A{open}{close}%7D")
    };
    for name in ["variables", "extensions"] {
        let reply = get(&app, "demo-client", &of(name, 128), GRAPHQL).await;
        let message = format!("`{name}` is nested too deeply: lists and objects may nest 127 levels deep");
        assert_eq!((reply.status.as_u16(), reply.message()), (400, message.as_str()));
        let reply = get(&app, "demo-client", &of(name, 127), GRAPHQL).await;
        assert!(!reply.text.contains("too deeply"), "{}", reply.text);
    }
}

#[tokio::test]
async fn get_has_the_same_limits_and_access() {
    let app = TestApp::demo().await;
    let hidden = get(&app, "demo-client", "query=%7Bviewer%7Bpermissions%7D%7D", GRAPHQL).await;
    assert_eq!((hidden.status.as_u16(), hidden.code()), (400, "GRAPHQL_VALIDATION_FAILED"));
    let shown = get(&app, "demo-owner", "query=%7Bviewer%7Bpermissions%7D%7D", GRAPHQL).await;
    assert_eq!(shown.status.as_u16(), 200);
    let wrong = get(&app, "wrong", "query=%7B__typename%7D", GRAPHQL).await;
    assert_eq!((wrong.status.as_u16(), wrong.code()), (401, "UNAUTHENTICATED"));
    let long = format!("query=%7B__typename%7D%23{}", "a".repeat(20_000));
    let large = get(&app, "demo-client", &long, GRAPHQL).await;
    assert_eq!(
        (large.code(), large.message()),
        ("PAYLOAD_TOO_LARGE", "the operation has more than 16384 bytes: send a smaller one")
    );
}

#[tokio::test]
async fn unacceptable_media_type_lists_choices() {
    let app = TestApp::demo().await;
    for accept in ["text/html", "image/png, text/*", "application/json;q=0"] {
        let reply = get(&app, "demo-client", "query=%7B__typename%7D", accept).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (406, "BAD_USER_INPUT"), "{accept}");
        assert!(reply.message().contains("application/graphql-response+json"));
    }
}
