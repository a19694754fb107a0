//! Tests of changes of the caller's own account.

use axum::http::{Method, StatusCode};
use portico_testkit::{Person, TestApp};
use serde_json::json;

use crate::support::accounts::{
    ANA, BEN, PASSWORD, STRANGER, browser, codes, consume, db_signed_in_just_now, fresh_link, mailed_token,
    request_link, set_password, sign_in, signed_in,
};

const UPDATE: &str = "mutation($input: ViewerUpdateInput!) { viewerUpdate(input: $input) {
    viewer { name email phone } userErrors { code field } } }";
const CONFIRM: &str =
    "mutation($token: String!) { emailConfirm(input: { token: $token }) { isConfirmed userErrors { code } } }";

#[tokio::test]
async fn new_email_needs_confirmation() {
    // STA-2: an identity's email changes by its owner, confirmed from the new address.
    let app = TestApp::demo().await;
    db_signed_in_just_now(&app).await;
    let input = json!({ "input": { "email": "ana.bell@mail.example", "phone": "+1 303 555 0123" } });
    let asked = app.ask_with(&Person::client(), UPDATE, input).await;
    let expected = json!({ "name": "Ana Whitlock", "email": ANA, "phone": "+13035550123" });
    assert_eq!(*asked.at("/viewerUpdate/viewer"), expected, "{}", asked.text);
    let token = mailed_token(&app, "ana.bell@mail.example").await;
    assert_eq!(
        codes(&consume(&app, &token, None).await),
        ["SIGN_IN_REFUSED"],
        "it confirms an address, and opens no session"
    );
    let old_link = fresh_link(&app, ANA).await;
    // The recipient of the mail cannot confirm without the account, and would disclose their address.
    let without_session = app.ask_with(&Person::public(), CONFIRM, json!({ "token": token })).await;
    assert_eq!(without_session.code(), "UNAUTHENTICATED");
    let ben = app.ask_with(&Person::named("ben"), CONFIRM, json!({ "token": token })).await;
    assert_eq!(codes(ben.at("/emailConfirm")), ["INVALID"]);
    let proved = app.ask_with(&Person::client(), CONFIRM, json!({ "token": token })).await;
    assert_eq!(*proved.at("/emailConfirm"), json!({ "isConfirmed": true, "userErrors": [] }));
    let email = app.ask(&Person::client(), "{ viewer { email } }").await;
    assert_eq!(*email.at("/viewer/email"), json!("ana.bell@mail.example"));
    assert_eq!(
        codes(&consume(&app, &old_link, None).await),
        ["SIGN_IN_REFUSED"],
        "links to the old address are invalid"
    );
    let again = app.ask_with(&Person::client(), CONFIRM, json!({ "token": token })).await;
    assert_eq!(codes(again.at("/emailConfirm")), ["INVALID"]);
}

#[tokio::test]
async fn email_in_use_is_not_disclosed() {
    // SEC-10
    let app = TestApp::demo().await;
    db_signed_in_just_now(&app).await;
    let wish = |email: &str| json!({ "input": { "email": email } });
    let taken = app.ask_with(&Person::client(), UPDATE, wish(BEN)).await;
    let free = app.ask_with(&Person::client(), UPDATE, wish(STRANGER)).await;
    assert_eq!(taken.json["data"], free.json["data"]);
    assert_eq!(app.db_mails().await.len(), 2, "a mail is sent to both");
    let app = TestApp::demo().await;
    db_signed_in_just_now(&app).await;
    app.ask_with(&Person::client(), UPDATE, wish(BEN)).await;
    let path = format!("/auth/link/{}", mailed_token(&app, BEN).await);
    assert_eq!(app.send(browser(Method::POST, &path, None)).await.status, StatusCode::FORBIDDEN);
    let ben = format!("/auth/link/{}", fresh_link(&app, BEN).await);
    let ben = crate::support::accounts::cookie_of(&app.send(browser(Method::POST, &ben, None)).await);
    assert_eq!(app.send(browser(Method::POST, &path, Some(&ben))).await.status, StatusCode::FORBIDDEN);
    let own = app.ask_with(&Person::client(), CONFIRM, json!({ "token": path.rsplit('/').next() })).await;
    assert_eq!(codes(own.at("/emailConfirm")), ["INVALID"], "nor can the requester");
    let email = app.ask(&Person::named("ben"), "{ viewer { email } }").await;
    assert_eq!(*email.at("/viewer/email"), json!(BEN));
    request_link(&app, BEN).await;
    let mails = app.db_mails().await;
    assert_eq!(mails.last().map(|mail| mail.to_name.clone()), Some(Some("Ben Whitlock".to_owned())));
}

