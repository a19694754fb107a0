//! Tests of database faults: reported by code, with automatic recovery.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, Request};
use portico::auth::DemoTokens;
use portico_store::PoolSizes;
use portico_testkit::{Person, Reply, TestApp, TestDatabase};

use serde_json::json;

use crate::support::{MAPLE, project};

const QUERY: &str = "{ viewer { name projects { nodes { name } } } }";

#[track_caller]
fn assert_unavailable(reply: &Reply) {
    assert_eq!((reply.status.as_u16(), reply.code()), (503, "UNAVAILABLE"), "{}", reply.text);
    assert!(reply.headers.contains_key("retry-after"));
    assert_eq!(reply.message(), "the service is unavailable: retry in a few seconds");
}

/// Whether one of a few attempts succeeds, and all others report the outage.
async fn recovers(app: &TestApp, person: &Person) -> bool {
    for _ in 0..20 {
        let reply = app.ask(person, QUERY).await;
        if reply.status.as_u16() == 200 && reply.json.get("errors").is_none() {
            return true;
        }
        assert_unavailable(&reply);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

#[tokio::test]
async fn broken_connections_are_replaced() {
    // ROB-40
    let app = TestApp::demo().await;
    for person in [Person::client(), Person::staff(), Person::trade()] {
        for _ in 0..3 {
            assert!(recovers(&app, &person).await);
            app.database()
                .db_execute(&format!(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{}' and usename like 'portico_%'",
                    app.database().name()
                ))
                .await;
        }
        assert!(recovers(&app, &person).await);
    }
}

#[tokio::test]
async fn connection_cut_mid_query_is_unavailable() {
    let app = TestApp::demo().await;
    slow_role_view(&app, 30).await;
    for person in [Person::client(), Person::named("ben")] {
        let asked = app.ask(&person, SLOW);
        let cut = async {
            wait_for_sleepers(&app, 1).await;
            app.database().db_execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'portico_client' and datname = current_database()").await;
        };
        let (reply, ()) = tokio::join!(asked, cut);
        assert_unavailable(&reply);
    }
}

const SLOW: &str = r#"{ portal(host: "portal.alderbrook.example") { host } }"#;

/// Makes the role view of the portal's public page wait this many seconds.
async fn slow_role_view(app: &TestApp, seconds: u32) {
    app.database()
        .db_execute(&format!(
            "create or replace view client.portal_entrances with (security_barrier) as
                select e.* from access.portal_entrances e, (select pg_sleep({seconds}) offset 0) s"
        ))
        .await;
}

async fn wait_for_sleepers(app: &TestApp, count: i64) {
    let sleepers =
        "select count(*) as count from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()";
    let started = Instant::now();
    while app.database().db_count(sleepers).await < count {
        assert!(started.elapsed() < Duration::from_secs(60), "no statement is still running");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn exhausted_pool_asks_to_retry() {
    // ROB-40
    let sizes = PoolSizes { reader: 1, auth: 2, writer: 1 };
    let app = TestApp::over_with(TestDatabase::demo().await, DemoTokens::Known, sizes);
    slow_role_view(&app, 6).await;
    let client = Person::client();
    let slow = app.ask(&client, SLOW);
    let others = async {
        wait_for_sleepers(&app, 1).await;
        let reply = app.ask(&Person::named("ben"), QUERY).await;
        assert_unavailable(&reply);
        // Other audiences and the health check have their own connections.
        assert_eq!(app.ask(&Person::staff(), QUERY).await.status.as_u16(), 200);
        let ready = Request::builder().method(Method::GET).uri("/health/ready").body(Body::empty());
        assert_eq!(app.send(ready.expect("a request")).await.status.as_u16(), 200);
    };
    let (slow, ()) = tokio::join!(slow, others);
    assert_eq!(slow.status.as_u16(), 200, "{}", slow.text);
    assert!(recovers(&app, &Person::named("ben")).await);
}

#[tokio::test]
async fn one_request_uses_one_connection() {
    let sizes = PoolSizes { reader: 1, auth: 1, writer: 1 };
    let app = TestApp::over_with(TestDatabase::demo().await, DemoTokens::Known, sizes);
    let query =
        "query($id: ID!) { project(id: $id) { milestones { name } team { name } locations { name } allowances { name }
        portal { branding { companyName } } schedule { tasks { totalCount nodes { milestone { name } } } }
        selections { totalCount nodes { options { title } location { name } allowance { name } } } } }";
    let variables = json!({ "id": project(&app, MAPLE) });
    let (clients, staff) = (Person::client(), Person::staff());
    let asked =
        (0..6).map(|index| app.ask_with(if index % 2 == 0 { &clients } else { &staff }, query, variables.clone()));
    for reply in futures_util::future::join_all(asked).await {
        assert!(reply.json.get("errors").is_none(), "{}", reply.text);
    }
}

#[tokio::test]
async fn slow_statement_is_cancelled() {
    // ROB-40
    let app = TestApp::demo().await;
    slow_role_view(&app, 60).await;
    app.database()
        .db_execute(&format!(
            "alter role portico_client in database \"{}\" set statement_timeout = '300ms'",
            app.database().name()
        ))
        .await;
    for person in [Person::client(), Person::named("ben")] {
        let reply = app.ask(&person, &SLOW.replace("{ portal", "{ viewer { name } portal")).await;
        assert_eq!(reply.code(), "TIMEOUT", "{}", reply.text);
        assert_eq!(reply.message(), "the request took too long: request less data, or retry");
        assert!(reply.json["data"]["viewer"]["name"].is_string(), "{}", reply.text);
        // The connection can be used again.
        assert_eq!(app.ask(&person, QUERY).await.status.as_u16(), 200);
    }
    wait_for_none(&app).await;
}

/// Waits until no statement runs for an answered request.
async fn wait_for_none(app: &TestApp) {
    let started = Instant::now();
    while app.database().db_count("select count(*) as count from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()").await > 0 {
        assert!(started.elapsed() < Duration::from_secs(30), "a statement was left running");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn database_outage_is_not_unauthenticated() {
    // ROB-40
    let app = TestApp::demo().await;
    app.database()
        .db_execute("revoke connect on database test from public".replace("test", app.database().name()).as_str())
        .await;
    app.database()
        .db_execute(&format!(
            "revoke connect on database {} from portico_auth, portico_client, portico_staff",
            app.database().name()
        ))
        .await;
    for person in [Person::client(), Person::staff(), Person::with_token("unknown")] {
        assert_unavailable(&app.ask(&person, QUERY).await);
    }
    let ready = Request::builder().uri("/health/ready").body(Body::empty()).expect("a request");
    let reply = app.send(ready).await;
    assert_eq!((reply.status.as_u16(), &reply.json), (503, &json!({ "status": "unavailable" })));
    let live = Request::builder().uri("/health/live").body(Body::empty()).expect("a request");
    assert_eq!(app.send(live).await.status.as_u16(), 200);
}

#[tokio::test]
async fn errors_are_known_by_sqlstate() {
    // ROB-31: raises errors as a server with another language would.
    let app = TestApp::demo().await;
    for (code, text, expected) in [
        ("57014", "storniere Anfrage wegen Zeitüberschreitung der Anfrage", "TIMEOUT"),
        ("40P01", "Verklemmung (Deadlock) entdeckt", "CONFLICT"),
        ("55P03", "storniere Anfrage wegen Zeitüberschreitung der Sperre", "CONFLICT"),
        ("57P01", "breche Verbindung ab aufgrund von Anweisung des Administrators", "UNAVAILABLE"),
        ("53200", "Speicher aufgebraucht", "UNAVAILABLE"),
        ("25P03", "Verbindung wird abgebrochen", "UNAVAILABLE"),
        ("P0001", "canceling statement due to statement timeout", "INTERNAL"),
        ("P0001", "deadlock detected", "INTERNAL"),
        ("P0001", "57014 looks like a code", "INTERNAL"),
    ] {
        app.database()
            .db_execute(&format!(
                "create or replace function client.raised() returns int language plpgsql as $raised$
                    begin raise exception '{text}' using errcode = '{code}'; end $raised$;
                create or replace view client.portal_entrances with (security_barrier) as
                    select e.* from access.portal_entrances e, (select client.raised() offset 0) s"
            ))
            .await;
        let reply = app.ask(&Person::client(), SLOW).await;
        assert_eq!(reply.code(), expected, "{code} {text}: {}", reply.text);
        assert!(!reply.text.contains(text), "{}", reply.text);
    }
}
