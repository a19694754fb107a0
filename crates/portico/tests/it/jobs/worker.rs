//! Tests of workers: each mail is sent once, whatever mail servers and other workers do.

use chrono::TimeDelta;
use portico::jobs::MailComposer;
use portico_adapters::mail::Transport;
use portico_core::jobs::Job;
use portico_core::links::{LinkKey, LinkSite};
use portico_core::mail::MailJob;
use portico_store::StoreError;
use portico_store::jobs::{mark_done, retry_later, take_due};
use portico_testkit::TestApp;

use crate::support::mail_server::MailServer;
use portico_testkit::queue::{TestWorker, insert, sign_in_link, start, state_of};

const LEASE: TimeDelta = TimeDelta::minutes(5);

fn to_many(count: usize) -> Vec<MailJob> {
    (0..count).map(|n| sign_in_link(&format!("link:{n:02}"), &format!("client{n:02}@client.example"))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_workers_send_each_mail_once() {
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    insert(&app, &to_many(60)).await.expect("they can be written");
    let workers = [TestWorker::new(&app, server.transport()), TestWorker::new(&app, server.transport())];
    let work = async |worker: &TestWorker| while worker.round().await > 0 {};
    tokio::join!(work(&workers[0]), work(&workers[1]));
    let expected: Vec<_> = (0..60).map(|n| format!("client{n:02}@client.example")).collect();
    assert_eq!(server.recipients(), expected);
    assert_eq!(app.database().db_count("select count(*) from jobs where state = 'DONE' and attempts = 1").await, 60);
}

#[tokio::test]
async fn worker_skips_leased_mail() {
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    insert(&app, &to_many(5)).await.expect("they can be written");
    let worker = TestWorker::new(&app, server.transport());
    let other = app.store().worker().connection().await.expect("the writer can connect");
    other
        .transaction::<_, StoreError>(async |queue| {
            assert_eq!(take_due(queue, MailJob::NAME, start(), LEASE, 3).await?.len(), 3);
            // Its transaction is still open.
            assert_eq!(worker.round().await, 2);
            Ok(())
        })
        .await
        .expect("it commits");
    assert_eq!(worker.round().await, 0, "and now they are leased");
    assert_eq!(server.mails().len(), 2);
}

#[tokio::test]
async fn rejected_mail_is_not_retried() {
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    let worker = TestWorker::new(&app, server.transport());
    insert(&app, &[sign_in_link("1", "refused@client.example")]).await.expect("it can be written");
    assert_eq!(worker.round().await, 1);
    assert_eq!(state_of(&app, "1").await, "REFUSED 1 permanent error (550): no such mailbox");
    worker.wait(TimeDelta::days(30));
    assert_eq!(worker.round().await, 0);
}

#[tokio::test]
async fn sender_rejection_is_not_permanent() {
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    insert(&app, &[sign_in_link("1", "us@client.example")]).await.expect("it can be written");
    assert_eq!(TestWorker::new(&app, server.transport()).round().await, 1);
    let state = state_of(&app, "1").await;
    assert!(state.starts_with("WAITING 1 ") && state.contains("530"), "{state}");
}

#[tokio::test]
async fn failed_mail_backs_off_and_is_parked() {
    // ROB-38
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    let worker = TestWorker::new(&app, server.transport());
    insert(&app, &[sign_in_link("1", "busy@client.example")]).await.expect("it can be written");
    let day = 24 * 60;
    for (attempt, minutes) in [1, 5, 30, 120, 360, day, day].into_iter().enumerate() {
        assert_eq!(worker.round().await, 1, "attempt {attempt}");
        let state = state_of(&app, "1").await;
        assert_eq!(state, format!("WAITING {} transient error (451): come back later", attempt + 1));
        worker.wait(TimeDelta::minutes(minutes) - TimeDelta::seconds(1));
        assert_eq!(worker.round().await, 0, "attempt {attempt}: not before its time");
        worker.wait(TimeDelta::seconds(1));
    }
    assert_eq!(worker.round().await, 1);
    assert_eq!(state_of(&app, "1").await, "PARKED 8 transient error (451): come back later");
    worker.wait(TimeDelta::days(30));
    assert_eq!(worker.round().await, 0);
}

#[tokio::test]
async fn unreachable_server_costs_an_attempt() {
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    // Nothing listens on port 1.
    let nowhere = Transport::smtp("smtp://127.0.0.1:1").expect("its address can be used");
    insert(&app, &[sign_in_link("1", "ana@client.example")]).await.expect("it can be written");
    assert_eq!(TestWorker::new(&app, nowhere).round().await, 1);
    assert!(state_of(&app, "1").await.starts_with("WAITING 1 "));
    let worker = TestWorker::new(&app, server.transport());
    worker.wait(TimeDelta::minutes(1));
    assert_eq!(worker.round().await, 1);
    assert_eq!(state_of(&app, "1").await, "DONE 2");
}

#[tokio::test]
async fn dead_workers_mail_keeps_its_id() {
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    insert(&app, &[sign_in_link("1", "ana@client.example")]).await.expect("it can be written");
    let worker = TestWorker::new(&app, server.transport());
    assert_eq!(worker.round().await, 1);
    // As if the worker had died before it recorded the outcome.
    app.database().db_execute("update jobs set state = 'WAITING', finished_at = null").await;
    worker.wait(LEASE - TimeDelta::seconds(1));
    assert_eq!(worker.round().await, 0, "no worker gets it during the lease");
    worker.wait(TimeDelta::seconds(1));
    assert_eq!(worker.round().await, 1);
    let ids: Vec<_> = server.mails().iter().map(|(_, mail)| message_id(mail)).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
}

fn message_id(mail: &str) -> String {
    mail.lines().find_map(|line| line.strip_prefix("Message-ID: ")).expect("it has an id").to_owned()
}

#[tokio::test]
async fn mail_that_kills_workers_is_parked() {
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    insert(&app, &[sign_in_link("1", "ana@client.example")]).await.expect("it can be written");
    let worker = TestWorker::new(&app, server.transport());
    for _ in 0..8 {
        let queue = app.store().worker().connection().await.expect("the writer can connect");
        let now = worker.now();
        let taken = queue.transaction(async |queue| take_due(queue, MailJob::NAME, now, LEASE, 9).await).await;
        assert_eq!(taken.expect("it can be taken").len(), 1);
        worker.wait(LEASE);
    }
    assert_eq!(worker.round().await, 1);
    let state = state_of(&app, "1").await;
    assert!(state.starts_with("PARKED 9 its workers died"), "{state}");
    assert_eq!(server.mails(), []);
}

#[tokio::test]
async fn slow_worker_overwrites_no_result() {
    let app = TestApp::demo().await;
    insert(&app, &[sign_in_link("1", "ana@client.example")]).await.expect("it can be written");
    let queue = app.store().worker().connection().await.expect("the writer can connect");
    queue
        .transaction::<_, StoreError>(async |queue| {
            let slow = take_due(queue, MailJob::NAME, start(), LEASE, 1).await?.remove(0);
            let later = start() + LEASE;
            let other = take_due(queue, MailJob::NAME, later, LEASE, 1).await?.remove(0);
            retry_later(queue, &slow, start(), "slow").await?;
            assert_eq!(take_due(queue, MailJob::NAME, later, LEASE, 1).await?.len(), 0, "the other one still has it");
            mark_done(queue, other.id, later).await?;
            retry_later(queue, &other, start(), "late").await?;
            assert_eq!(take_due(queue, MailJob::NAME, later + LEASE, LEASE, 1).await?.len(), 0, "sent mails stay sent");
            Ok(())
        })
        .await
        .expect("the queue answers");
}

#[tokio::test]
async fn stopping_worker_sends_due_mail_first() {
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    insert(&app, &to_many(20)).await.expect("they can be written");
    TestWorker::new(&app, server.transport()).worker.run(std::future::ready(())).await;
    assert_eq!(server.mails().len(), 20);
}

#[tokio::test]
async fn mail_names_sender_and_link_host() {
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    let site = LinkSite::At("http://127.0.0.1:8080".to_owned());
    let composer = MailComposer { links: LinkKey::from_secret(b"another"), site, ..app.composer() };
    insert(&app, &[sign_in_link("1", "ana@client.example")]).await.expect("it can be written");
    assert_eq!(TestWorker::with_composer(&app, server.transport(), composer).round().await, 1);
    let (_, mail) = server.mails().remove(0);
    assert!(mail.contains(r#"From: "Alderbrook Homes" <portal@portico.example>"#), "{mail}");
    assert!(mail.contains("Subject: Your sign-in link for Alderbrook Homes"), "{mail}");
    // Lines are wrapped in transit.
    let mail = mail.replace("=\n", "");
    let other = app.db_mails().await.remove(0).token.expect("it has a link");
    let id = &other[..20];
    assert!(mail.contains(&format!("http://127.0.0.1:8080/auth/link/{id}")), "{mail}");
    assert!(!mail.contains(&other), "another secret makes another token");
}

#[tokio::test]
async fn worker_records_expired_invitations() {
    // STA-1, API-3: INVITED becomes EXPIRED, which closes the portal; idempotency keys are stored for a week.
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    let worker = TestWorker::new(&app, server.transport());
    app.database()
        .db_execute(
            "update invitations n set state = 'INVITED', accepted_at = null, expires_at = '2026-11-22T09:30:00Z'
                from project_memberships m join identities i on i.id = m.identity_id
                where n.membership_id = m.id and i.name in ('Ana Whitlock', 'Ben Whitlock');
            update sessions s set last_seen_at = '2025-01-01' from identities i
                where i.id = s.identity_id and i.name = 'Ben Whitlock';
            insert into idempotent_answers (actor_id, key, fingerprint, answer, created_at)
                select id, 'old', 'x', '{}', '2026-11-15T09:30:00Z' from identities where name = 'Ruth Calloway';",
        )
        .await;
    let states = "select n.state || ' ' || m.access_level as text from invitations n
        join project_memberships m on m.id = n.membership_id join identities i on i.id = m.identity_id
        join projects p on p.id = n.project_id where p.number = 'AB-2041' and n.state <> 'REVOKED' order by i.name";
    let answers = "select count(*) from idempotent_answers";
    worker.worker.run_periodic_tasks().await;
    assert_eq!(app.database().db_texts(states).await, ["INVITED PORTAL", "INVITED PORTAL"]);
    assert_eq!(app.database().db_count(answers).await, 1);
    worker.wait(TimeDelta::hours(1));
    worker.worker.run_periodic_tasks().await;
    // Ana was signed in all the time, and so accepted without a link.
    assert_eq!(app.database().db_texts(states).await, ["ACCEPTED PORTAL", "EXPIRED NONE"]);
    assert_eq!(app.database().db_count(answers).await, 0);
}