#[tokio::test]
async fn page_confirms_an_address_too() {
    let app = TestApp::demo().await;
    db_signed_in_just_now(&app).await;
    let wish = json!({ "input": { "email": "ana.bell@mail.example" } });
    app.ask_with(&Person::client(), UPDATE, wish).await;
    let path = format!("/auth/link/{}", mailed_token(&app, "ana.bell@mail.example").await);
    let page = app.send(browser(Method::GET, &path, None)).await;
    assert!(page.text.contains("Confirm"), "{}", page.text);
    assert_eq!(app.send(browser(Method::POST, &path, None)).await.status, StatusCode::FORBIDDEN);
    let own = format!("/auth/link/{}", fresh_link(&app, ANA).await);
    let own = crate::support::accounts::cookie_of(&app.send(browser(Method::POST, &own, None)).await);
    let confirmed = app.send(browser(Method::POST, &path, Some(&own))).await;
    assert_eq!(confirmed.status, StatusCode::SEE_OTHER, "{}", confirmed.text);
    assert!(!confirmed.headers.contains_key("set-cookie"), "it opens no session");
    let email = app.ask(&Person::client(), "{ viewer { email } }").await;
    assert_eq!(*email.at("/viewer/email"), json!("ana.bell@mail.example"));
}

#[tokio::test]
async fn own_email_is_no_change() {
    // ACC-14: forms send all their fields. Neither a password nor a fresh sign-in is needed.
    let app = TestApp::demo().await;
    set_password(&app, &fresh_link(&app, ANA).await, PASSWORD).await;
    let ana = Person::with_token(sign_in(&app, ANA, PASSWORD).await.at("/signIn/token").as_str().expect("she is in"));
    let mails = app.db_mails().await.len();
    let log = "select count(*) as count from activity where kind = 'ACCOUNT_CHANGED'";
    for (input, entries) in [(json!({ "email": ANA }), 0), (json!({ "email": ANA, "name": "Ana Bell" }), 1)] {
        let reply = app.ask_with(&ana, UPDATE, json!({ "input": input })).await;
        assert_eq!(codes(reply.at("/viewerUpdate")), [""; 0], "{}", reply.text);
        assert_eq!(app.database().db_count(log).await, entries);
    }
    assert_eq!(app.db_mails().await.len(), mails);
}

#[tokio::test]
async fn users_change_their_own_account_only() {
    // ACC-14, VIS-1: neither another account nor company data can be named.
    let app = TestApp::demo().await;
    for wrong in [
        "mutation { viewerUpdate(input: { id: \"x\", name: \"Eve\" }) { viewer { name } } }",
        "mutation { clientUpdate(input: { id: \"x\", name: \"Eve\" }) { userErrors { code } } }",
        "{ company { name } }",
        "mutation { viewerUpdate(input: { name: \"Eve\", permissions: [COSTS_VIEW] }) { viewer { name } } }",
    ] {
        let reply = app.ask(&Person::client(), wrong).await;
        assert_eq!(reply.code(), "GRAPHQL_VALIDATION_FAILED", "{wrong}: {}", reply.text);
    }
}

