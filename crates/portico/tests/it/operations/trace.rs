//! Tests of `extensions.trace`: the statements and cache hits of an operation, for staff.

use axum::body::Body;
use axum::http::{Method, Request, header};
use portico_testkit::{Person, Reply, TestApp};
use serde_json::{Value, json};

use crate::support::{MAPLE, project};

const QUERY: &str =
    "query($id: ID!) { project(id: $id) { name milestones { name } selections { nodes { options { title } } } } }";

async fn ask(app: &TestApp, person: &Person, wish: Option<&str>) -> Reply {
    let body = json!({ "query": QUERY, "variables": { "id": project(app, MAPLE) } });
    let mut request = app.post(person);
    if let Some(wish) = wish {
        request = request.header("x-portico-trace", wish);
    }
    app.send(request.body(Body::from(body.to_string())).expect("a request")).await
}

async fn traced(app: &TestApp, person: &Person) -> (Reply, Value) {
    let reply = ask(app, person, Some("1")).await;
    let trace = reply.json["extensions"]["trace"].clone();
    assert!(trace.is_object(), "{}", reply.text);
    (reply, trace)
}

fn number(trace: &Value, path: &str) -> u64 {
    trace.pointer(path).and_then(Value::as_u64).unwrap_or_else(|| panic!("no {path} in {trace}"))
}

/// A reply without the parts that differ per request.
fn whole(reply: &Reply) -> (u16, String, Vec<(String, String)>) {
    let headers = reply.headers.iter().filter(|(name, _)| *name != "x-request-id");
    let headers = headers.map(|(name, value)| (name.to_string(), format!("{value:?}"))).collect();
    (reply.status.as_u16(), reply.without_request_id(), headers)
}

#[tokio::test]
async fn staff_and_keys_may_trace() {
    let app = TestApp::demo().await;
    for (role, person) in Person::of_each_role() {
        let plain = ask(&app, &person, None).await;
        assert!(plain.json["extensions"].get("trace").is_none(), "{role}");
        let asked = ask(&app, &person, Some("1")).await;
        if ["staff", "owner", "reporting"].contains(&role) {
            assert!(asked.json["extensions"]["trace"]["statements"].is_u64(), "{role}: {}", asked.text);
            let mut without = asked.json.clone();
            without["extensions"].as_object_mut().expect("an object").remove("trace");
            assert_eq!(without, plain.json, "{role}");
        } else {
            assert_eq!(whole(&asked), whole(&plain), "{role}");
        }
        for other in ["0", "true", "", "1, 1"] {
            assert_eq!(whole(&ask(&app, &person, Some(other)).await), whole(&plain), "{role}: {other}");
        }
    }
}

#[tokio::test]
async fn outsiders_never_get_a_trace() {
    for person in [Person::client(), Person::trade(), Person::public(), Person::with_token("unknown")] {
        let app = TestApp::demo().await;
        let plain = ask(&app.cold(), &person, None).await;
        let asked = ask(&app.cold(), &person, Some("1")).await;
        assert_eq!(whole(&asked), whole(&plain));
        assert_eq!(asked.statements, plain.statements);
    }
}

#[tokio::test]
async fn trace_is_never_cached() {
    let app = TestApp::demo().await;
    for person in [Person::staff(), Person::owner(), Person::reporting()] {
        let (cold, trace) = traced(&app, &person).await;
        assert_eq!(trace["hits"]["answer"], false);
        let plain = ask(&app, &person, None).await;
        assert!(plain.json["extensions"].get("trace").is_none(), "{}", plain.text);
        assert_eq!(plain.json["data"], cold.json["data"]);
        let (warm, trace) = traced(&app, &person).await;
        assert_eq!(trace["hits"]["answer"], true, "{trace}");
        assert_eq!(warm.json["data"], cold.json["data"]);
        assert_eq!(ask(&app, &person, None).await.text, plain.text);
    }
}

#[tokio::test]
async fn trace_counts_match_the_request() {
    for person in [Person::staff(), Person::owner()] {
        let app = TestApp::demo().await;
        let (reply, cold) = traced(&app, &person).await;
        assert_eq!(number(&cold, "/statements"), reply.statements);
        assert!(reply.statements > 2 && number(&cold, "/batches") > 2, "{cold}");
        assert_eq!(number(&cold, "/read"), number(&cold, "/keys"), "{cold}");
        assert_eq!(cold["hits"], json!({ "answer": false, "memory": 0, "redis": 0 }));
        // The answer is cached, and one statement reads the states that it depends on.
        let (reply, warm) = traced(&app, &person).await;
        assert_eq!(warm["hits"], json!({ "answer": true, "memory": 0, "redis": 0 }));
        assert_eq!((reply.statements, number(&warm, "/statements")), (1, 1), "{warm}");
        assert_eq!((number(&warm, "/keys"), number(&warm, "/batches"), number(&warm, "/read")), (0, 0, 0), "{warm}");
        // Only rows are cached.
        let (reply, rows) = traced(&app.without_answers(), &person).await;
        assert_eq!(number(&rows, "/statements"), reply.statements);
        assert_eq!(number(&rows, "/keys"), number(&cold, "/keys"));
        assert_eq!(number(&rows, "/keys"), number(&rows, "/hits/memory") + number(&rows, "/read"), "{rows}");
        assert!(number(&rows, "/hits/memory") > 0 && number(&rows, "/read") < number(&cold, "/read"), "{rows}");
    }
}

#[tokio::test]
async fn configured_origin_may_ask_for_a_trace() {
    let own = "https://portal.alderbrook.example";
    let app = TestApp::demo().await.rewired(|app| app.origins = own.parse().expect("an origin"));
    for (origin, may) in [(own, true), ("https://elsewhere.example", false)] {
        let preflight = Request::builder()
            .method(Method::OPTIONS)
            .uri("/graphql")
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization,content-type,x-portico-trace");
        let reply = app.send(preflight.body(Body::empty()).expect("a request")).await;
        assert_eq!(reply.headers.contains_key("access-control-allow-origin"), may, "{origin}");
        let allowed = reply.headers["access-control-allow-headers"].to_str().expect("text");
        assert!(allowed.contains("x-portico-trace"), "{allowed}");
    }
}
