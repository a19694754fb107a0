//! Tests that a view ends with what it depends on, at the next request.

use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::{membership, nora, seen, start, view};
use crate::support::accounts::signed_in;
use crate::support::{HARBOR, MAPLE, of_project, project, sql_id};

const REFUSED: [&str; 1] = ["UNAUTHENTICATED"];
const NORA: &str = "alderbrook/staff/nora";

async fn done(app: &TestApp, by: &Person, mutation: &str, kind: &str, input: Value) {
    let query = format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ message }} }} }}");
    let reply = app.ask_with(by, &query, json!({ "input": input })).await;
    assert_eq!(reply.data()[mutation]["userErrors"], json!([]), "{mutation}");
}

/// Changes Nora's permissions.
async fn permit(app: &TestApp, permissions: &[&str]) {
    let id = app.id(portico_core::id::Tag::STAFF_MEMBERSHIP, NORA);
    let input = json!({ "id": id, "permissions": permissions });
    done(app, &Person::owner(), "staffUpdate", "StaffUpdateInput", input).await;
}

/// Starts a view of Ben's portal by Nora, which works, and ends after something happens.
async fn ends_after(what: &str, happens: impl AsyncFnOnce(&TestApp)) {
    let app = TestApp::demo().await;
    let ben = view(&app, &nora(), MAPLE, "client/ben").await;
    assert_eq!(seen(&app, &ben).await, ["Maple Street House"], "{what}");
    happens(&app).await;
    assert_eq!(seen(&app, &ben).await, REFUSED, "{what}");
    assert_eq!(app.ask(&ben, "mutation { signOut { isSignedOut } }").await.code(), "UNAUTHENTICATED", "{what}");
}

#[tokio::test]
async fn view_ends_with_the_staff_session() {
    // PRT-19
    ends_after("staff signed out", async |app| {
        assert!(app.ask(&nora(), "mutation { signOut { isSignedOut } }").await.json.get("errors").is_none());
    })
    .await;
    ends_after("the session expired", async |app| {
        let late = format!("update sessions set expires_at = now() where token_hash = '{}'", nora().token_hash());
        app.database().db_execute(&late).await;
    })
    .await;
    let app = TestApp::demo().await;
    let phone = signed_in(&app, "nora@alderbrook.example", None).await;
    let by_phone = view(&app, &phone, MAPLE, "client/ben").await;
    let by_desk = view(&app, &nora(), MAPLE, "client/ben").await;
    let sessions = app.ask(&phone, "{ viewer { sessions { id isCurrent } } }").await;
    let sessions = sessions.at("/viewer/sessions").as_array().expect("a list").clone();
    let id = sessions.iter().find(|session| session["isCurrent"] == true).expect("the phone's")["id"].clone();
    done(&app, &nora(), "sessionRevoke", "SessionRevokeInput", json!({ "id": id })).await;
    assert_eq!(seen(&app, &by_phone).await, REFUSED);
    assert_eq!(seen(&app, &by_desk).await, ["Maple Street House"], "another session's view goes on");
}

#[tokio::test]
async fn view_ends_with_the_staff_permissions() {
    ends_after("without ACCESS_EXPLAIN", async |app| permit(app, &["PROJECTS_READ", "COSTS_VIEW"]).await).await;
    ends_after("without PROJECTS_READ", async |app| permit(app, &["ACCESS_EXPLAIN"]).await).await;
    ends_after("staff removed", async |app| {
        let id = app.id(portico_core::id::Tag::STAFF_MEMBERSHIP, NORA);
        done(app, &Person::owner(), "staffRemove", "StaffRemoveInput", json!({ "id": id })).await;
    })
    .await;
    ends_after("staff disabled", async |app| {
        let sql = format!("update identities set disabled_at = now() where id = {}", sql_id("people/nora"));
        app.database().db_execute(&sql).await;
    })
    .await;
    let app = TestApp::demo().await;
    let ben = view(&app, &nora(), MAPLE, "client/ben").await;
    permit(&app, &["PROJECTS_READ", "ACCESS_EXPLAIN"]).await;
    assert_eq!(seen(&app, &ben).await, ["Maple Street House"], "other permissions do not matter");
}

#[tokio::test]
async fn view_ends_with_the_client_access() {
    ends_after("client removed", async |app| {
        let input = json!({ "id": membership(app, MAPLE, "client/ben") });
        done(app, &Person::owner(), "projectClientRemove", "ProjectClientRemoveInput", input).await;
    })
    .await;
    for level in ["EMAIL_ONLY", "NONE"] {
        ends_after(level, async |app| {
            let ben = sql_id("alderbrook/maple-street/client/ben");
            let sql = format!("update project_memberships set access_level = '{level}' where id = {ben}");
            app.database().db_execute(&sql).await;
        })
        .await;
    }
    ends_after("client disabled", async |app| {
        let sql = format!("update identities set disabled_at = now() where id = {}", sql_id("people/ben"));
        app.database().db_execute(&sql).await;
    })
    .await;
}

#[tokio::test]
async fn view_ends_when_it_expires_or_is_ended() {
    ends_after("expired", async |app| {
        let sql = "update client_views set created_at = created_at - interval '15 minutes', expires_at = expires_at - interval '15 minutes'";
        app.database().db_execute(sql).await;
    })
    .await;
    let app = TestApp::demo().await;
    let (ben, other) = (view(&app, &nora(), MAPLE, "client/ben").await, view(&app, &nora(), MAPLE, "client/ana").await);
    let ended = app.ask(&ben, "mutation { signOut { isSignedOut userErrors { code } } }").await;
    assert_eq!(*ended.at("/signOut"), json!({ "isSignedOut": true, "userErrors": [] }));
    assert_eq!(seen(&app, &ben).await, REFUSED);
    // Neither the client, nor the member of staff, nor another view is signed out.
    for still in [Person::named("ben"), nora(), other] {
        assert_ne!(seen(&app, &still).await, REFUSED);
    }
}

#[tokio::test]
async fn view_of_an_archived_project_goes_on() {
    let app = TestApp::demo().await;
    let ines = view(&app, &Person::owner(), HARBOR, "client/ines").await;
    let before = seen(&app, &ines).await;
    let version = of_project(&app, &Person::owner(), HARBOR, "version").await["version"].clone();
    let input = json!({ "id": project(&app, HARBOR), "expectedVersion": version, "status": "ARCHIVED" });
    done(&app, &Person::owner(), "projectUpdate", "ProjectUpdateInput", input).await;
    assert_eq!(seen(&app, &ines).await, before);
    assert_eq!(start(&app, &Person::owner(), &membership(&app, HARBOR, "client/ines")).await["userErrors"], json!([]));
}