#[tokio::test]
async fn email_change_needs_password_and_notifies() {
    // An unattended session must not be enough to take the account over.
    let app = TestApp::demo().await;
    set_password(&app, &fresh_link(&app, ANA).await, PASSWORD).await;
    let ana = Person::with_token(sign_in(&app, ANA, PASSWORD).await.at("/signIn/token").as_str().expect("she is in"));
    let before = app.db_mails().await.len();
    for password in [json!(null), json!("wrong"), json!("")] {
        let input =
            json!({ "input": { "email": "ana.bell@mail.example", "name": "Eve", "currentPassword": password } });
        let refused = app.ask_with(&ana, UPDATE, input).await;
        assert_eq!(codes(refused.at("/viewerUpdate")), ["INVALID"], "{password}");
        assert_eq!(refused.at("/viewerUpdate/userErrors/0/field"), &json!(["input", "currentPassword"]));
    }
    let name = app.ask_with(&ana, UPDATE, json!({ "input": { "phone": null } })).await;
    assert_eq!(name.at("/viewerUpdate/viewer/name"), "Ana Whitlock", "other changes need none");
    assert_eq!(app.db_mails().await.len(), before);
    let input = json!({ "input": { "email": "ana.bell@mail.example", "currentPassword": PASSWORD } });
    assert_eq!(codes(app.ask_with(&ana, UPDATE, input).await.at("/viewerUpdate")), [""; 0]);
    let token = mailed_token(&app, "ana.bell@mail.example").await;
    app.ask_with(&ana, CONFIRM, json!({ "token": token })).await;
    let mails = app.db_mails().await;
    let notice = mails.last().expect("there is one");
    assert_eq!((notice.to_address.as_str(), notice.subject.as_str()), (ANA, "Your account has another email address"));
    assert!(!notice.text.contains("ana.bell"), "the new address is not disclosed: {}", notice.text);
}

#[tokio::test]
async fn confirmation_mails_are_limited() {
    let app = TestApp::demo().await;
    db_signed_in_just_now(&app).await;
    let mut outcomes = Vec::new();
    for _ in 0..6 {
        let reply = app.ask_with(&Person::client(), UPDATE, json!({ "input": { "email": STRANGER } })).await;
        outcomes.push(codes(reply.at("/viewerUpdate")).join(","));
    }
    assert_eq!(outcomes.pop().as_deref(), Some("TOO_MANY_ATTEMPTS"));
    assert!(outcomes.iter().all(String::is_empty), "{outcomes:?}");
    assert_eq!(app.db_mails().await.len(), 5);
}

#[tokio::test]
async fn old_session_does_not_replace_password() {
    // An account with links only: an unattended phone must not be enough to lock its owner out.
    let app = TestApp::demo().await;
    for person in [Person::client(), Person::staff()] {
        let change = "mutation { viewerPasswordChange(input: { newPassword: \"seven cedar stairs, unpainted\" }) {
            userErrors { code field } } }";
        let refused = app.ask(&person, change).await;
        assert_eq!(codes(refused.at("/viewerPasswordChange")), ["INVALID"], "{}", refused.text);
        let refused = app.ask_with(&person, UPDATE, json!({ "input": { "email": STRANGER } })).await;
        assert_eq!(codes(refused.at("/viewerUpdate")), ["INVALID"]);
    }
    let fresh = signed_in(&app, ANA, None).await;
    let change = "mutation { viewerPasswordChange(input: { newPassword: \"seven cedar stairs, unpainted\" }) {
        userErrors { code } } }";
    assert_eq!(codes(app.ask(&fresh, change).await.at("/viewerPasswordChange")), [""; 0]);
    assert!(sign_in(&app, ANA, PASSWORD).await.at("/signIn/token").is_string());
}

#[tokio::test]
async fn email_only_client_has_no_settings() {
    // ACC-17, RULE-8: Dev has never had more than mail; Ben has lost portal access.
    let app = TestApp::demo().await;
    let sql = "update project_memberships set access_level = 'EMAIL_ONLY' where identity_id =
        (select id from identities where email = 'ben.whitlock@mail.example')";
    app.database().db_execute(sql).await;
    db_signed_in_just_now(&app).await;
    for person in [Person::named("dev"), Person::named("ben")] {
        for mutation in [
            "viewerPasswordChange(input: { newPassword: \"seven cedar stairs, unpainted\" })",
            "viewerNotificationSettingsUpdate(input: { instantAlerts: false })",
        ] {
            let name = mutation.split('(').next().unwrap_or_default();
            let reply = app.ask(&person, &format!("mutation {{ {mutation} {{ userErrors {{ code }} }} }}")).await;
            assert_eq!(codes(reply.at(&format!("/{name}"))), ["INVALID_STATE"], "{}", reply.text);
        }
        let settings = app.ask(&person, "{ viewer { notificationSettings { instantAlerts } } }").await;
        assert!(settings.at("/viewer/notificationSettings").is_null(), "{}", settings.text);
    }
    let ana = app.ask(&Person::client(), "{ viewer { notificationSettings { instantAlerts } } }").await;
    assert!(ana.at("/viewer/notificationSettings/instantAlerts").is_boolean());
}
