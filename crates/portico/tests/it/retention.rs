//! Tests of retention: old rows are deleted, and active ones work on (ROB-33).

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use portico::jobs::Worker;
use portico::throttle::RateLimiter;
use portico_actions::{AttemptCounter, AttemptRate};
use portico_core::clock::Clock;
use portico_testkit::queue::TestWorker;
use portico_testkit::{Person, TestApp};

use crate::support::accounts::{
    ANA, CodeOf, STRANGER, codes, consume, enter_code, fresh_link, name_of, request_code, request_link, sign_in,
    signed_in,
};
use crate::support::mail_server::MailServer;

/// Rows of each table that has a retention, and entries that strangers caused.
const COUNTS: &str = "select (select count(*) from sessions) || ' ' || (select count(*) from sign_in_links) || ' '
        || (select count(*) from sign_in_codes) || ' ' || (select count(*) from jobs) || ' '
        || (select count(*) from idempotent_answers) || ' ' || (select count(*) from account_openings) || ' '
        || (select count(*) from activity where actor_kind = 'PUBLIC') as text";

/// A gateway whose clock shows this time, with unused rate limits.
fn at(app: &TestApp, time: DateTime<Utc>) -> TestApp {
    app.rewired(|app| {
        app.clock = Arc::new(move || Clock::at(time));
        app.attempts = RateLimiter::default();
    })
}

async fn counts(app: &TestApp) -> Vec<i64> {
    let text = app.database().db_texts(COUNTS).await.remove(0);
    text.split(' ').map(|count| count.parse().expect("a number")).collect()
}

/// The demo without its own sessions' end in the far future, and a worker.
async fn worker_of(app: &TestApp) -> (TestWorker, MailServer) {
    let server = MailServer::start().await;
    (TestWorker::new(app, server.transport()), server)
}

/// Sets the worker's clock and runs its mails and periodic tasks.
async fn work_at(worker: &TestWorker, time: DateTime<Utc>) {
    worker.wait(time - worker.now());
    while worker.round().await > 0 {}
    worker.worker.run_periodic_tasks().await;
}

#[tokio::test]
async fn tables_keep_their_size_over_months() {
    // ROB-33
    let demo = TestApp::demo().await;
    let (worker, _server) = worker_of(&demo).await;
    let openings = "insert into account_openings (id, agent_id, identity_id, reason, opened_at, expires_at)
        select gen_random_uuid(), a.identity_id, i.id, 'asked', $at, $at + interval '1 hour'
        from support_agents a, identities i where i.name = 'Ben Whitlock' limit 1;
        insert into idempotent_answers (actor_id, key, fingerprint, answer, created_at)
        select id, $key, 'x', '{}', $at from identities where name = 'Ben Whitlock';
        update activity set network = '203.0.113.7', device = 'curl' where at = $at";
    let now = Clock::of_server().moment();
    let (step, steps) = (TimeDelta::days(30), 24);
    let mut sizes = Vec::new();
    for month in 0..=steps {
        let time = now - step * (steps - month);
        let app = at(&demo, time);
        signed_in(&app, ANA, None).await;
        request_link(&app, STRANGER).await;
        sign_in(&app, STRANGER, "no such password").await;
        let quoted = format!("'{}'::timestamptz", time.to_rfc3339());
        let key = format!("'month {month}'");
        demo.database().db_execute(&openings.replace("$at", &quoted).replace("$key", &key)).await;
        work_at(&worker, time).await;
        sizes.push(counts(&demo).await);
    }
    // Openings and origins last longest: for a year.
    let (settled, last) = (&sizes[14], sizes.last().expect("sizes"));
    assert_eq!(settled, last, "all sizes by month: {sizes:?}");
    assert!(sizes[1] > sizes[0], "{sizes:?}");
    // Sessions of five months: 30 days of life and 90 of retention.
    let of_ana = "select count(*) from sessions s join identities i on i.id = s.identity_id
        where i.name = 'Ana Whitlock' and s.created_at < now() - interval '150 days' and s.expires_at < now()";
    assert_eq!(demo.database().db_count(of_ana).await, 0);
    let sign_ins = "select count(*) from activity where kind = 'SIGNED_IN'";
    assert_eq!(demo.database().db_count(sign_ins).await, i64::from(steps) + 1, "entries of users are kept");
    let origins = "select count(*) from activity where kind = 'SIGNED_IN' and network is not null";
    assert!(demo.database().db_count(origins).await <= 13, "origins of the last year only");
    // What is active works: a session, a link and a code.
    let app = at(&demo, now);
    let ana = signed_in(&app, ANA, None).await;
    let link = fresh_link(&app, ANA).await;
    let CodeOf { request_id, code } = request_code(&app, ANA).await;
    work_at(&worker, now + TimeDelta::minutes(10)).await;
    assert_eq!(name_of(&app, &ana).await, "Ana Whitlock");
    assert_eq!(codes(&consume(&app, &link, None).await), Vec::<&str>::new());
    assert_eq!(codes(&enter_code(&app, &request_id, &code, None).await), Vec::<&str>::new());
    for person in [Person::owner(), Person::client()] {
        assert!(!name_of(&app, &person).await.is_empty());
    }
}

