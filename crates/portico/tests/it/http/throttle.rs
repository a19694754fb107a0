//! Tests of the rate limit: each actor has a bucket, independent of others.

use std::env;

use axum::body::Body;
use axum::http::{Request, header};
use portico::throttle::{Rate, RateLimiter, Rates, RedisBuckets, Throttle};
use portico_adapters::redis::RedisConnection;
use portico_testkit::{Person, Reply, TestApp};
use serde_json::json;

/// Six operations of cost 2, with almost no leak during the test.
const SMALL: Rate = Rate { capacity: 12, per_second: 1 };

fn small(redis: Option<RedisBuckets>) -> Throttle {
    let rates = Rates { public: SMALL, outsiders: SMALL, staff: SMALL };
    Throttle::On { rates, limiter: RateLimiter::new(redis) }
}

fn redis() -> RedisBuckets {
    let url = env::var("PORTICO_TEST_REDIS").expect("run the tests by `just test`");
    RedisBuckets::new(RedisConnection::new(&url).expect("an address"))
}

async fn ask(app: &TestApp, person: &Person) -> Reply {
    app.ask(person, "{ viewer { role } }").await
}

/// Sends requests until one is refused. Returns the number of answers.
async fn answered(app: &TestApp, person: &Person) -> usize {
    for count in 0..100 {
        if ask(app, person).await.status.as_u16() == 429 {
            return count;
        }
    }
    panic!("no request was refused");
}

#[tokio::test]
async fn throttled_caller_gets_a_retry_time() {
    // API-6
    let app = TestApp::demo().await.rewired(|app| app.throttle = small(None));
    let first = ask(&app, &Person::client()).await;
    assert_eq!(first.headers["ratelimit-limit"], "12");
    assert_eq!(first.json["extensions"]["cost"]["throttleStatus"]["maximumAvailable"], 12);
    // The remaining amount is outside the body: the same query has the same bytes.
    let again = ask(&app, &Person::client()).await;
    assert_eq!(again.text, first.text);
    assert_ne!(again.headers["ratelimit-remaining"], first.headers["ratelimit-remaining"]);
    assert!(answered(&app, &Person::client()).await < 20);
    let refused = ask(&app, &Person::client()).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (429, "THROTTLED"));
    assert!(refused.headers["retry-after"].to_str().expect("text").parse::<u64>().expect("seconds") >= 1);
    for other in [Person::named("ben"), Person::staff(), Person::trade(), Person::reporting()] {
        assert_eq!(ask(&app, &other).await.status.as_u16(), 200);
    }
}

#[tokio::test]
async fn plain_json_throttling_has_a_code() {
    let app = TestApp::demo().await.rewired(|app| app.throttle = small(None));
    answered(&app, &Person::client()).await;
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json")
        .header(header::AUTHORIZATION, "Bearer demo-client");
    let body = json!({ "query": "{ viewer { role } }" }).to_string();
    let reply = app.send(request.body(Body::from(body)).expect("a request")).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (200, "THROTTLED"));
}

#[tokio::test]
async fn caller_headers_open_no_other_bucket() {
    let app = TestApp::demo().await.rewired(|app| app.throttle = small(None));
    answered(&app, &Person::client()).await;
    for name in ["x-forwarded-for", "forwarded", "x-real-ip", "x-client-name", "cf-connecting-ip"] {
        let request = app.post(&Person::client()).header(name, "203.0.113.7");
        let body = json!({ "query": "{ viewer { role } }" }).to_string();
        let reply = app.send(request.body(Body::from(body)).expect("a request")).await;
        assert_eq!(reply.status.as_u16(), 429, "{name}");
    }
}

#[tokio::test]
async fn refused_operations_fill_the_bucket() {
    let app = TestApp::demo().await.rewired(|app| app.throttle = small(None));
    for _ in 0..12 {
        assert_eq!(app.ask(&Person::client(), "{ invented }").await.status.as_u16(), 400);
    }
    assert_eq!(ask(&app, &Person::client()).await.status.as_u16(), 429);
    // They are throttled as well (a little may have leaked meanwhile), and other callers are not.
    let mut statuses = Vec::new();
    for _ in 0..20 {
        statuses.push(app.ask(&Person::client(), "{ invented }").await.status.as_u16());
    }
    assert!(statuses.contains(&429), "{statuses:?}");
    assert_eq!(app.ask(&Person::named("ben"), "{ invented }").await.status.as_u16(), 400);
}

// ROB-28, ROB-23
#[tokio::test]
async fn bytes_are_charged_valid_or_not() {
    let app = TestApp::demo().await.rewired(|app| app.throttle = small(None));
    let comment = "x".repeat(16_000);
    for (text, person, first) in [
        (format!("{{ viewer {{ role }} }} #{comment}"), Person::client(), 200),
        (format!("{{ invented }} #{comment}"), Person::trade(), 400),
        (format!("not GraphQL #{comment}"), Person::staff(), 400),
        (format!("{{ portal(host: \"a\") {{ host }} }} #{comment}"), Person::public(), 200),
    ] {
        assert_eq!(app.ask(&person, &text).await.status.as_u16(), first, "{person:?}");
        assert_eq!(app.ask(&person, &text).await.status.as_u16(), 429, "{person:?}");
    }
    // Variables are charged as well.
    let (ben, long) = (Person::named("ben"), json!({ "unused": "x".repeat(16_000) }));
    let query = "{ viewer { role } }";
    assert_eq!(app.ask_with(&ben, query, long.clone()).await.status.as_u16(), 200);
    assert_eq!(app.ask_with(&ben, query, long).await.status.as_u16(), 429);
}

#[tokio::test]
async fn gateways_share_buckets_through_redis() {
    let one = TestApp::demo().await;
    // A person whom no other test of this server uses.
    let person = one.db_staff(&[]).await;
    let two = one.rewired(|app| app.throttle = small(Some(redis())));
    let one = one.rewired(|app| app.throttle = small(Some(redis())));
    let by_one = answered(&one, &person).await;
    assert!((1..20).contains(&by_one), "{by_one}");
    assert_eq!(ask(&two, &person).await.status.as_u16(), 429);
}

#[tokio::test]
async fn without_redis_gateways_count_alone() {
    let gone = RedisBuckets::new(RedisConnection::new("redis://127.0.0.1:1").expect("an address"));
    let app = TestApp::demo().await.rewired(|app| app.throttle = small(Some(gone)));
    for person in [Person::client(), Person::owner()] {
        assert!((1..20).contains(&answered(&app, &person).await));
    }
}
