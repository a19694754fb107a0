//! Tests that withdrawn access ends with the next request.

use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{GRANVILLE, MAPLE, RIDGE, is_unknown, project, project_names, sql_id};

/// Whether a person can read the project by id.
async fn reads(app: &TestApp, person: &Person, path: &str) -> bool {
    let reply = app
        .ask_with(person, "query($id: ID!) { project(id: $id) { name } }", json!({ "id": project(app, path) }))
        .await;
    reply.at("/project").is_object()
}

#[tokio::test]
async fn removed_client_sees_nothing_at_once() {
    let app = TestApp::demo().await;
    for (person, name) in [(Person::client(), "ana"), (Person::named("ben"), "ben")] {
        assert!(reads(&app, &person, MAPLE).await);
        let membership = sql_id(&format!("{MAPLE}/client/{name}"));
        app.database()
            .db_execute(&format!("update project_memberships set removed_at = now() where id = {membership}"))
            .await;
        assert!(!reads(&app, &person, MAPLE).await);
        let names = project_names(&app, &person).await;
        assert!(!names.iter().any(|name| name == "Maple Street House"), "{names:?}");
    }
    // Her access elsewhere stays.
    assert_eq!(project_names(&app, &Person::client()).await, ["Bowen Island Retreat"]);
    assert!(!reads(&app, &Person::named("cleo"), MAPLE).await, "removed long ago");
}

#[tokio::test]
async fn email_only_client_sees_no_project() {
    // ROLE-4
    let app = TestApp::demo().await;
    let dev = Person::named("dev");
    let reply = app.ask(&dev, "{ viewer { role projects { totalCount nodes { id } } } }").await;
    assert_eq!(*reply.at("/viewer"), json!({ "role": "CLIENT", "projects": { "totalCount": 0, "nodes": [] } }));
    assert!(!reads(&app, &dev, RIDGE).await);
    assert!(!reads(&app, &dev, GRANVILLE).await);
    let set = |level: &str| {
        format!(
            "update project_memberships set access_level = '{level}' where id = {}",
            sql_id(&format!("{RIDGE}/client/dev"))
        )
    };
    app.database().db_execute(&set("PORTAL")).await;
    assert!(reads(&app, &dev, RIDGE).await);
    app.database().db_execute(&set("EMAIL_ONLY")).await;
    assert!(!reads(&app, &dev, RIDGE).await);
    assert!(reads(&app, &Person::named("hana-client"), RIDGE).await);
}

#[tokio::test]
async fn trade_without_web_access_sees_nothing() {
    // ROLE-3
    let app = TestApp::demo().await;
    let petra = Person::named("petra");
    assert!(project_names(&app, &petra).await.is_empty());
    assert!(!reads(&app, &petra, MAPLE).await);
    assert!(!reads(&app, &Person::trade(), RIDGE).await);
    let tomas = sql_id(&format!("{MAPLE}/trade/tomas"));
    app.database().db_execute(&format!("update project_memberships set web_access = false where id = {tomas}")).await;
    assert!(project_names(&app, &Person::trade()).await.is_empty());
    assert!(reads(&app, &Person::named("eli"), MAPLE).await);
}

#[tokio::test]
async fn revoked_permission_is_gone_at_once() {
    // ROLE-2, SEC-13
    let app = TestApp::demo().await;
    let query = "query($id: ID!) { project(id: $id) { budget { amount } } }";
    let variables = json!({ "id": project(&app, MAPLE) });
    for (person, name) in [(Person::staff(), "jo"), (Person::named("marcus"), "marcus")] {
        let reply = app.ask_with(&person, query, variables.clone()).await;
        assert_eq!(*reply.at("/project/budget/amount"), "643120.37");
        let take = |permission: &str| {
            let staff = sql_id(&format!("alderbrook/staff/{name}"));
            format!(
                "update staff_memberships set permissions = array_remove(permissions, '{permission}') where id = {staff}"
            )
        };
        app.database().db_execute(&take("COSTS_VIEW")).await;
        is_unknown(&app.ask_with(&person, query, variables.clone()).await, "budget");
        assert!(reads(&app, &person, MAPLE).await);
        app.database().db_execute(&take("PROJECTS_READ")).await;
        assert!(!reads(&app, &person, MAPLE).await);
        assert!(project_names(&app, &person).await.is_empty());
    }
    assert!(reads(&app, &Person::owner(), MAPLE).await);
}

#[tokio::test]
async fn former_staff_lose_access_at_once() {
    let app = TestApp::demo().await;
    assert_eq!(app.ask(&Person::named("gil"), "{ viewer { name } }").await.code(), "UNAUTHENTICATED");
    for (person, name) in [(Person::staff(), "jo"), (Person::named("priya"), "priya")] {
        assert!(reads(&app, &person, MAPLE).await);
        let staff = sql_id(&format!("alderbrook/staff/{name}"));
        app.database().db_execute(&format!("update staff_memberships set removed_at = now() where id = {staff}")).await;
        assert_eq!(app.ask(&person, "{ viewer { name } }").await.code(), "UNAUTHENTICATED");
    }
}

#[tokio::test]
async fn disabled_person_has_no_session() {
    let app = TestApp::demo().await;
    let hana = sql_id("people/hana");
    app.database().db_execute(&format!("update identities set disabled_at = now() where id = {hana}")).await;
    for person in [Person::named("hana-client"), Person::named("hana-staff")] {
        assert_eq!(app.ask(&person, "{ viewer { name } }").await.code(), "UNAUTHENTICATED");
    }
}

#[tokio::test]
async fn each_session_sees_its_own_rows() {
    let app = TestApp::demo().await;
    let query = "{ viewer { name role projects { nodes { name } } } }";
    let client = app.ask(&Person::named("hana-client"), query).await;
    let staff = app.ask(&Person::named("hana-staff"), query).await;
    assert_eq!(client.at("/viewer/name"), staff.at("/viewer/name"));
    assert_eq!(*client.at("/viewer/projects/nodes"), json!([{ "name": "Ridge View Residence" }]));
    assert_eq!(
        *staff.at("/viewer/projects/nodes"),
        json!([{ "name": "Bowen Island Retreat" }, { "name": "Granville Loft" }])
    );
    assert_eq!((client.at("/viewer/role"), staff.at("/viewer/role")), (&json!("CLIENT"), &json!("STAFF")));
}

#[tokio::test]
async fn clients_keep_reading_a_completed_project() {
    // LIFE-1
    let app = TestApp::demo().await;
    let query = "query($id: ID!) { project(id: $id) { status milestones { status } schedule { version } } }";
    for person in [Person::named("ines"), Person::named("wren"), Person::owner()] {
        let reply = app.ask_with(&person, query, json!({ "id": project(&app, crate::support::HARBOR) })).await;
        assert_eq!(*reply.at("/project/status"), "COMPLETED");
        assert_eq!(*reply.at("/project/schedule/version"), 1);
        assert_ne!(*reply.at("/project/milestones"), Value::Null);
    }
}
