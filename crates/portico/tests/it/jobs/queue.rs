//! Tests of mails queued by actions.

use portico_core::id::new_uuid;
use portico_core::links::SentLink;
use portico_core::mail::{MailJob, MailLink, MailTemplate};
use portico_store::StoreError;
use portico_testkit::{TestApp, TestDatabase};
use serde_json::json;

use crate::support::mail_server::MailServer;
use portico_testkit::queue::{TestWorker, insert, sign_in_link, state_of};

#[tokio::test]
async fn key_sends_one_mail() {
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    let worker = TestWorker::new(&app, server.transport());
    let one = sign_in_link("link:1", "ana@client.example");
    let other = MailJob { to_address: "ben@client.example".to_owned(), ..one.clone() };
    assert_eq!(insert(&app, &[one.clone(), other.clone()]).await.expect("they can be written"), [true, false]);
    assert_eq!(worker.round().await, 1);
    assert_eq!(insert(&app, &[other, one]).await.expect("they can be written"), [false, false]);
    assert_eq!(worker.round().await, 0);
    assert_eq!(server.recipients(), ["ana@client.example"]);
}

#[tokio::test]
async fn delivery_must_match_its_template() {
    let app = TestApp::over(TestDatabase::demo().await);
    let right = sign_in_link("link:1", "ana@client.example");
    let welcome = MailJob {
        template: MailTemplate::CustomerInvitationFromAnotherOffice,
        values: json!({ "project": "Maple Street" }),
        link: None,
        ..right.clone()
    };
    let link = Some(MailLink { id: new_uuid(), nonce: new_uuid() });
    let cases = [
        (MailJob { values: json!({}), ..right.clone() }, "minutes"),
        (MailJob { values: json!({ "minutes": 15, "token": "x" }), ..right.clone() }, "token"),
        (MailJob { values: json!({ "minutes": [15] }), ..right.clone() }, "neither a text"),
        (MailJob { values: json!("15"), ..right.clone() }, "no object"),
        (MailJob { link: None, ..right.clone() }, "has no link"),
        (MailJob { company_id: None, ..welcome.clone() }, "no company"),
        (MailJob { portal_host: None, ..right.clone() }, "no portal"),
        // INV-15
        (MailJob { link, ..welcome.clone() }, "must not have a link"),
        (MailJob { portal_host: None, ..welcome.clone() }, "no portal"),
    ];
    for (wrong, words) in cases {
        let refused = insert(&app, &[wrong]).await;
        assert!(matches!(&refused, Err(StoreError::Failed(text)) if text.contains(words)), "{words}: {refused:?}");
    }
    assert_eq!(app.db_mails().await.len(), 0);
    assert_eq!(insert(&app, &[right, MailJob { key: "2".to_owned(), ..welcome }]).await.expect("these can"), [true; 2]);
}

#[tokio::test]
async fn mail_server_texts_store_no_token() {
    let (app, server) = (TestApp::demo().await, MailServer::start().await);
    let worker = TestWorker::new(&app, server.transport());
    let new = [sign_in_link("link:1", "echo@client.example"), sign_in_link("link:2", "ana@client.example")];
    insert(&app, &new).await.expect("they can be written");
    let tokens: Vec<_> = app.db_mails().await.into_iter().map(|mail| mail.token.expect("it has a link")).collect();
    assert_eq!(worker.round().await, 2);
    let refused = state_of(&app, "link:1").await;
    assert!(refused.starts_with("REFUSED 1 permanent error (554): spam: https://portal."), "{refused}");
    let taken = server.mails();
    let rows = app.database().db_texts("select to_jsonb(d)::text as text from jobs d").await.join("\n");
    assert!(tokens.iter().any(|token| taken[0].1.replace("=\n", "").contains(token)), "the mail has one");
    for token in tokens {
        let sent = SentLink::read(&token).expect("it is a token");
        assert!(rows.contains(&sent.id.to_string()), "the same search finds existing values");
        // Each part of it, so that no fragment is stored either.
        for at in (0..token.len() - 20).step_by(4) {
            assert!(!rows.contains(&token[at..at + 20]), "{rows}");
        }
    }
}
