//! Tests of revocation during a request. The answer must not be cached for others: those with the same rights would get
//! empty lists.

use std::sync::Arc;

use portico_core::sessions::TokenHash;
use portico_fixtures::world::World;
use portico_graphql::Question;
use portico_loader::Loader;

use crate::support::MAPLE;
use crate::support::caches::{Gateways, Read, TestRedis};

/// Signs in the read's person, runs a statement, and only then answers.
async fn answered_after(gateways: &Gateways, place: usize, read: &Read, happens: &str) {
    let app = &gateways.warm[place];
    let viewer =
        app.store().sign_in(&TokenHash::of(read.token)).await.expect("sign-in answers").expect("they can sign in");
    gateways.write(happens).await;
    let question = Question {
        query: read.text.clone(),
        variables: read.variables.as_object().cloned().unwrap_or_default(),
        request_id: "test".to_owned(),
        ..Question::default()
    };
    let viewer = Arc::new(viewer);
    let loader = Loader::new(app.store().read_as(&viewer), gateways.tiers[place].clone());
    app.gateway().answer(loader, app.actor(viewer), question).await;
}

fn by_token(table: &str, token: &str, set: &str) -> String {
    format!("update {table} set {set} where token_hash = '{}'", TokenHash::of(token).as_str())
}

/// Fields of a project for outsiders and staff, level by level.
const FIELDS: &str = "name locations { name } team { name } milestones { name status } schedule { version
    tasks(first: 50) { totalCount nodes { name } } } selections(first: 50) { totalCount nodes { title options { title } } }";
/// Further fields for staff who edit schedules.
const VERSIONS: &str = "name scheduleVersions { state number tasks(first: 50) { totalCount nodes { name costCode } } }";

/// For each case: the caller, the query, the change meanwhile, the state before, and the next caller of the same query.
fn cases() -> Vec<(&'static str, &'static str, String, String, &'static str)> {
    let session = |token| by_token("sessions", token, "revoked_at = now()");
    let key = |set| by_token("api_keys", "demo-reporting", set);
    let edits = "permissions = array['PROJECTS_READ', 'SCHEDULE_EDIT']";
    let reads = "permissions = array['PROJECTS_READ']";
    let row = |table: &str, path: &str, set: &str| format!("update {table} set {set} where id = '{}'", World::id(path));
    let nothing = String::new;
    vec![
        ("demo-client", FIELDS, nothing(), session("demo-client"), "demo-session-ana"),
        ("demo-trade", FIELDS, nothing(), session("demo-trade"), "demo-session-tomas"),
        ("demo-staff", VERSIONS, nothing(), session("demo-staff"), "demo-owner"),
        (
            "demo-staff",
            FIELDS,
            nothing(),
            row("staff_memberships", "alderbrook/staff/jo", "removed_at = now()"),
            "demo-owner",
        ),
        ("demo-client", FIELDS, nothing(), row("identities", "people/ana", "disabled_at = now()"), "demo-session-ben"),
        (
            "demo-session-ben",
            FIELDS,
            format!(
                "update project_memberships set can_pay = true where id = '{}'",
                World::id(&format!("{MAPLE}/client/ben"))
            ),
            row("project_memberships", &format!("{MAPLE}/client/ben"), "removed_at = now()"),
            "demo-client",
        ),
        (
            "demo-staff",
            VERSIONS,
            nothing(),
            row("staff_memberships", "alderbrook/staff/jo", "permissions = array['PROJECTS_READ']"),
            "demo-owner",
        ),
        ("demo-reporting", FIELDS, nothing(), key("revoked_at = now()"), "demo-session-marcus"),
        ("demo-reporting", FIELDS, nothing(), "delete from api_key_projects".to_owned(), "demo-session-marcus"),
        ("demo-reporting", FIELDS, nothing(), key("permissions = '{}'"), "demo-session-marcus"),
        // Drafts are for editors: a key loses that right, or gets it.
        ("demo-reporting", VERSIONS, key(edits), key(reads), "demo-staff"),
        ("demo-reporting", "schedule { version } milestones { name }", key(reads), key(edits), "demo-session-marcus"),
    ]
}

#[tokio::test]
async fn revocation_during_read_caches_nothing() {
    for (token, fields, before, happens, other) in cases() {
        let redis = TestRedis::start();
        let gateways = Gateways::over([Some(redis.link()), Some(redis.link())]).await;
        gateways.write(&before).await;
        let read = Read::of_project(token, MAPLE, fields);
        answered_after(&gateways, 0, &read, &happens).await;
        redis.settled().await;
        let reply = gateways.agree(&read.by(other), &happens).await;
        assert!(reply.1.contains(":[{"), "{other} sees nothing anyway: {}", reply.1);
    }
}

#[tokio::test]
async fn revoked_member_gets_nothing_cached() {
    let redis = TestRedis::start();
    let gateways = Gateways::over([Some(redis.link()), Some(redis.link())]).await;
    for token in ["demo-client", "demo-trade", "demo-staff"] {
        let read = Read::of_project(token, MAPLE, FIELDS);
        for _ in 0..2 {
            gateways.agree(&read, "to warm").await;
        }
        gateways.write(&by_token("sessions", token, "revoked_at = now()")).await;
        let (status, _) = gateways.agree(&read, "afterwards").await;
        assert_eq!(status.as_u16(), 401);
    }
}
