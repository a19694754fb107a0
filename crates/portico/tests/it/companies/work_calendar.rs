//! Tests of a company's work calendar: weekdays that are worked, and exceptions by date.

use portico_core::access::Permission;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{is_unknown, refusals};

const CALENDAR: &str = "workCalendar { workingDays exceptions { date isWorking name } version }";

async fn calendar(app: &TestApp, person: &Person) -> Value {
    app.ask(person, &format!("{{ company {{ {CALENDAR} }} }}")).await.at("/company/workCalendar").clone()
}

async fn update(app: &TestApp, person: &Person, input: Value) -> Value {
    let query = format!(
        "mutation($input: WorkCalendarUpdateInput!) {{ workCalendarUpdate(input: $input) {{
            company {{ {CALENDAR} }} userErrors {{ code field message }} }} }}"
    );
    let reply = app.ask_with(person, &query, json!({ "input": input })).await;
    reply.at("/workCalendarUpdate").clone()
}

fn day_off(date: &str) -> Value {
    json!({ "date": date, "isWorking": false })
}

/// Days off in a row, from a date.
fn days_off(from: &str, count: usize) -> Vec<Value> {
    let first: chrono::NaiveDate = from.parse().expect("a date");
    first.iter_days().take(count).map(|date| day_off(&date.to_string())).collect()
}

async fn entries(app: &TestApp) -> Vec<String> {
    let of_kind =
        "select details ->> 'changed' as text from activity where kind = 'WORK_CALENDAR_CHANGED' order by at, id";
    app.database().db_texts(of_kind).await
}

