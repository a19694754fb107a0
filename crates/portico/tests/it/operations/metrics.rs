//! Tests of metrics, and of access to them.

use axum::body::Body;
use axum::http::{Method, Request};
use portico::caches::CacheSizes;
use portico::metrics::Metrics;
use portico_adapters::redis::RedisConnection;
use portico_testkit::{Person, TestApp, TestDatabase};
use rustix::process::Signal;
use serde_json::json;

use crate::support::service::Service;
use crate::support::service::serve;
use crate::support::{MAPLE, project};

const QUERY: &str =
    "query($id: ID!) { project(id: $id) { name milestones { name } selections { nodes { options { title } } } } }";

/// The sum of all samples of one name whose labels contain these parts.
#[track_caller]
fn sum(metrics: &str, name: &str, labels: &[&str]) -> f64 {
    let is_meant = |line: &&str| {
        let rest = line.strip_prefix(name).filter(|rest| rest.starts_with(['{', ' ']));
        rest.is_some_and(|rest| labels.iter().all(|label| rest.contains(label)))
    };
    let values = metrics.lines().filter(is_meant).map(|line| line.rsplit(' ').next().unwrap_or_default());
    values.map(|value| value.parse::<f64>().unwrap_or_else(|_| panic!("{value} is no number"))).sum()
}

async fn demo() -> TestApp {
    TestApp::demo().await
}

