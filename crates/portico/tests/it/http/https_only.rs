//! SES-7: tests that with HTTPS links no request is served over plain HTTP.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use portico_core::links::LinkSite;
use portico_testkit::{Person, Reply, TestApp};
use serde_json::json;

const A_YEAR: &str = "max-age=31536000; includeSubDomains";
const RENAME: &str = "mutation { viewerUpdate(input: { name: \"Eve\" }) { viewer { name } } }";

/// The demo at this address, with the header of a proxy for this scheme.
fn at(app: &TestApp, site: &str) -> TestApp {
    let site = LinkSite::At(site.to_owned());
    app.rewired(|wired| wired.site = site)
}

async fn fetched(app: &TestApp, method: Method, path: &str, asked_by: Option<&str>) -> Reply {
    let mut request =
        Request::builder().method(method).uri(path).header(header::ORIGIN, "https://portal.alderbrook.example");
    if let Some(asked_by) = asked_by {
        request = request.header("X-Forwarded-Proto", asked_by);
    }
    app.send(request.body(Body::empty()).expect("a request can be made")).await
}

async fn renamed(app: &TestApp, asked_by: &str) -> Reply {
    let body = json!({ "query": RENAME }).to_string();
    let request = app.post(&Person::client()).header("X-Forwarded-Proto", asked_by);
    app.send(request.body(Body::from(body)).expect("a request can be made")).await
}

/// All kinds of addresses, with their status over HTTPS.
const PATHS: [(Method, &str, u16); 7] = [
    (Method::GET, "/graphql?query=%7B__typename%7D", 200),
    (Method::OPTIONS, "/graphql", 200),
    (Method::PUT, "/graphql", 405),
    (Method::GET, "/", 200),
    (Method::GET, "/nowhere", 404),
    (Method::GET, "/auth/link/none", 410),
    (Method::POST, "/leads/none", 415),
];

#[tokio::test]
async fn every_reply_sets_strict_transport() {
    let app = TestApp::demo().await;
    for app in [app.rewired(|_| ()), at(&app, "https://portal.example.com")] {
        for (method, path, status) in PATHS {
            for asked_by in [None, Some("https"), Some("HTTPS, http")] {
                let reply = fetched(&app, method.clone(), path, asked_by).await;
                assert_eq!(reply.status.as_u16(), status, "{method} {path} {asked_by:?}: {}", reply.text);
                assert_eq!(reply.headers[header::STRICT_TRANSPORT_SECURITY], A_YEAR, "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn plain_http_requests_change_nothing() {
    let app = TestApp::demo().await;
    for app in [app.rewired(|_| ()), at(&app, "https://portal.example.com")] {
        for asked_by in ["http", "HTTP", " http , https"] {
            for (method, path, _) in PATHS {
                let reply = fetched(&app, method.clone(), path, Some(asked_by)).await;
                assert_eq!(reply.status, StatusCode::FORBIDDEN, "{method} {path} {asked_by}");
                assert_eq!(reply.json["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{}", reply.text);
                assert!(reply.message().contains("HTTPS"), "{}", reply.text);
                assert!(reply.headers.contains_key("x-request-id"));
                assert!(!reply.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN), "{method} {path}");
                assert_eq!(reply.headers[header::STRICT_TRANSPORT_SECURITY], A_YEAR);
            }
            assert_eq!(renamed(&app, asked_by).await.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(app.database().db_count("select count(*) from activity").await, 0);
    }
    // The same request succeeds over HTTPS.
    assert_eq!(renamed(&app, "https").await.at("/viewerUpdate/viewer/name"), "Eve");
}

#[tokio::test]
async fn health_is_served_over_plain_http() {
    let app = TestApp::demo().await;
    for path in ["/health/live", "/health/ready"] {
        let reply = fetched(&app, Method::GET, path, Some("http")).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text);
    }
    let reply = fetched(&app, Method::GET, "/healthy", Some("http")).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn demo_works_over_plain_http() {
    let app = at(&TestApp::demo().await, "http://127.0.0.1:8080");
    for asked_by in [None, Some("http"), Some("https")] {
        for (method, path, status) in PATHS {
            let reply = fetched(&app, method.clone(), path, asked_by).await;
            assert_eq!(reply.status.as_u16(), status, "{method} {path} {asked_by:?}: {}", reply.text);
            assert!(!reply.headers.contains_key(header::STRICT_TRANSPORT_SECURITY), "{method} {path}");
        }
    }
    assert_eq!(renamed(&app, "http").await.at("/viewerUpdate/viewer/name"), "Eve");
}
