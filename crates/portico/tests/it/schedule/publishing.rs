//! SCH-7: tests that clients see the published schedule only, and a new version at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use portico_testkit::{Person, TestApp};
use serde_json::json;

use crate::support::{MAPLE, project, sql_id};

const SCHEDULE: &str = "query($id: ID!) { project(id: $id) {
    milestones { id name status percentComplete anticipatedFinishOn }
    schedule { version publishedAt tasks(first: 100) { totalCount nodes { id name startOn finishOn percentComplete milestone { name } } } }
} }";

/// The answer's bytes, without those that differ per request.
async fn bytes(app: &TestApp, person: &Person) -> String {
    let reply = app.ask_with(person, SCHEDULE, json!({ "id": project(app, MAPLE) })).await;
    reply.data().to_string()
}

/// Publishes the draft as version 3, which supersedes version 2.
fn publish() -> String {
    let version = |name: &str| sql_id(&format!("{MAPLE}/schedule/{name}"));
    format!(
        "update schedule_versions set state = 'SUPERSEDED' where id = {};
        update schedule_versions set state = 'PUBLISHED', number = 3, published_at = '2026-11-22T12:00:00Z' where id = {};",
        version("v2"),
        version("draft"),
    )
}

#[tokio::test]
async fn sch_7_draft_edits_are_invisible() {
    let app = TestApp::demo().await;
    let people = [Person::client(), Person::named("ben"), Person::trade(), Person::named("eli")];
    let mut before = Vec::new();
    for person in &people {
        before.push(bytes(&app, person).await);
    }
    let draft = sql_id(&format!("{MAPLE}/schedule/draft"));
    app.database()
        .db_execute(&format!(
            "update planned_tasks set name = name || ' (moved)', start_on = start_on + 7, finish_on = finish_on + 14,
                client_viewable = true where version_id = {draft};
            update planned_milestones set name = 'Renamed ' || name where version_id = {draft};
            insert into planned_tasks
                (id, company_id, project_id, version_id, task_id, name, start_on, finish_on, work_days, client_viewable, sort)
                select gen_random_uuid(), company_id, project_id, id, gen_random_uuid(), 'Brand new', '2027-01-01',
                    '2027-01-02', 1, true, 0
                from schedule_versions where id = {draft};"
        ))
        .await;
    for (person, before) in people.iter().zip(&before) {
        assert_eq!(bytes(&app, person).await, *before, "{person:?}");
    }
}

#[ignore = "needs schedulePublish"]
#[tokio::test]
async fn sch_7_publishing_shows_at_once() {
    let app = TestApp::demo().await;
    app.database().db_execute(&publish()).await;
    for (person, present, absent) in [
        (Person::client(), "Swap mislabeled window glass", "Driveway and landscaping"),
        (Person::named("ben"), "Cabinets, first shipment only", "Tile and stone work"),
        (Person::trade(), "Swap mislabeled window glass", "Set roof trusses"),
    ] {
        let found = bytes(&app, &person).await;
        assert!(found.contains(r#""version":3"#), "{found}");
        assert!(found.contains(present) && !found.contains(absent), "{found}");
    }
}

#[ignore = "needs schedulePublish"]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sch_7_milestones_read_one_version() {
    let query = "query($id: ID!) { project(id: $id) { milestones { id name status percentComplete } } }";
    publish_while_reading(query).await;
}

/// Publishes repeatedly during many reads; each answer must be of one version only.
async fn publish_while_reading(query: &'static str) {
    let app = Arc::new(TestApp::demo().await);
    let read = async |app: &TestApp| {
        let reply = app.ask_with(&Person::client(), query, json!({ "id": project(app, MAPLE) })).await;
        reply.data().to_string()
    };
    let old = read(&app).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let reader = {
        let (app, is_over) = (Arc::clone(&app), Arc::clone(&is_over));
        tokio::spawn(async move {
            let mut seen = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                seen.push(read(&app).await);
            }
            seen
        })
    };
    let back = format!(
        "update schedule_versions set state = 'DRAFT', number = null, published_at = null where id = {};
        update schedule_versions set state = 'PUBLISHED' where id = {};",
        sql_id(&format!("{MAPLE}/schedule/draft")),
        sql_id(&format!("{MAPLE}/schedule/v2")),
    );
    for _ in 0..30 {
        app.database().db_execute(&format!("begin; {} commit;", publish())).await;
        app.database().db_execute(&format!("begin; {back} commit;")).await;
    }
    app.database().db_execute(&format!("begin; {} commit;", publish())).await;
    is_over.store(true, Ordering::Relaxed);
    let seen = reader.await.expect("the reader ends");
    let reply = app.ask_with(&Person::client(), query, json!({ "id": project(&app, MAPLE) })).await;
    let new = reply.data().to_string();
    assert_ne!(old, new);
    for seen in seen {
        assert!(seen == old || seen == new, "neither the old nor the new schedule: {seen}");
    }
}
