//! Tests of delays of a schedule, with their reasons.

use portico_core::access::Permission;
use portico_core::id::Tag;
use portico_core::limits::caps;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{BOWEN, MAPLE, RIDGE, is_unknown, of_project, project, refusals, sql_id, staff_with, texts_of};

const FOR_ALL: &str = "id startOn days reason cause task { name }";
const FOR_STAFF: &str = "id startOn days reason cause task { name } clientViewable version";
const RAIN: &str = "Three days of heavy rain; walls could not be raised.";
const WIRING: &str = "Wiring in the kitchen is being redone at our cost.";
const FORGOTTEN: &str = "Marcus forgot to book the inspector; absorb it in the float.";
const HEARING: &str = "County moved the variance hearing by two weeks.";

async fn delays(app: &TestApp, person: &Person, path: &str, fields: &str) -> Value {
    of_project(app, person, path, &format!("scheduleDelays {{ {fields} }}")).await["scheduleDelays"].clone()
}

async fn reasons(app: &TestApp, person: &Person, path: &str) -> Vec<String> {
    texts_of(&delays(app, person, path, "reason").await, "reason")
}

async fn save(app: &TestApp, person: &Person, input: Value) -> Value {
    let query = format!(
        "mutation($input: ScheduleDelaySaveInput!) {{ scheduleDelaySave(input: $input) {{
            scheduleDelay {{ {FOR_STAFF} }} userErrors {{ code field message }} }} }}"
    );
    app.ask_with(person, &query, json!({ "input": input })).await.at("/scheduleDelaySave").clone()
}

async fn remove(app: &TestApp, person: &Person, id: &Value) -> Value {
    let query = "mutation($input: ScheduleDelayRemoveInput!) { scheduleDelayRemove(input: $input) {
        project { scheduleDelays { id } } userErrors { code field message } } }";
    app.ask_with(person, query, json!({ "input": { "id": id } })).await.at("/scheduleDelayRemove").clone()
}

/// A delay to add to a project.
fn new_delay(app: &TestApp, path: &str) -> Value {
    json!({ "projectId": project(app, path), "startOn": "2026-11-16", "days": 2, "cause": "MATERIALS",
        "reason": "The windows came in the wrong color." })
}

fn with(input: &Value, more: Value) -> Value {
    let mut whole = input.clone();
    whole.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    whole
}

fn delay_id(app: &TestApp, number: u32) -> Value {
    app.id(Tag::SCHEDULE_DELAY, &format!("{MAPLE}/delay/{number}")).into()
}

#[tokio::test]
async fn staff_see_all_delays_and_clients_shared_ones() {
    // EXP-9, VIS-32
    let app = TestApp::demo().await;
    for person in [Person::owner(), Person::staff(), Person::named("priya")] {
        assert_eq!(reasons(&app, &person, MAPLE).await, [RAIN, WIRING, FORGOTTEN]);
        assert_eq!(reasons(&app, &person, RIDGE).await, [HEARING]);
        assert_eq!(of_project(&app, &person, BOWEN, "id").await, Value::Null);
    }
    let client = Person::client();
    // In the order of their first days; the task of the second is not for clients.
    let shown = delays(&app, &client, MAPLE, "startOn days reason cause task { name }").await;
    let expected = json!([
        { "startOn": "2026-07-13", "days": 3, "reason": RAIN, "cause": "WEATHER", "task": { "name": "Frame walls" } },
        { "startOn": "2026-10-19", "days": 2, "reason": WIRING, "cause": "OTHER", "task": null },
    ]);
    assert_eq!(shown, expected);
    let node = async |person: &Person, number: u32| {
        let query = "query($id: ID!) { node(id: $id) { id ... on ScheduleDelay { reason } } }";
        app.ask_with(person, query, json!({ "id": delay_id(&app, number) })).await.at("/node").clone()
    };
    assert_eq!(node(&client, 1).await["reason"], RAIN);
    assert_eq!(node(&client, 3).await, Value::Null);
    assert_eq!(node(&Person::staff(), 3).await["reason"], FORGOTTEN);

    // Trade partners have no delays, and clients no fields of staff.
    let ask = async |person: &Person, fields: &str| {
        let query = format!("query($id: ID!) {{ project(id: $id) {{ scheduleDelays {{ {fields} }} }} }}");
        app.ask_with(person, &query, json!({ "id": project(&app, MAPLE) })).await
    };
    is_unknown(&ask(&Person::trade(), "id").await, "scheduleDelays");
    is_unknown(&ask(&client, "clientViewable").await, "clientViewable");
    is_unknown(&ask(&client, "version").await, "version");
}