#[tokio::test]
async fn owner_replaces_the_calendar() {
    // ORG-6
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let before = calendar(&app, &owner).await;
    assert_eq!(before["workingDays"], json!(["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"]));
    assert_eq!(before["exceptions"].as_array().map(Vec::len), Some(3), "{before}");

    // In any order, with a weekday twice; a date that stays, one that changes, one that is new, and one that goes.
    let exceptions = json!([
        { "date": "2027-01-01", "isWorking": false, "name": " New Year " },
        { "date": "2026-12-19", "isWorking": false, "name": null },
        { "date": "2026-11-26", "isWorking": false, "name": "Thanksgiving" },
    ]);
    let input = json!({ "expectedVersion": 1, "exceptions": exceptions,
        "workingDays": ["SATURDAY", "MONDAY", "MONDAY", "TUESDAY"] });
    let done = update(&app, &owner, input.clone()).await;
    let expected = json!({ "workingDays": ["MONDAY", "TUESDAY", "SATURDAY"], "version": 2, "exceptions": [
        { "date": "2026-11-26", "isWorking": false, "name": "Thanksgiving" },
        { "date": "2026-12-19", "isWorking": false, "name": null },
        { "date": "2027-01-01", "isWorking": false, "name": "New Year" },
    ] });
    assert_eq!(done["company"]["workCalendar"], expected, "{done}");
    for person in [&owner, &Person::named("priya"), &Person::named("dale")] {
        assert_eq!(calendar(&app, person).await, expected, "all staff see it");
    }
    let of_fernhill = calendar(&app, &Person::named("margot")).await;
    assert_eq!((&of_fernhill["version"], of_fernhill["exceptions"].as_array().map(Vec::len)), (&json!(1), Some(1)));

    // The same again changes nothing, and neither does nothing.
    for same in [input, json!({ "expectedVersion": 1 })] {
        let mut same = same;
        same["expectedVersion"] = json!(2);
        assert_eq!(update(&app, &owner, same).await["company"]["workCalendar"], expected);
    }
    assert_eq!(entries(&app).await, [r#"["workingDays", "exceptions"]"#]);

    // What is omitted stays.
    let more = update(&app, &owner, json!({ "expectedVersion": 2, "workingDays": ["SUNDAY"] })).await;
    assert_eq!(more["company"]["workCalendar"]["exceptions"], expected["exceptions"], "{more}");
    let none = update(&app, &owner, json!({ "expectedVersion": 3, "exceptions": [] })).await;
    let expected = json!({ "workingDays": ["SUNDAY"], "exceptions": [], "version": 4 });
    assert_eq!(none["company"]["workCalendar"], expected, "{none}");
    assert_eq!(entries(&app).await[1..], [r#"["workingDays"]"#, r#"["exceptions"]"#]);
}

#[tokio::test]
async fn calendar_is_for_staff_and_settings() {
    let app = TestApp::demo().await;
    for person in [Person::client(), Person::trade(), Person::public(), Person::support()] {
        is_unknown(&app.ask(&person, &format!("{{ company {{ {CALENDAR} }} }}")).await, "company");
    }
    // Editing schedules is not enough: the calendar moves the dates of all projects.
    let input = "input: { expectedVersion: 1, workingDays: [MONDAY] }";
    let mutation = format!("mutation {{ workCalendarUpdate({input}) {{ userErrors {{ code }} }} }}");
    let planner = app.db_staff(&[Permission::ProjectsRead, Permission::ScheduleEdit]).await;
    for person in [&planner, &Person::client(), &Person::trade()] {
        is_unknown(&app.ask(person, &mutation).await, "workCalendarUpdate");
    }
    let manager = app.db_staff(&[Permission::SettingsManage]).await;
    let done = update(&app, &manager, json!({ "expectedVersion": 1, "workingDays": ["MONDAY"] })).await;
    assert_eq!(refusals(&done), Vec::<String>::new());
}

#[tokio::test]
async fn calendar_without_working_day_is_refused() {
    // ORG-6
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let before = calendar(&app, &owner).await;
    let refused = async |input: Value| {
        let mut input = input;
        input["expectedVersion"] = json!(1);
        let payload = update(&app, &owner, input).await;
        assert_eq!(payload["company"], Value::Null, "{payload}");
        (refusals(&payload), payload["userErrors"][0]["message"].as_str().expect("a sentence").to_owned())
    };
    let (codes, message) = refused(json!({ "workingDays": [], "exceptions": [] })).await;
    assert_eq!(codes, ["INVALID input.workingDays"]);
    assert!(message.contains("choose at least one weekday"), "{message}");
    // One worked Saturday is no calendar for the years around it.
    let one = json!([{ "date": "2026-12-19", "isWorking": true }]);
    assert_eq!(refused(json!({ "workingDays": [], "exceptions": one })).await.0, ["INVALID input.workingDays"]);
    // The working days that are there already count as well.
    assert_eq!(refused(json!({ "workingDays": [] })).await.0, ["INVALID input.workingDays"]);

    // Mondays from 2027-01-04 for a year: no day is left from the Tuesday after the last one that is worked.
    let mondays = |count| {
        (0..count).map(|week| {
            day_off(
                &(chrono::NaiveDate::from_ymd_opt(2027, 1, 4).expect("a date") + chrono::TimeDelta::weeks(week))
                    .to_string(),
            )
        })
    };
    let year = mondays(52).collect::<Vec<_>>();
    let (codes, message) = refused(json!({ "workingDays": ["MONDAY"], "exceptions": year })).await;
    assert_eq!(codes, ["INVALID input.exceptions"]);
    assert!(message.contains("366 days from 2026-12-29"), "{message}");
    assert_eq!(calendar(&app, &owner).await, before, "nothing was written");
    assert_eq!(entries(&app).await, Vec::<String>::new());
    let nearly = mondays(51).collect::<Vec<_>>();
    let done =
        update(&app, &owner, json!({ "expectedVersion": 1, "workingDays": ["MONDAY"], "exceptions": nearly })).await;
    assert_eq!(refusals(&done), Vec::<String>::new());
}

#[tokio::test]
async fn faulty_exceptions_are_refused_by_path() {
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let refused = async |exceptions: Value| {
        let payload = update(&app, &owner, json!({ "expectedVersion": 1, "exceptions": exceptions })).await;
        refusals(&payload)
    };
    let twice = json!([day_off("2026-12-24"), day_off("2026-12-25"), { "date": "2026-12-24", "isWorking": true }]);
    assert_eq!(refused(twice).await, ["INVALID input.exceptions.2.date"]);
    for date in ["1999-12-31", "1950-06-01"] {
        assert_eq!(refused(json!([day_off("2026-12-24"), day_off(date)])).await, ["INVALID input.exceptions.1.date"]);
    }
    let long = json!([
        { "date": "2026-12-24", "isWorking": false, "name": "n".repeat(201) },
        { "date": "2026-12-25", "isWorking": false, "name": "  " },
    ]);
    assert_eq!(refused(long).await, ["TOO_LONG input.exceptions.0.name", "BLANK input.exceptions.1.name"]);
    // Every other day, so that days remain.
    let spread = |count: usize| days_off("2026-01-01", 2 * count).into_iter().step_by(2).collect::<Vec<_>>();
    assert_eq!(refused(json!(spread(1_001))).await, ["TOO_LONG input.exceptions"]);
    assert_eq!(refused(json!(spread(1_000))).await, Vec::<String>::new());
    assert_eq!(calendar(&app, &owner).await["exceptions"].as_array().map(Vec::len), Some(1_000));

    // What is no date at all is an error of the request.
    for date in ["2026-02-30", "tomorrow", "2200-01-01"] {
        let query =
            "mutation($input: WorkCalendarUpdateInput!) { workCalendarUpdate(input: $input) { userErrors { code } } }";
        let input = json!({ "expectedVersion": 2, "exceptions": [day_off(date)] });
        let reply = app.ask_with(&owner, query, json!({ "input": input })).await;
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{}", reply.text);
        assert!(reply.message().contains("input.exceptions.0.date"), "{}", reply.message());
    }
}

#[tokio::test]
async fn one_of_two_concurrent_changes_wins() {
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let with = |day: &str| update(&app, &owner, json!({ "expectedVersion": 1, "workingDays": [day] }));
    let (first, second) = tokio::join!(with("MONDAY"), with("TUESDAY"));
    let mut codes = [refusals(&first), refusals(&second)].concat();
    codes.sort();
    assert_eq!(codes, ["CONFLICT input.expectedVersion"]);
    let (won, lost) = if refusals(&first).is_empty() { (first, second) } else { (second, first) };
    assert_eq!(calendar(&app, &owner).await, won["company"]["workCalendar"]);
    let message = lost["userErrors"][0]["message"].as_str().expect("a sentence");
    assert!(message.contains("the current version is 2"), "{message}");
    assert_eq!(entries(&app).await.len(), 1);
}

#[tokio::test]
async fn change_of_the_calendar_is_in_the_log() {
    let app = TestApp::demo().await;
    update(&app, &Person::owner(), json!({ "expectedVersion": 1, "exceptions": [day_off("2026-12-24")] })).await;
    let log = "{ company { activity(first: 1) { nodes { kind changedFields actor { name } } } } }";
    for (person, expected) in [
        (Person::named("priya"), json!([{ "kind": "WORK_CALENDAR_CHANGED", "changedFields": ["exceptions"] }])),
        (Person::named("margot"), json!([])),
    ] {
        let reply = app.ask(&person, log).await;
        let mut nodes = reply.at("/company/activity/nodes").clone();
        for node in nodes.as_array_mut().expect("a list") {
            node.as_object_mut().and_then(|entry| entry.remove("actor"));
        }
        assert_eq!(nodes, expected, "{}", reply.text);
    }
}
