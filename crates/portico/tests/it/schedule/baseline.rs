//! Tests of the baseline: the dates of the first published schedule.

use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::planner::{Planner, id_of};
use crate::support::{BOWEN, GRANVILLE, MAPLE, change, is_unknown, of_project, project, refusals};

const BASELINES: &str = "schedule { tasks(first: 100) { nodes { name startOn finishOn workDays
    baseline { startOn finishOn workDays } } } }";

/// The tasks that a person sees, by name, with those fields that `BASELINES` reads.
async fn tasks(app: &TestApp, person: &Person, path: &str) -> Vec<Value> {
    let found = of_project(app, person, path, BASELINES).await;
    found["schedule"]["tasks"]["nodes"].as_array().cloned().unwrap_or_default()
}

/// The names of the tasks that have a baseline for this person.
async fn with_baseline(app: &TestApp, person: &Person, path: &str) -> Vec<String> {
    let tasks = tasks(app, person, path).await;
    let found = tasks.iter().filter(|task| !task["baseline"].is_null());
    found.map(|task| task["name"].as_str().expect("a name").to_owned()).collect()
}

async fn set(app: &TestApp, by: &Person, path: &str, settings: &str) -> Value {
    let input = format!("input: {{ projectId: \"{}\", {settings} }}", project(app, path));
    let payload = change(app, by, "portalSettingsUpdate", &input, "portal { sharesBaseline scheduleShare }").await;
    assert_eq!(refusals(&payload), [""; 0], "{payload}");
    payload["portal"].clone()
}

#[tokio::test]
async fn first_publication_is_kept_as_baseline() {
    // EXP-9
    let app = TestApp::demo().await;
    let margot = Person::named("margot");
    let first = Planner::begin(&app, margot.clone(), GRANVILLE, "basis: EMPTY, startOn: \"2026-05-18\"").await;
    let floor = first.task("name: \"Floor\", workDays: 5").await;
    let after = format!("dependencies: [{{ predecessorId: \"{}\" }}]", id_of(&floor));
    let walls = first.task(&format!("name: \"Walls\", workDays: 2, {after}")).await;
    let gone = first.task("name: \"Shed\"").await;
    assert_eq!(with_baseline(&app, &margot, GRANVILLE).await, [""; 0], "a draft has none");
    let version = first.dates().await.0;
    let dry = format!("expectedVersion: {version}, dryRun: true");
    assert_eq!(refusals(&first.send("schedulePublish", &dry, "publication { __typename }").await), [""; 0]);
    assert_eq!(refusals(&first.publish("", "schedule { version }").await), [""; 0]);
    // The dates that were planned then.
    let dates = |task: &Value| json!({ "startOn": task["startOn"], "finishOn": task["finishOn"], "workDays": task["workDays"] });
    let (floor_at_first, walls_at_first) = (dates(&floor), dates(&walls));
    assert_eq!(floor_at_first["workDays"], 5);
    let all = tasks(&app, &margot, GRANVILLE).await;
    let both = |task: &Value| (task["name"].clone(), task["baseline"].clone());
    assert_eq!(both(&all[0]), (json!("Floor"), floor_at_first.clone()));
    assert_eq!(both(&all[1]), (json!("Walls"), walls_at_first.clone()));

    // Later publications change what is planned, and no baseline.
    let second = Planner::begin(&app, margot.clone(), GRANVILLE, "").await;
    let longer = second.task(&format!("taskId: \"{}\", workDays: 9, name: \"Floors\"", id_of(&floor))).await;
    second.task("name: \"Roof\", workDays: 3").await;
    let removed = second.send("taskDelete", &format!("taskId: \"{}\"", id_of(&gone)), "scheduleVersion { id }").await;
    assert_eq!(refusals(&removed), [""; 0]);
    assert_eq!(refusals(&second.publish("", "schedule { version }").await), [""; 0]);
    let all = tasks(&app, &margot, GRANVILLE).await;
    assert_eq!(all.len(), 3, "{all:?}");
    assert_eq!(both(&all[0]), (json!("Floors"), floor_at_first));
    assert_eq!((dates(&all[0]), &all[0]["workDays"]), (dates(&longer), &json!(9)));
    assert_eq!(both(&all[1]), (json!("Walls"), walls_at_first));
    assert_ne!(dates(&all[1]), dates(&walls), "it waits longer");
    assert_eq!(both(&all[2]), (json!("Roof"), Value::Null), "it was published later");
}

