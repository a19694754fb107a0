//! Tests of API keys: read-only, within their creator's current permissions.

use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{MAPLE, ORCHARD, RIDGE, is_unknown, project, project_names, sql_id};

const BUDGETS: &str = "{ viewer { projects { totalCount nodes { number budget { amount } } } } }";

/// Makes Jo, a member of staff, the key's creator instead of the owner.
async fn db_made_by_jo(app: &TestApp) {
    let sql = format!(
        "update api_keys set created_by = {} where id = {}",
        sql_id("alderbrook/staff/jo"),
        sql_id("alderbrook/key/demo-reporting")
    );
    app.database().db_execute(&sql).await;
}

async fn db_take_from_jo(app: &TestApp, permission: &str) {
    let sql = format!(
        "update staff_memberships set permissions = array_remove(permissions, '{permission}') where id = {}",
        sql_id("alderbrook/staff/jo")
    );
    app.database().db_execute(&sql).await;
}

#[tokio::test]
async fn key_reads_listed_projects_only() {
    let app = TestApp::demo().await;
    let listed = ["Maple Street House", "Orchard Lane Cottage"];
    assert_eq!(project_names(&app, &Person::reporting()).await, listed);
    let query = "query($id: ID!) { project(id: $id) { name } node(id: $id) { id } }";
    let reply = app.ask_with(&Person::reporting(), query, json!({ "id": project(&app, RIDGE) })).await;
    assert_eq!(*reply.data(), json!({ "project": null, "node": null }));
    let sql = format!("delete from api_key_projects where project_id = {}", sql_id(ORCHARD));
    app.database().db_execute(&sql).await;
    assert_eq!(project_names(&app, &Person::reporting()).await, listed[..1]);
    // The owner still sees all of them.
    assert_eq!(project_names(&app, &Person::owner()).await.len(), 4);
}

#[tokio::test]
async fn key_has_its_own_role() {
    let app = TestApp::demo().await;
    let reply = app.ask(&Person::reporting(), "{ viewer { role name email permissions } }").await;
    let expected = json!({ "role": "REPORTING", "name": "Ledger export for the accountant", "email": null,
        "permissions": ["PROJECTS_READ", "COSTS_VIEW"] });
    assert_eq!(*reply.at("/viewer"), expected);
    for field in ["targetMargin", "scheduleVersions { id }"] {
        let query = format!("{{ viewer {{ projects {{ nodes {{ {field} }} }} }} }}");
        is_unknown(&app.ask(&Person::reporting(), &query).await, field.split(' ').next().unwrap_or_default());
        assert!(app.ask(&Person::owner(), &query).await.json.get("errors").is_none(), "its creator may");
    }
    let change = app.ask(&Person::reporting(), "mutation { projectSave { id } }").await;
    assert_eq!(change.code(), "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn key_loses_rights_with_its_creator() {
    // ROLE-5, SEC-14
    let app = TestApp::demo().await;
    db_made_by_jo(&app).await;
    let reply = app.ask(&Person::reporting(), BUDGETS).await;
    assert_eq!(*reply.at("/viewer/projects/nodes/0/budget/amount"), "643120.37");
    db_take_from_jo(&app, "COSTS_VIEW").await;
    for person in [Person::reporting(), Person::staff()] {
        is_unknown(&app.ask(&person, BUDGETS).await, "budget");
        assert!(!project_names(&app, &person).await.is_empty());
    }
    db_take_from_jo(&app, "PROJECTS_READ").await;
    for person in [Person::reporting(), Person::staff()] {
        assert!(project_names(&app, &person).await.is_empty());
        let query = "query($id: ID!) { project(id: $id) { id } }";
        let reply = app.ask_with(&person, query, json!({ "id": project(&app, MAPLE) })).await;
        assert_eq!(*reply.at("/project"), Value::Null);
    }
}

#[tokio::test]
async fn key_gains_nothing_with_its_creator() {
    let app = TestApp::demo().await;
    db_made_by_jo(&app).await;
    let give = format!(
        "update staff_memberships set permissions = permissions || array['MARGINS_VIEW'] where id = {}",
        sql_id("alderbrook/staff/jo")
    );
    app.database().db_execute(&give).await;
    let query = "{ viewer { projects { nodes { targetMargin } } } }";
    is_unknown(&app.ask(&Person::reporting(), query).await, "targetMargin");
    assert_eq!(*app.ask(&Person::staff(), query).await.at("/viewer/projects/nodes/1/targetMargin"), "20.8");
}

#[tokio::test]
async fn key_of_removed_creator_is_invalid() {
    for sql in [
        format!("update staff_memberships set removed_at = now() where id = {}", sql_id("alderbrook/staff/ruth")),
        format!("update identities set disabled_at = now() where id = {}", sql_id("people/ruth")),
    ] {
        let app = TestApp::demo().await;
        assert_eq!(project_names(&app, &Person::reporting()).await.len(), 2);
        app.database().db_execute(&sql).await;
        for person in [Person::reporting(), Person::owner()] {
            assert_eq!(app.ask(&person, "{ viewer { name } }").await.code(), "UNAUTHENTICATED", "{sql}");
        }
        assert!(!project_names(&app, &Person::staff()).await.is_empty());
    }
}

#[tokio::test]
async fn expired_key_is_refused() {
    for change in ["revoked_at = now()", "expires_at = now() - interval '1 second'"] {
        let app = TestApp::demo().await;
        app.database().db_execute(&format!("update api_keys set {change}")).await;
        let reply = app.ask(&Person::reporting(), "{ viewer { name } }").await;
        assert_eq!((reply.status.as_u16(), reply.code()), (401, "UNAUTHENTICATED"), "{change}");
    }
}