#[tokio::test]
async fn old_rows_are_deleted_in_batches() {
    let app = TestApp::demo().await;
    let (worker, _server) = worker_of(&app).await;
    let ended = "insert into sessions (id, token_hash, identity_id, actor, expires_at)
        select gen_random_uuid(), lpad(to_hex(n), 64, '0'), i.id, 'CLIENT', '2026-01-01'
        from generate_series(1, 1201) n, identities i where i.name = 'Ana Whitlock'";
    app.database().db_execute(ended).await;
    let left = "select count(*) from sessions where expires_at = '2026-01-01'";
    // Another worker is deleting rows.
    let other = app.database().db_hold("select pg_advisory_xact_lock(7091990)").await;
    worker.worker.run_periodic_tasks().await;
    assert_eq!(app.database().db_count(left).await, 1_201);
    drop(other);
    // A row in use is left to the next time, and not waited for.
    let used = "select * from sessions where token_hash = lpad(to_hex(700), 64, '0') for update";
    let used = app.database().db_hold(used).await;
    let purged = async {
        while app.database().db_count(left).await > 1 {
            worker.worker.run_periodic_tasks().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), purged).await.expect("it does not wait");
    drop(used);
    while app.database().db_count(left).await > 0 {
        worker.worker.run_periodic_tasks().await;
    }
}

#[tokio::test]
async fn links_outlive_their_codes() {
    // A link is referred to by its code, whatever the ages are set to.
    let app = TestApp::demo().await;
    let server = MailServer::start().await;
    request_code(&app, ANA).await;
    let retention = "links=1s,codes=30d".parse().expect("it is valid");
    let now = Clock::of_server().moment() + TimeDelta::days(1);
    let worker = Worker::of_gateway(
        portico::jobs::JobContext {
            writer: app.store().worker(),
            composer: app.composer(),
            transport: server.transport(),
            hosts: None,
        },
        Arc::new(move || Clock::at(now)),
        portico::jobs::WorkerNotifier::default(),
    );
    worker.with_retention(retention).run_periodic_tasks().await;
    assert_eq!(app.database().db_count("select count(*) from sign_in_links").await, 1);
}

#[tokio::test]
async fn strangers_cannot_fill_the_audit_log() {
    // ROB-33, SES-5
    let attempts = RateLimiter::default();
    let demo = TestApp::demo().await;
    let app = demo.rewired(|app| app.attempts = attempts.clone());
    let entries = "select count(*) from activity where kind in ('LINK_REQUESTED', 'SIGN_IN_REFUSED')";
    request_link(&app, STRANGER).await;
    sign_in(&app, STRANGER, "no such password").await;
    assert_eq!(app.database().db_count(entries).await, 2);
    let rate = AttemptRate { at_once: 1_000, then_every: Duration::from_secs(4) };
    for _ in 0..998 {
        assert_eq!(attempts.count("entry:strangers".to_owned(), rate).await, Ok(()));
    }
    let before = (request_link(&demo, STRANGER).await.json, sign_in(&demo, STRANGER, "no such password").await.json);
    let recorded = app.database().db_count(entries).await;
    let mut after = (request_link(&app, STRANGER).await.json, sign_in(&app, STRANGER, "no such password").await.json);
    after.0["extensions"] = before.0["extensions"].clone();
    after.1["extensions"] = before.1["extensions"].clone();
    assert_eq!(before, after, "replies stay the same");
    assert_eq!(app.database().db_count(entries).await, recorded, "nothing more is recorded");
    // A flood of strangers does not hide attempts at an account.
    sign_in(&app, ANA, "not the password").await;
    assert_eq!(app.database().db_count(entries).await, recorded + 1);
}
