//! Tests of sessions.

use std::time::Duration;

use portico_core::id::{Tag, new_uuid};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::accounts::{ANA, BEN, codes, db_age_sessions, name_of, session_use_noted, signed_in};

const SESSIONS: &str = "{ viewer { sessions { id isCurrent device createdAt lastSeenAt expiresAt } } }";
const REVOKE: &str =
    "mutation($id: ID!) { sessionRevoke(input: { id: $id }) { viewer { sessions { id } } userErrors { code field } } }";

const DAY: i64 = 86_400;

#[tokio::test]
async fn session_expires_thirty_days_after_use() {
    // SES-2, SES-3, SES-4
    let app = TestApp::demo().await;
    let ana = signed_in(&app, ANA, None).await;
    db_age_sessions(&app, 29 * DAY).await;
    assert_eq!(name_of(&app, &ana).await, "Ana Whitlock");
    session_use_noted(&app).await;
    db_age_sessions(&app, 30 * DAY - 60).await;
    assert_eq!(name_of(&app, &ana).await, "Ana Whitlock", "it was used on day 29, so it lives until day 59");
    session_use_noted(&app).await;
    db_age_sessions(&app, 30 * DAY + 1).await;
    assert_eq!(name_of(&app, &ana).await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn session_use_is_recorded_hourly() {
    let app = TestApp::demo().await;
    let ana = signed_in(&app, ANA, None).await;
    let seen = || async {
        let newest = "select last_seen_at::text as text from sessions order by created_at desc limit 1";
        app.database().db_texts(newest).await.remove(0)
    };
    let first = seen().await;
    for _ in 0..5 {
        name_of(&app, &ana).await;
    }
    // Long enough for pending writes.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(seen().await, first);
    db_age_sessions(&app, 3_700).await;
    let aged = seen().await;
    futures_util::future::join_all((0..10).map(|_| name_of(&app, &ana))).await;
    session_use_noted(&app).await;
    assert_ne!(seen().await, aged);
}

#[tokio::test]
async fn users_list_and_end_their_sessions() {
    // VIS-6
    let app = TestApp::demo().await;
    let (phone, laptop) = (signed_in(&app, ANA, None).await, signed_in(&app, ANA, None).await);
    let ben = signed_in(&app, BEN, None).await;
    let reply = app.ask(&laptop, SESSIONS).await;
    let sessions = reply.at("/viewer/sessions").as_array().cloned().unwrap_or_default();
    // Two of the demo's own, and these.
    assert_eq!(sessions.len(), 4, "{}", reply.text);
    assert!(sessions[0]["isCurrent"] == true && sessions[1]["isCurrent"] == false, "{}", reply.text);
    assert!(!reply.text.contains("token"), "{}", reply.text);
    let of_phone = sessions[1]["id"].clone();
    // Another person's session and an unknown one have the same error.
    let strange = app.ask_with(&ben, REVOKE, json!({ "id": of_phone })).await;
    let unknown = app.ask_with(&ben, REVOKE, json!({ "id": TestApp::global(Tag::SESSION, new_uuid()) })).await;
    assert_eq!(strange.json["data"], unknown.json["data"]);
    assert_eq!(codes(strange.at("/sessionRevoke")), ["NOT_FOUND"]);
    assert_eq!(name_of(&app, &phone).await, "Ana Whitlock");
    let ended = app.ask_with(&laptop, REVOKE, json!({ "id": of_phone })).await;
    let left = ended.at("/sessionRevoke/viewer/sessions").as_array().map(Vec::len);
    assert_eq!(left, Some(3), "{}", ended.text);
    assert_eq!(name_of(&app, &phone).await, "UNAUTHENTICATED");
    assert_eq!(name_of(&app, &laptop).await, "Ana Whitlock");
}

#[tokio::test]
async fn sign_out_holds_on_every_gateway() {
    let app = TestApp::demo().await;
    let other = app.cold();
    let ana = signed_in(&app, ANA, None).await;
    assert_eq!(name_of(&other, &ana).await, "Ana Whitlock");
    let out = app.ask(&ana, "mutation { signOut { isSignedOut userErrors { code } } }").await;
    assert_eq!(*out.at("/signOut/isSignedOut"), Value::Bool(true), "{}", out.text);
    for gateway in [&app, &other] {
        assert_eq!(name_of(gateway, &ana).await, "UNAUTHENTICATED");
    }
    let trail = "select kind as text from activity order by at, id";
    assert_eq!(app.database().db_texts(trail).await, ["LINK_REQUESTED", "SIGNED_IN", "SIGNED_OUT"]);
}

#[tokio::test]
async fn notification_settings_are_per_user() {
    // ACC-17, VIS-22, MSG-2
    let app = TestApp::demo().await;
    let settings = "{ viewer { notificationSettings { instantAlerts summaryFrequency } } }";
    let update =
        "mutation($input: ViewerNotificationSettingsUpdateInput!) { viewerNotificationSettingsUpdate(input: $input) {
        viewer { notificationSettings { instantAlerts summaryFrequency } } userErrors { code } } }";
    let others = app.ask(&Person::named("ines"), settings).await.at("/viewer/notificationSettings").clone();
    // Omitted values stay.
    for (input, alerts, frequency) in [
        (json!({ "summaryFrequency": "WEEKLY" }), true, "WEEKLY"),
        (json!({ "instantAlerts": false }), false, "WEEKLY"),
        (json!({ "summaryFrequency": "NEVER" }), false, "NEVER"),
        (json!({ "instantAlerts": true, "summaryFrequency": "DAILY" }), true, "DAILY"),
        (json!({}), true, "DAILY"),
    ] {
        let reply = app.ask_with(&Person::client(), update, json!({ "input": input })).await;
        let expected = json!({ "instantAlerts": alerts, "summaryFrequency": frequency });
        assert_eq!(
            *reply.at("/viewerNotificationSettingsUpdate/viewer/notificationSettings"),
            expected,
            "{}",
            reply.text
        );
        assert_eq!(*app.ask(&Person::client(), settings).await.at("/viewer/notificationSettings"), expected, "{input}");
        assert_eq!(*app.ask(&Person::named("ines"), settings).await.at("/viewer/notificationSettings"), others);
    }
    // A key has no settings.
    assert_eq!(*app.ask(&Person::reporting(), settings).await.at("/viewer/notificationSettings"), json!(null));
}
