//! Tests of who may report progress, as apps know it before they offer it.

use portico_core::access::Permission;
use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::Value;

use crate::support::{MAPLE, change, is_unknown, of_project, project, refusals, staff_with};

const TASKS: &str = "schedule { tasks(first: 100) { nodes { id canReportProgress percentComplete } } }";

/// The person's tasks: whether the app may offer to report their progress, compared with what the mutation answers.
async fn can_report(app: &TestApp, person: &Person) -> Vec<bool> {
    let found = of_project(app, person, MAPLE, TASKS).await;
    let mut all = Vec::new();
    for task in found["schedule"]["tasks"]["nodes"].as_array().expect("a list") {
        let is_offered = task["canReportProgress"].as_bool().expect("a boolean");
        let (id, percent) = (task["id"].as_str().expect("an ID"), &task["percentComplete"]);
        let input = format!("input: {{ taskId: \"{id}\", percentComplete: {percent} }}");
        let mutation = format!("mutation {{ taskProgressSet({input}) {{ task {{ id }} userErrors {{ code }} }} }}");
        let reply = app.ask(person, &mutation).await;
        let done = reply.json["data"]["taskProgressSet"].clone();
        let is_done = done["task"]["id"] == id && done["userErrors"].as_array().is_some_and(Vec::is_empty);
        assert_eq!(is_offered, is_done, "{person:?}: {}", reply.text);
        all.push(is_offered);
    }
    assert!(!all.is_empty(), "{found}");
    all
}

#[tokio::test]
async fn progress_is_offered_where_it_is_accepted() {
    // SCH-16
    let app = TestApp::demo().await;
    let editor = staff_with(&app, &[Permission::ScheduleEdit]).await;
    let trades = [Person::trade(), Person::named("eli")];
    let editors = [Person::owner(), Person::named("nora"), editor];
    // Marcus and Priya read schedules, and so does a key with the permission to edit them.
    let readers = [Person::named("marcus"), Person::named("priya"), Person::reporting()];
    for person in trades.iter().chain(&editors) {
        assert!(can_report(&app, person).await.iter().all(|can| *can), "{person:?}");
    }
    for person in &readers {
        assert!(can_report(&app, person).await.iter().all(|can| !can), "{person:?}");
    }
    let query = format!("{{ project(id: \"{}\") {{ {TASKS} }} }}", project(&app, MAPLE));
    is_unknown(&app.ask(&Person::client(), &query).await, "canReportProgress");

    let allow = async |is_allowed: bool| {
        let input = format!("input: {{ tradesReportProgress: {is_allowed} }}");
        let saved = change(&app, &Person::owner(), "companyPortalUpdate", &input, "company { id }").await;
        assert_eq!(refusals(&saved), [""; 0]);
    };
    allow(false).await;
    for trade in &trades {
        assert!(can_report(&app, trade).await.iter().all(|can| !can), "{trade:?}");
    }
    assert!(can_report(&app, &Person::owner()).await.iter().all(|can| *can), "the setting is not for staff");
    allow(true).await;
    assert!(can_report(&app, &Person::trade()).await.iter().all(|can| *can));

    // Of an archived project all is read-only.
    let id = project(&app, MAPLE);
    for status in ["WARRANTY", "COMPLETED", "ARCHIVED"] {
        let version = of_project(&app, &Person::owner(), MAPLE, "version").await["version"].clone();
        let input = format!("input: {{ id: \"{id}\", expectedVersion: {version}, status: {status} }}");
        let moved: Value = change(&app, &Person::owner(), "projectUpdate", &input, "project { status }").await;
        assert_eq!(moved["project"]["status"], status, "{moved}");
        let expected = status != "ARCHIVED";
        for person in [&trades[0], &editors[0]] {
            assert!(can_report(&app, person).await.iter().all(|can| *can == expected), "{status}: {person:?}");
        }
    }
    let task = app.id(Tag::TASK, &format!("{MAPLE}/task/Windows and exterior doors"));
    let input = format!("input: {{ taskId: \"{task}\", percentComplete: 1 }}");
    let late = change(&app, &Person::trade(), "taskProgressSet", &input, "task { id }").await;
    assert_eq!(refusals(&late), ["PROJECT_CLOSED input.taskId"]);
}