#[tokio::test]
async fn requests_count_by_operation_and_outcome() {
    let app = demo().await;
    for (role, person) in Person::of_each_role() {
        let query =
            if role == "public" { r#"{ portal(host: "x") { host } }"# } else { "query Dashboard { viewer { role } }" };
        for _ in 0..2 {
            app.ask(&person, query).await;
        }
    }
    app.ask(&Person::client(), "query MyWork { nonsense }").await;
    app.ask(&Person::client(), "query MyWork { viewer(").await;
    app.ask(&Person::with_token("unknown"), "query MyWork { viewer { role } }").await;
    let metrics = app.metrics().await;
    let requests = |labels: &[&str]| sum(&metrics, "portico_requests_total", labels);
    for audience in ["CLIENT", "TRADE", "STAFF", "OWNER", "REPORTING"] {
        let audience = format!("audience=\"{audience}\"");
        assert_eq!(requests(&["operation=\"Dashboard\"", &audience, "outcome=\"ok\"", "code=\"\""]), 2.0, "{audience}");
        assert!(sum(&metrics, "portico_request_seconds_count", &[&audience]) >= 2.0, "{audience}");
    }
    assert_eq!(requests(&["operation=\"other\"", "audience=\"PUBLIC\"", "outcome=\"ok\""]), 2.0);
    assert_eq!(requests(&["audience=\"CLIENT\"", "outcome=\"refused\"", "GRAPHQL_VALIDATION_FAILED"]), 1.0);
    assert_eq!(requests(&["audience=\"CLIENT\"", "outcome=\"refused\"", "GRAPHQL_PARSE_FAILED"]), 1.0);
    assert_eq!(requests(&["audience=\"UNKNOWN\"", "outcome=\"refused\"", "UNAUTHENTICATED"]), 1.0);
    assert_eq!(requests(&[]), 17.0);
    assert_eq!(sum(&metrics, "portico_request_seconds_count", &[]), 17.0);
    assert_eq!(sum(&metrics, "portico_refusals_total", &["GRAPHQL_PARSE_FAILED"]), 1.0);
    assert_eq!(sum(&metrics, "portico_refusals_total", &[]), 3.0);
    assert_eq!(sum(&metrics, "portico_sign_in_failures_total", &["reason=\"unknown_token\""]), 1.0);
}

#[tokio::test]
async fn server_faults_count_as_errors() {
    let app = demo().await;
    app.database().db_execute("drop view client.portal_entrances, staff.portal_entrances").await;
    for person in [Person::client(), Person::staff()] {
        app.ask(&person, r#"{ portal(host: "portal.alderbrook.example") { host } }"#).await;
    }
    let name = app.database().name();
    app.database().db_execute(&format!("revoke connect on database {name} from portico_auth")).await;
    let unreachable = portico_store::Store::new(app.database().database(), portico_store::PoolSizes::default());
    let app = app.rewired(|app| app.store = unreachable);
    app.ask(&Person::client(), "{ viewer { role } }").await;
    let metrics = app.metrics().await;
    let requests = |labels: &[&str]| sum(&metrics, "portico_requests_total", labels);
    assert_eq!(requests(&["outcome=\"error\"", "code=\"INTERNAL\""]), 2.0);
    assert_eq!(requests(&["outcome=\"error\"", "code=\"UNAVAILABLE\""]), 1.0);
    assert_eq!(sum(&metrics, "portico_sign_in_failures_total", &["reason=\"unavailable\""]), 1.0);
}

#[tokio::test]
async fn labels_hold_no_caller_input() {
    let app = demo().await;
    let ask_all = async |number: u32| {
        for person in [Person::client(), Person::staff()] {
            app.ask(&person, &format!("query Invented{number} {{ viewer {{ role }} }}")).await;
        }
        let body =
            json!({ "query": format!("query Invented{number} {{ viewer {{ role }} }}"), "operationName": "Named" });
        let hostile = Request::post("/graphql?token=in-the-address")
            .header("content-type", "application/json")
            .header("x-client-name", format!("named-by-caller-{number}"))
            .header("authorization", format!("Bearer a-wrong-token-{number}"))
            .body(Body::from(body.to_string()));
        app.send(hostile.expect("a request")).await;
        let made_up = Request::get(format!("/made-up-address-{number}")).body(Body::empty());
        app.send(made_up.expect("a request")).await;
    };
    ask_all(0).await;
    let lines = app.metrics().await.lines().count();
    for number in 1..40 {
        ask_all(number).await;
    }
    let metrics = app.metrics().await;
    assert_eq!(metrics.lines().count(), lines, "{metrics}");
    for chosen in ["Invented", "Named", "in-the-address", "named-by-caller", "a-wrong-token", "made-up", "demo-"] {
        assert!(!metrics.contains(chosen), "{chosen} is in:\n{metrics}");
    }
    assert!(!metrics.contains(&Person::client().token_hash()));
    assert!(metrics.ends_with("# EOF\n"));
}

#[tokio::test]
async fn statements_and_cache_hits_are_counted() {
    let app = demo().await;
    let variables = json!({ "id": project(&app, MAPLE) });
    let (mut statements, mut requests) = (0, 0);
    let client = Person::client();
    for app in [&app, &app, &app.without_answers()] {
        for person in [&client, &Person::staff()] {
            let reply = app.ask_with(person, QUERY, variables.clone()).await;
            assert!(reply.json.get("errors").is_none(), "{}", reply.text);
            statements += reply.statements;
            requests += 1;
        }
    }
    let metrics = app.metrics().await;
    let value = |name: &str, labels: &[&str]| sum(&metrics, name, labels);
    assert_eq!(value("portico_statements_total", &[]), statements as f64);
    assert_eq!(value("portico_request_statements_sum", &[]), statements as f64);
    assert_eq!(value("portico_request_statements_count", &[]), f64::from(requests));
    assert_eq!(value("portico_answers_cached_total", &[]), 2.0);
    assert_eq!(value("portico_answers_served_total", &[]), 2.0);
    assert_eq!(value("portico_hits_total", &["tier=\"answer\""]), 2.0);
    assert!(value("portico_hits_total", &["tier=\"memory\""]) > 0.0);
    assert_eq!(value("portico_hits_total", &["tier=\"redis\""]), 0.0);
    let read = value("portico_hits_total", &["tier=\"database\""]);
    assert!(read > 0.0);
    // Keys found in memory are in no batch; all others are in one.
    let (batches, keys) = (value("portico_batch_keys_count", &[]), value("portico_batch_keys_sum", &[]));
    assert!(batches > 0.0 && keys >= batches && keys >= read, "{batches} {keys} {read}");
    assert_eq!(value("portico_batch_keys_bucket", &["le=\"+Inf\""]), batches);
    for cache in ["cache=\"rows\"", "cache=\"answers\""] {
        assert!(value("portico_cache_bytes", &[cache]) > 0.0, "{cache}");
    }
}

#[tokio::test]
async fn pools_are_labelled_by_login() {
    let app = demo().await;
    // Otherwise the first use of each session would be recorded.
    app.database().db_execute("update sessions set last_seen_at = now()").await;
    for person in [Person::client(), Person::client(), Person::trade(), Person::owner()] {
        app.ask(&person, "{ viewer { projects { totalCount } } }").await;
    }
    let metrics = app.metrics().await;
    for (login, limit, waits) in [
        ("portico_public", 3.0, 0.0),
        ("portico_client", 3.0, 1.0),
        ("portico_trade", 3.0, 1.0),
        ("portico_staff", 3.0, 1.0),
        ("portico_support", 2.0, 0.0),
        ("portico_auth", 2.0, 4.0),
        ("portico_writer", 1.0, 0.0),
        ("portico_accounts", 1.0, 0.0),
        ("portico_accounts (pages)", 2.0, 0.0),
        ("portico_worker", 2.0, 0.0),
    ] {
        let login = format!("login=\"{login}\"");
        let value = |name: &str| sum(&metrics, name, &[&login]);
        assert_eq!(value("portico_pool_limit"), limit, "{login}");
        assert!(value("portico_pool_open") <= limit && value("portico_pool_in_use") <= limit, "{login}");
        assert_eq!(value("portico_pool_waiting"), 0.0, "{login}");
        assert!(value("portico_pool_wait_seconds_count") >= waits, "{login}");
        assert_eq!(value("portico_pool_wait_seconds_count") > 0.0, waits > 0.0, "{login}");
        assert_eq!(value("portico_pool_open") > 0.0, waits > 0.0, "{login}");
    }
}

#[tokio::test]
async fn unreachable_redis_is_reported() {
    let app = demo().await;
    assert!(!app.metrics().await.contains("portico_redis"), "there is none");
    let dead = RedisConnection::new("redis://127.0.0.1:1").expect("an address");
    let app = app.rewired(|app| {
        app.tiers = CacheSizes::default().tiers(Some(dead), b"of tests");
        app.metrics = Metrics::default();
    });
    assert_eq!(sum(&app.metrics().await, "portico_redis_in_use", &[]), 1.0);
    let variables = json!({ "id": project(&app, MAPLE) });
    for name in ["ana", "ben"].map(|name| format!("demo-session-{name}")).map(Person::with_token) {
        let reply = app.ask_with(&name, QUERY, variables.clone()).await;
        assert_eq!(reply.status.as_u16(), 200, "{}", reply.text);
    }
    let reply = app.ask_with(&Person::staff(), QUERY, variables).await;
    assert_eq!(reply.status.as_u16(), 200, "{}", reply.text);
    let metrics = app.metrics().await;
    assert!(sum(&metrics, "portico_redis_failures_total", &[]) >= 1.0, "{metrics}");
    assert_eq!(sum(&metrics, "portico_redis_refusals_total", &[]), 0.0);
    assert_eq!(sum(&metrics, "portico_cache_rejected_total", &[]), 0.0);
}

#[tokio::test]
async fn caller_address_serves_no_metrics() {
    // SEC-23
    let app = demo().await;
    for path in ["/metrics", "/metrics/", "/metrics?x=1", "/Metrics"] {
        for method in [Method::GET, Method::POST] {
            for person in [Person::public(), Person::owner()] {
                let mut request = Request::builder().method(&method).uri(path);
                if person == Person::owner() {
                    request = request.header("authorization", "Bearer demo-owner");
                }
                let unknown = Request::builder().method(&method).uri("/there-is-nothing-here");
                let reply = app.send(request.body(Body::empty()).expect("a request")).await;
                let other = app.send(unknown.body(Body::empty()).expect("a request")).await;
                assert_eq!(reply.status.as_u16(), 404, "{path}");
                assert_eq!((reply.status, reply.without_request_id()), (other.status, other.without_request_id()));
            }
        }
    }
}

#[tokio::test]
async fn metrics_can_have_their_own_address() {
    let database = TestDatabase::demo().await;
    let mut service = Service::start(serve(&database).args(["--metrics-bind", "127.0.0.1:0"]));
    let metrics = service.next_address();
    let private = metrics.strip_suffix("/metrics").expect("it has the whole address").to_owned();
    assert_ne!(private, service.address);
    let status = async |address: String| reqwest::get(address).await.expect("it answers").status().as_u16();
    service.ask("unknown", "{ viewer { role } }").await;
    let answer = reqwest::get(&metrics).await.expect("it answers");
    assert_eq!(answer.headers()["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
    let text = answer.text().await.expect("text");
    assert_eq!(sum(&text, "portico_sign_in_failures_total", &[]), 1.0, "{text}");
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(status(format!("{private}{path}")).await, 200, "{path}");
    }
    for path in ["/graphql", "/", "/playground/config.json"] {
        assert_eq!(status(format!("{private}{path}")).await, 404, "{path}");
    }
    assert_eq!(status(format!("{}/metrics", service.address)).await, 404);
    assert_eq!(service.end(Signal::TERM), Some(0));
}