#[tokio::test]
async fn delays_are_for_clients_while_the_schedule_is_shared() {
    // EXP-9
    let app = TestApp::demo().await;
    let (client, owner) = (Person::client(), Person::owner());
    let shown = [RAIN.to_owned(), WIRING.to_owned()];
    assert_eq!(reasons(&app, &client, MAPLE).await, shown);
    let set = async |settings: &str| {
        let input = format!("input: {{ projectId: \"{}\", {settings} }}", project(&app, MAPLE));
        let payload = crate::support::change(&app, &owner, "portalSettingsUpdate", &input, "__typename").await;
        assert_eq!(refusals(&payload), Vec::<String>::new(), "{payload}");
    };
    for (hide, show) in [
        ("scheduleShare: NONE", "scheduleShare: CALENDAR"),
        ("features: [DASHBOARD, SELECTIONS]", "features: [DASHBOARD, SCHEDULE]"),
    ] {
        set(hide).await;
        assert_eq!(reasons(&app, &client, MAPLE).await, Vec::<String>::new(), "{hide}");
        assert_eq!(reasons(&app, &owner, MAPLE).await.len(), 3, "{hide}");
        set(show).await;
        assert_eq!(reasons(&app, &client, MAPLE).await, shown, "{show}");
    }
}

#[tokio::test]
async fn delay_is_added_shown_changed_and_removed() {
    // EXP-9
    let app = TestApp::demo().await;
    let planner = staff_with(&app, &[Permission::ScheduleEdit]).await;
    let client = Person::client();
    let task = app.id(Tag::TASK, &format!("{MAPLE}/task/Windows and exterior doors"));
    let added = save(&app, &planner, with(&new_delay(&app, MAPLE), json!({ "taskId": task }))).await;
    let mut delay = added["scheduleDelay"].clone();
    let id = delay.as_object_mut().and_then(|delay| delay.remove("id")).expect("an id");
    let expected = json!({ "startOn": "2026-11-16", "days": 2, "cause": "MATERIALS", "clientViewable": false,
        "reason": "The windows came in the wrong color.", "task": { "name": "Windows and exterior doors" }, "version": 1 });
    assert_eq!(delay, expected, "{added}");
    assert_eq!(reasons(&app, &client, MAPLE).await.len(), 2, "a new delay is hidden");

    // Equal values are no change.
    let same = with(&new_delay(&app, MAPLE), json!({ "id": id, "expectedVersion": 1, "taskId": task }));
    assert_eq!(save(&app, &planner, same).await["scheduleDelay"]["version"], 1);

    let change = json!({ "id": id, "expectedVersion": 1, "days": 5, "clientViewable": true });
    let changed = save(&app, &planner, change.clone()).await;
    assert_eq!(changed["scheduleDelay"]["version"], 2, "{changed}");
    let shown = delays(&app, &client, MAPLE, FOR_ALL).await;
    assert_eq!((&shown[2]["days"], &shown[2]["id"]), (&json!(5), &id), "{shown}");
    let outdated = save(&app, &planner, change).await;
    assert_eq!(refusals(&outdated), ["CONFLICT input.expectedVersion"]);
    let apart = save(&app, &planner, json!({ "id": id, "expectedVersion": 2, "taskId": null })).await;
    assert_eq!(apart["scheduleDelay"]["task"], Value::Null, "{apart}");

    let removed = remove(&app, &planner, &id).await;
    assert_eq!(removed["project"]["scheduleDelays"].as_array().map(Vec::len), Some(3), "{removed}");
    assert_eq!(refusals(&remove(&app, &planner, &id).await), ["NOT_FOUND input.id"]);
    assert_eq!(reasons(&app, &client, MAPLE).await.len(), 2);
    let log = app
        .database()
        .db_texts(
            "select kind || ' ' || coalesce(details ->> 'changed', '') as text from activity
            where kind like 'SCHEDULE_DELAY%' order by at, id",
        )
        .await;
    let first = r#"["taskId", "startOn", "days", "reason", "cause"]"#;
    let expected = [
        format!("SCHEDULE_DELAY_SAVED {first}"),
        r#"SCHEDULE_DELAY_SAVED ["days", "clientViewable"]"#.to_owned(),
        r#"SCHEDULE_DELAY_SAVED ["taskId"]"#.to_owned(),
        "SCHEDULE_DELAY_REMOVED ".to_owned(),
    ];
    assert_eq!(log, expected);
}

#[tokio::test]
async fn delays_are_written_by_schedule_editors() {
    let app = TestApp::demo().await;
    let reader = staff_with(&app, &[Permission::SchedulePublish]).await;
    for person in [&reader, &Person::client(), &Person::trade(), &Person::public()] {
        let query =
            "mutation($input: ScheduleDelaySaveInput!) { scheduleDelaySave(input: $input) { userErrors { code } } }";
        let reply = app.ask_with(person, query, json!({ "input": new_delay(&app, MAPLE) })).await;
        assert!(reply.json.get("data").is_none(), "{}", reply.text);
    }
    assert_eq!(reasons(&app, &Person::owner(), MAPLE).await.len(), 3);
}