#[tokio::test]
async fn clients_see_the_baseline_while_it_is_shared() {
    // EXP-9
    let app = TestApp::demo().await;
    let all = ["Excavate and grade", "Form and pour footings", "Frame walls", "Roofing"].map(str::to_owned);
    let excavate = json!({ "name": "Excavate and grade", "startOn": "2026-05-04", "finishOn": "2026-05-13", "workDays": 8,
        "baseline": { "startOn": "2026-05-04", "finishOn": "2026-05-08", "workDays": 5 } });
    let staff = [Person::owner(), Person::staff(), Person::named("priya")];
    for person in staff.iter().chain(&[Person::client(), Person::named("ben")]) {
        assert_eq!(with_baseline(&app, person, MAPLE).await, all, "{person:?}");
        assert_eq!(tasks(&app, person, MAPLE).await[0], excavate, "{person:?}");
    }
    let shared = set(&app, &Person::owner(), MAPLE, "scheduleShare: CALENDAR").await;
    assert_eq!(shared, json!({ "sharesBaseline": true, "scheduleShare": "CALENDAR" }));
    assert_eq!(with_baseline(&app, &Person::client(), MAPLE).await, all);
    let off = set(&app, &Person::staff(), MAPLE, "sharesBaseline: false").await;
    assert_eq!(off, json!({ "sharesBaseline": false, "scheduleShare": "CALENDAR" }));
    for person in [Person::client(), Person::named("ben")] {
        let seen = tasks(&app, &person, MAPLE).await;
        assert!(!seen.is_empty() && seen.iter().all(|task| task["baseline"].is_null()), "{seen:?}");
    }
    assert_eq!(with_baseline(&app, &Person::staff(), MAPLE).await, all);
    // It is off until staff share it, and in another project it stays as it was.
    assert!(!tasks(&app, &Person::client(), BOWEN).await.is_empty());
    assert_eq!(with_baseline(&app, &Person::client(), BOWEN).await, [""; 0]);
    assert!(!with_baseline(&app, &Person::named("margot"), BOWEN).await.is_empty());
    set(&app, &Person::owner(), MAPLE, "sharesBaseline: true, scheduleShare: NONE").await;
    assert_eq!(of_project(&app, &Person::client(), MAPLE, BASELINES).await["schedule"], Value::Null);

    // Trade partners have no baselines, and clients no setting.
    let query = format!("{{ project(id: \"{}\") {{ {BASELINES} }} }}", project(&app, MAPLE));
    is_unknown(&app.ask(&Person::trade(), &query).await, "baseline");
    let query = format!("{{ project(id: \"{}\") {{ portal {{ sharesBaseline }} }} }}", project(&app, MAPLE));
    is_unknown(&app.ask(&Person::client(), &query).await, "sharesBaseline");
}

#[tokio::test]
async fn preview_counts_baselines() {
    // EXP-9, PRT-7
    let app = TestApp::demo().await;
    let preview = async |path: &str, by: &Person, settings: &str| {
        let fields = format!(
            "visibilityPreview(settings: {{ {settings} }}, first: 5) {{
                newlyShown {{ kind count records {{ id }} }} newlyHidden {{ kind count records {{ id }} }} }}"
        );
        of_project(&app, by, path, &fields).await["visibilityPreview"].clone()
    };
    let hidden = preview(MAPLE, &Person::staff(), "sharesBaseline: false").await;
    assert_eq!(hidden["newlyShown"], json!([]));
    assert_eq!(hidden["newlyHidden"].as_array().map(Vec::len), Some(1), "{hidden}");
    let change = &hidden["newlyHidden"][0];
    assert_eq!((&change["kind"], &change["count"]), (&json!("TaskBaseline"), &json!(4)));
    let excavate = app.id(Tag::TASK, &format!("{MAPLE}/task/Excavate and grade"));
    assert!(change["records"].as_array().is_some_and(|all| all.contains(&json!({ "id": excavate }))), "{hidden}");
    let nothing = json!({ "newlyShown": [], "newlyHidden": [] });
    assert_eq!(preview(MAPLE, &Person::staff(), "sharesBaseline: true").await, nothing);
    let margot = Person::named("margot");
    let shown = preview(BOWEN, &margot, "sharesBaseline: true").await;
    assert_eq!(shown["newlyShown"][0]["kind"], "TaskBaseline", "{shown}");
    set(&app, &margot, BOWEN, "sharesBaseline: true").await;
    let count = with_baseline(&app, &Person::client(), BOWEN).await.len();
    assert_eq!(shown["newlyShown"][0]["count"], count);
}
