//! Tests of sign-in methods that a company does not offer (RULE-3).

use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::accounts::{
    BEN, HANA, PASSWORD, STRANGER, codes, consume, db_signed_in_just_now, fresh_link, set_password, sign_in,
};

const TOMAS: &str = "tomas@lindqvist-carpentry.example";
const OFFERS: &str = "mutation($input: CompanyPortalUpdateInput!) { companyPortalUpdate(input: $input) {
    company { portal { offersPassword offersLink } } userErrors { code } } }";
const CHANGE: &str = "mutation($input: ViewerPasswordChangeInput!) { viewerPasswordChange(input: $input) {
    userErrors { code field message } } }";

/// Sets the sign-in methods of Alderbrook.
async fn offer(app: &TestApp, input: Value) {
    let reply = app.ask_with(&Person::owner(), OFFERS, json!({ "input": input })).await;
    assert_eq!(*reply.at("/companyPortalUpdate/userErrors"), json!([]), "{}", reply.text);
}

#[tokio::test]
async fn password_fails_where_not_offered() {
    // RULE-3: signIn, passwordSet and viewerPasswordChange. Ben and Tomas are members of Alderbrook only.
    let app = TestApp::demo().await;
    set_password(&app, &fresh_link(&app, BEN).await, PASSWORD).await;
    assert_eq!(codes(sign_in(&app, BEN, PASSWORD).await.at("/signIn")), Vec::<&str>::new());
    offer(&app, json!({ "offersPassword": false })).await;
    let right = sign_in(&app, BEN, PASSWORD).await;
    assert_eq!(codes(right.at("/signIn")), ["SIGN_IN_REFUSED"]);
    for (email, password) in [(BEN, "not this one"), (STRANGER, PASSWORD), (TOMAS, PASSWORD)] {
        let other = sign_in(&app, email, password).await;
        assert_eq!(other.without_request_id(), right.without_request_id(), "{email}");
    }
    let set = set_password(&app, &fresh_link(&app, TOMAS).await, PASSWORD).await;
    assert_eq!(codes(&set), ["INVALID_STATE"], "{set}");
    db_signed_in_just_now(&app).await;
    for person in [Person::staff(), Person::trade(), Person::owner()] {
        let input = json!({ "input": { "newPassword": "nine walnut boards, oiled" } });
        let changed = app.ask_with(&person, CHANGE, input).await;
        assert_eq!(codes(changed.at("/viewerPasswordChange")), ["INVALID_STATE"], "{}", changed.text);
    }
    // The link still signs in, and the stored password works again once passwords are offered.
    assert_eq!(codes(&consume(&app, &fresh_link(&app, BEN).await, None).await), Vec::<&str>::new());
    offer(&app, json!({ "offersPassword": true })).await;
    assert_eq!(codes(sign_in(&app, BEN, PASSWORD).await.at("/signIn")), Vec::<&str>::new());
}

#[tokio::test]
async fn password_needs_one_offering_company() {
    // RULE-3: Hana is a client of Alderbrook, and a member of Fernhill's staff.
    let app = TestApp::demo().await;
    offer(&app, json!({ "offersPassword": false })).await;
    let token = fresh_link(&app, HANA).await;
    let choices = consume(&app, &token, None).await["choices"].clone();
    assert_eq!(choices.as_array().map(Vec::len), Some(2), "{choices}");
    let hash = "insert into credentials (identity_id, password_hash)
        select h.id, c.password_hash from identities h, credentials c where h.email_canonical = 'hana.sato@mail.example'";
    offer(&app, json!({ "offersPassword": true })).await;
    set_password(&app, &fresh_link(&app, BEN).await, PASSWORD).await;
    app.database().db_execute(hash).await;
    offer(&app, json!({ "offersPassword": false })).await;
    assert_eq!(codes(sign_in(&app, BEN, PASSWORD).await.at("/signIn")), ["SIGN_IN_REFUSED"]);
    assert_eq!(codes(sign_in(&app, HANA, PASSWORD).await.at("/signIn")), ["CHOICE_REQUIRED"]);
}

#[tokio::test]
async fn link_sets_password_without_link_offer() {
    // RULE-3, with links disabled: a forgotten password can still be replaced.
    let app = TestApp::demo().await;
    offer(&app, json!({ "offersLink": false })).await;
    let token = fresh_link(&app, BEN).await;
    let alone = consume(&app, &token, None).await;
    assert_eq!(codes(&alone), ["INVALID_STATE"], "{alone}");
    let set = set_password(&app, &token, PASSWORD).await;
    assert!(set["token"].is_string(), "the link was not used up: {set}");
    assert_eq!(codes(sign_in(&app, BEN, PASSWORD).await.at("/signIn")), Vec::<&str>::new());
}