#[tokio::test]
async fn faulty_delays_are_refused() {
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let whole = new_delay(&app, MAPLE);
    for (faulty, refused) in [
        (json!({ "days": 0 }), "INVALID input.days"),
        (json!({ "days": 366 }), "INVALID input.days"),
        (json!({ "reason": " \n" }), "BLANK input.reason"),
        (json!({ "reason": "r".repeat(2_001) }), "TOO_LONG input.reason"),
        (json!({ "startOn": "1999-12-31" }), "INVALID input.startOn"),
        (json!({ "startOn": null }), "BLANK input.startOn"),
        (json!({ "days": null }), "BLANK input.days"),
        (json!({ "reason": null }), "BLANK input.reason"),
        (json!({ "cause": null }), "BLANK input.cause"),
        (json!({ "projectId": null }), "BLANK input.projectId"),
        // Tasks of another project, of another company, and of none.
        (
            json!({ "taskId": app.id(Tag::TASK, &format!("{RIDGE}/task/Slope variance hearing")) }),
            "NOT_FOUND input.taskId",
        ),
        (json!({ "taskId": any_task(&app, BOWEN).await }), "NOT_FOUND input.taskId"),
        (json!({ "taskId": app.id(Tag::TASK, MAPLE) }), "NOT_FOUND input.taskId"),
        (json!({ "projectId": project(&app, BOWEN) }), "NOT_FOUND input.projectId"),
        (json!({ "projectId": app.id(Tag::PROJECT, "people/ana") }), "NOT_FOUND input.projectId"),
    ] {
        let payload = save(&app, &owner, with(&whole, faulty)).await;
        assert_eq!(refusals(&payload), [refused], "{payload}");
    }
    let id = delay_id(&app, 1);
    for (faulty, refused) in [
        (json!({ "id": id }), "BLANK input.expectedVersion"),
        (json!({ "id": id, "expectedVersion": 1, "projectId": project(&app, RIDGE) }), "INVALID input.projectId"),
        (json!({ "id": app.id(Tag::SCHEDULE_DELAY, MAPLE), "expectedVersion": 1 }), "NOT_FOUND input.id"),
    ] {
        let payload = save(&app, &owner, faulty).await;
        assert_eq!(refusals(&payload), [refused], "{payload}");
    }
    // Of another company.
    let margot = Person::named("margot");
    assert_eq!(refusals(&save(&app, &margot, json!({ "id": id, "expectedVersion": 1 })).await), ["NOT_FOUND input.id"]);
    assert_eq!(refusals(&remove(&app, &margot, &id).await), ["NOT_FOUND input.id"]);
    // An archived project stays as it is.
    let archive = format!("update projects set status = 'ARCHIVED' where id = {}", sql_id(MAPLE));
    app.database().db_execute(&archive).await;
    assert_eq!(refusals(&save(&app, &owner, whole).await), ["PROJECT_CLOSED input.projectId"]);
    assert_eq!(refusals(&remove(&app, &owner, &id).await), ["PROJECT_CLOSED input.id"]);
}

/// The id of a task of a project.
async fn any_task(app: &TestApp, path: &str) -> String {
    let query = format!("select id::text as text from tasks where project_id = {} order by id", sql_id(path));
    let ids = app.database().db_texts(&query).await;
    TestApp::global(Tag::TASK, ids[0].parse().expect("an id"))
}

#[tokio::test]
async fn delays_above_the_maximum_are_refused() {
    let app = TestApp::demo().await;
    let owner = Person::owner();
    app.database()
        .db_execute(&format!(
            "insert into schedule_delays (id, company_id, project_id, start_on, days, reason, cause)
            select gen_random_uuid(), company_id, id, '2026-11-16', 1, 'Late', 'OTHER'
            from projects, generate_series(1, {}) where id = {}",
            caps::DELAYS - 4,
            sql_id(MAPLE)
        ))
        .await;
    // Two at once for the last place.
    let add = || save(&app, &owner, new_delay(&app, MAPLE));
    let (first, second) = tokio::join!(add(), add());
    let mut codes = [refusals(&first), refusals(&second)].concat();
    codes.sort();
    assert_eq!(codes, ["INVALID_STATE input.projectId"]);
    assert_eq!(reasons(&app, &owner, MAPLE).await.len(), caps::DELAYS as usize);
}

#[tokio::test]
async fn one_of_two_concurrent_changes_of_a_delay_wins() {
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let id = delay_id(&app, 1);
    let with_days = |days: i32| save(&app, &owner, json!({ "id": id, "expectedVersion": 1, "days": days }));
    let (first, second) = tokio::join!(with_days(8), with_days(9));
    let mut codes = [refusals(&first), refusals(&second)].concat();
    codes.sort();
    assert_eq!(codes, ["CONFLICT input.expectedVersion"]);
}

#[tokio::test]
async fn delay_of_a_deleted_task_remains() {
    let app = TestApp::demo().await;
    let (client, owner) = (Person::client(), Person::owner());
    let read = async |person: &Person| delays(&app, person, MAPLE, "reason task { name }").await[0].clone();
    assert_eq!(read(&client).await["task"]["name"], "Frame walls");
    app.database()
        .db_execute(&format!("delete from tasks where id = {}", sql_id(&format!("{MAPLE}/task/Frame walls"))))
        .await;
    for person in [&client, &owner] {
        assert_eq!(read(person).await, json!({ "reason": RAIN, "task": null }));
    }
}
