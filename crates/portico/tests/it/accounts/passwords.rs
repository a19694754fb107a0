//! Tests of passwords.

use portico_testkit::{Person, TestApp};
use serde_json::json;

use crate::support::accounts::{
    ANA, BEN, PASSWORD, STRANGER, codes, fresh_link, name_of, set_password, sign_in, signed_in,
};

const CHANGE: &str = "mutation($input: ViewerPasswordChangeInput!) { viewerPasswordChange(input: $input) {
    viewer { sessions { isCurrent } } userErrors { code field } } }";

#[tokio::test]
async fn password_and_link_reach_same_account() {
    // SES-8, RULE-3, RULE-10
    let app = TestApp::demo().await;
    let set = set_password(&app, &fresh_link(&app, ANA).await, PASSWORD).await;
    let by_set = Person::with_token(set["token"].as_str().unwrap_or_else(|| panic!("{set}")));
    let reply = sign_in(&app, &ANA.to_uppercase(), PASSWORD).await;
    let by_password =
        Person::with_token(reply.at("/signIn/token").as_str().unwrap_or_else(|| panic!("{}", reply.text)));
    let by_link = signed_in(&app, ANA, None).await;
    for person in [by_set, by_password, by_link] {
        assert_eq!(name_of(&app, &person).await, "Ana Whitlock");
    }
    let kept = app.database().db_texts("select password_hash as text from credentials").await;
    assert!(kept.len() == 1 && kept[0].starts_with("$argon2id$"), "{kept:?}");
}

#[tokio::test]
async fn failed_sign_ins_have_the_same_error() {
    // SEC-10
    let app = TestApp::demo().await;
    set_password(&app, &fresh_link(&app, ANA).await, PASSWORD).await;
    let wrong = sign_in(&app, ANA, "seven cedar stairs, painted").await;
    assert_eq!(codes(wrong.at("/signIn")), ["SIGN_IN_REFUSED"]);
    for email in [BEN, STRANGER] {
        let other = sign_in(&app, email, PASSWORD).await;
        assert_eq!((other.status, &other.json["data"]), (wrong.status, &wrong.json["data"]), "{email}");
    }
    // Each is in the audit log, with the account if there is one, and never with a stranger's address.
    let rows = "select coalesce(i.email, '-') as text from activity a left join identities i on i.id = a.subject_id
        where a.kind = 'SIGN_IN_REFUSED' order by a.at";
    assert_eq!(app.database().db_texts(rows).await, [ANA, BEN, "-"]);
}

#[tokio::test]
async fn weak_password_keeps_the_link_valid() {
    let app = TestApp::demo().await;
    let token = fresh_link(&app, ANA).await;
    for weak in ["password1", "Whitlock1", "whitlock2026", "alderbrook homes"] {
        let refused = set_password(&app, &token, weak).await;
        assert_eq!(codes(&refused), ["PASSWORD_TOO_WEAK"], "{weak}");
        assert_eq!(refused["userErrors"][0]["field"], json!(["input", "password"]));
    }
    assert!(set_password(&app, &token, PASSWORD).await["token"].is_string());
}

#[tokio::test]
async fn password_change_ends_other_sessions() {
    // ACC-17
    let app = TestApp::demo().await;
    set_password(&app, &fresh_link(&app, ANA).await, PASSWORD).await;
    let (here, elsewhere) = (signed_in(&app, ANA, None).await, signed_in(&app, ANA, None).await);
    let change = |current: &str, new: &str| json!({ "input": { "currentPassword": current, "newPassword": new } });
    let wrong = app.ask_with(&here, CHANGE, change("not this one", "nine walnut boards, oiled")).await;
    assert_eq!(codes(wrong.at("/viewerPasswordChange")), ["INVALID"]);
    assert_eq!(name_of(&app, &elsewhere).await, "Ana Whitlock");
    let weak = app.ask_with(&here, CHANGE, change(PASSWORD, "password1")).await;
    assert_eq!(codes(weak.at("/viewerPasswordChange")), ["PASSWORD_TOO_WEAK"]);
    let changed = app.ask_with(&here, CHANGE, change(PASSWORD, "nine walnut boards, oiled")).await;
    let sessions = changed.at("/viewerPasswordChange/viewer/sessions");
    assert_eq!(*sessions, json!([{ "isCurrent": true }]), "{}", changed.text);
    assert_eq!(name_of(&app, &elsewhere).await, "UNAUTHENTICATED");
    assert_eq!(name_of(&app, &Person::client()).await, "UNAUTHENTICATED");
    assert_eq!(name_of(&app, &here).await, "Ana Whitlock");
    assert_eq!(codes(sign_in(&app, ANA, PASSWORD).await.at("/signIn")), ["SIGN_IN_REFUSED"]);
    // And the owner is notified.
    let mails = app.db_mails().await;
    let notice = mails.last().expect("a notice was written");
    assert_eq!((notice.to_address.as_str(), notice.subject.as_str()), (ANA, "Your password was changed"));
}

#[tokio::test]
async fn disabled_account_cannot_sign_in() {
    let app = TestApp::demo().await;
    set_password(&app, &fresh_link(&app, ANA).await, PASSWORD).await;
    app.database().db_execute(&format!("update identities set disabled_at = now() where email = '{ANA}'")).await;
    let reply = sign_in(&app, ANA, PASSWORD).await;
    assert_eq!(reply.json["data"], sign_in(&app, STRANGER, PASSWORD).await.json["data"]);
}
