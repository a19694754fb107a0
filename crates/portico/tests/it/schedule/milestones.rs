//! Tests of milestones, with and without a shared schedule.

use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{GRANVILLE, HARBOR, MAPLE, ORCHARD, RIDGE, is_unknown, of_project, sql_id, texts_of};

const FIELDS: &str = "milestones { name status percentComplete anticipatedFinishOn } schedule { version }";

async fn milestones(app: &TestApp, person: &Person, path: &str) -> Vec<Value> {
    of_project(app, person, path, FIELDS).await["milestones"].as_array().cloned().expect("a list")
}

#[tokio::test]
async fn mil_1_to_mil_3_unshared_shows_state_only() {
    // RULE-4
    let app = TestApp::demo().await;
    let shown =
        |name, status| json!({ "name": name, "status": status, "percentComplete": null, "anticipatedFinishOn": null });
    let expected =
        [shown("Design approved", "COMPLETED"), shown("Permits", "STARTED"), shown("Site preparation", "NOT_STARTED")];
    assert_eq!(milestones(&app, &Person::named("hana-client"), RIDGE).await, expected);
    let staff = milestones(&app, &Person::staff(), RIDGE).await;
    assert_eq!(
        staff[1],
        json!({ "name": "Permits", "status": "STARTED", "percentComplete": 50, "anticipatedFinishOn": "2026-12-11" })
    );
    // No milestones of other projects are included.
    let cleo = milestones(&app, &Person::named("cleo"), ORCHARD).await;
    assert_eq!(texts_of(&json!(cleo), "name"), ["Shell", "Hearth and bath"]);
}

#[tokio::test]
async fn mil_1_no_schedule_means_no_milestones() {
    let app = TestApp::demo().await;
    for person in [Person::named("ines"), Person::named("margot")] {
        let found = of_project(&app, &person, GRANVILLE, FIELDS).await;
        assert_eq!(found, json!({ "milestones": [], "schedule": null }));
    }
}

#[tokio::test]
async fn mil_3_milestones_have_no_sort_or_filter() {
    let app = TestApp::demo().await;
    for argument in ["sortKey: PERCENT_COMPLETE", "filter: { percentComplete: { gt: 1 } }", "first: 1", "reverse: true"]
    {
        let name = argument.split(':').next().unwrap_or_default();
        for person in [Person::named("hana-client"), Person::client(), Person::owner()] {
            let query = format!("{{ viewer {{ projects {{ nodes {{ milestones({argument}) {{ name }} }} }} }} }}");
            is_unknown(&app.ask(&person, &query).await, name);
        }
    }
}

#[tokio::test]
async fn mil_4_sharing_shows_percent_and_finish() {
    let app = TestApp::demo().await;
    for (person, path, first) in [
        (
            Person::client(),
            MAPLE,
            json!({ "name": "Foundation", "status": "COMPLETED", "percentComplete": 100, "anticipatedFinishOn": "2026-06-12" }),
        ),
        (
            Person::named("cleo"),
            ORCHARD,
            json!({ "name": "Shell", "status": "STARTED", "percentComplete": 92, "anticipatedFinishOn": "2026-10-30" }),
        ),
    ] {
        assert_eq!(milestones(&app, &person, path).await[0], first);
    }
    for milestone in milestones(&app, &Person::named("ines"), HARBOR).await {
        assert_eq!(milestone["status"], "COMPLETED");
        assert_eq!(milestone["percentComplete"], 100);
    }
}

#[tokio::test]
async fn mil_4_hidden_milestone_is_absent() {
    let app = TestApp::demo().await;
    let hidden = "Claims and recovery";
    for person in [Person::client(), Person::named("ben"), Person::trade()] {
        let names = texts_of(&json!(milestones(&app, &person, MAPLE).await), "name");
        assert!(!names.iter().any(|name| name == hidden), "{names:?}");
    }
    let names = texts_of(&json!(milestones(&app, &Person::staff(), MAPLE).await), "name");
    assert!(names.iter().any(|name| name == hidden), "{names:?}");
}

#[tokio::test]
async fn mil_5_complete_when_all_tasks_are() {
    let app = TestApp::demo().await;
    let set = |task: &str, percent: u8| {
        format!(
            "update tasks set percent_complete = {percent} where id = {};",
            sql_id(&format!("{MAPLE}/task/v2/{task}"))
        )
    };
    let tasks = ["Plumbing rough-in", "Electrical rough-in", "Heating and ventilation ducts", "Rough-in inspection"];
    // The client's state depends on the tasks visible to clients; staff see one more task, which is not started.
    for (percents, expected, of_staff) in [
        ([100, 100, 100, 99], "STARTED", "STARTED"),
        ([100, 100, 100, 100], "COMPLETED", "STARTED"),
        ([0, 0, 0, 1], "STARTED", "STARTED"),
        ([0, 0, 0, 0], "NOT_STARTED", "NOT_STARTED"),
    ] {
        let sql: String = tasks.iter().zip(percents).map(|(task, percent)| set(task, percent)).collect();
        app.database().db_execute(&sql).await;
        for (person, expected) in
            [(Person::client(), expected), (Person::named("ben"), expected), (Person::staff(), of_staff)]
        {
            let found = milestones(&app, &person, MAPLE).await;
            let rough_ins = found.iter().find(|milestone| milestone["name"] == "Rough-ins").expect("it is there");
            assert_eq!(rough_ins["status"], expected, "{percents:?}");
            let is_full = rough_ins["percentComplete"] == 100;
            assert_eq!(is_full, expected == "COMPLETED", "{percents:?}: {rough_ins}");
        }
    }
}

#[tokio::test]
async fn mil_5_almost_complete_counts_as_started() {
    let app = TestApp::demo().await;
    let hana = Person::named("hana-client");
    let sql = format!(
        "update tasks set milestone_id = {}, percent_complete = 99 where id = {}",
        sql_id(&format!("{RIDGE}/milestone/v1/Design approved")),
        sql_id(&format!("{RIDGE}/task/v1/Slope variance hearing")),
    );
    app.database().db_execute(&sql).await;
    assert_eq!(milestones(&app, &hana, RIDGE).await[0]["status"], "STARTED");
    app.database().db_execute("update tasks set percent_complete = 100 where percent_complete = 99").await;
    assert_eq!(milestones(&app, &hana, RIDGE).await[0]["status"], "COMPLETED");
    assert_eq!(milestones(&app, &Person::staff(), RIDGE).await[0]["status"], "COMPLETED");
}
