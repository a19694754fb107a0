//! Tests of schedules as clients see them.

use portico_core::id::Tag;
use portico_testkit::{FieldShape, Person, Shape, TestApp};
use serde_json::{Value, json};

use crate::support::{BOWEN, HARBOR, MAPLE, ORCHARD, RIDGE, change, is_unknown, of_project, sql_id, texts_of};

const TASKS: &str = "schedule { view version tasks(first: 100) { totalCount nodes { name startOn finishOn workDays percentComplete } } }";

/// Shares the schedule of a project, as staff.
async fn share(app: &TestApp, path: &str, how: &str) -> Value {
    let input = format!("input: {{ projectId: \"{}\", scheduleShare: {how} }}", crate::support::project(app, path));
    change(app, &Person::staff(), "portalSettingsUpdate", &input, "portal { scheduleShare }").await
}

#[tokio::test]
async fn sch_1_sharing_is_set_per_project() {
    let app = TestApp::demo().await;
    let (ana, hana) = (Person::client(), Person::named("hana-client"));
    let before = of_project(&app, &ana, BOWEN, TASKS).await;
    assert_eq!(of_project(&app, &hana, RIDGE, TASKS).await["schedule"], Value::Null);
    share(&app, RIDGE, "GANTT").await;
    share(&app, MAPLE, "NONE").await;
    assert_eq!(of_project(&app, &hana, RIDGE, TASKS).await["schedule"]["tasks"]["totalCount"], 3);
    assert_eq!(of_project(&app, &ana, MAPLE, TASKS).await["schedule"], Value::Null);
    assert_eq!(of_project(&app, &ana, BOWEN, TASKS).await, before);
}

#[tokio::test]
async fn sch_2_and_sch_3_sharing_shows_tasks() {
    // RULE-4
    let app = TestApp::demo().await;
    for (person, path, task) in [
        (
            Person::client(),
            MAPLE,
            json!({ "name": "Electrical rough-in", "startOn": "2026-10-26", "finishOn": "2026-11-27", "workDays": 24, "percentComplete": 60 }),
        ),
        (
            Person::named("ben"),
            MAPLE,
            json!({ "name": "Excavate and grade", "startOn": "2026-05-04", "finishOn": "2026-05-13", "workDays": 8, "percentComplete": 100 }),
        ),
        (
            Person::named("cleo"),
            ORCHARD,
            json!({ "name": "Masonry hearth", "startOn": "2026-11-16", "finishOn": "2026-12-04", "workDays": 14, "percentComplete": 25 }),
        ),
    ] {
        let schedule = of_project(&app, &person, path, TASKS).await;
        let nodes = schedule["schedule"]["tasks"]["nodes"].as_array().cloned().unwrap_or_default();
        assert!(nodes.contains(&task), "{task} is not in {nodes:?}");
    }
}

#[tokio::test]
async fn schedule_is_shared_project_by_project() {
    // SCH-1: shared by the mutation, then read by the clients of both projects.
    let app = TestApp::demo().await;
    let seen = async |person: Person, path: &str| {
        let of = of_project(
            &app,
            &person,
            path,
            "schedule { view tasks(first: 5) { totalCount } } milestones { name percentComplete }",
        )
        .await;
        let is_told =
            of["milestones"].as_array().is_some_and(|all| all.iter().any(|one| !one["percentComplete"].is_null()));
        (of["schedule"]["view"].clone(), is_told)
    };
    let (hana, cleo) = (|| Person::named("hana-client"), || Person::named("cleo"));
    let of_orchard = seen(cleo(), ORCHARD).await;
    assert_eq!((seen(hana(), RIDGE).await, of_orchard.0.clone()), ((Value::Null, false), json!("CALENDAR")));
    for (how, view) in [("GANTT", json!("GANTT")), ("CALENDAR", json!("CALENDAR")), ("NONE", Value::Null)] {
        let shared = share(&app, RIDGE, how).await;
        assert_eq!(shared["portal"]["scheduleShare"], how, "{shared}");
        assert_eq!(seen(hana(), RIDGE).await, (view, how != "NONE"), "{how}");
        assert_eq!(seen(cleo(), ORCHARD).await, of_orchard, "the other project is unchanged");
    }
}

/// The mutations of schedules: those with a matching name, or a matching input field.
fn mutations_of_schedules(whole: &Shape) -> Vec<&FieldShape> {
    let is_of_schedule = |name: &str| {
        let name = name.to_lowercase();
        ["schedule", "task", "milestone"].iter().any(|word| name.contains(word))
    };
    let takes = |field: &&FieldShape| {
        let within = field.arguments.iter().flat_map(|argument| whole.inputs(&argument.ty));
        let mut inputs = field.arguments.iter().chain(within);
        is_of_schedule(&field.name) || inputs.any(|input| is_of_schedule(&input.name))
    };
    whole.fields("Mutation").iter().filter(takes).collect()
}

#[tokio::test]
async fn sch_3_clients_change_nothing() {
    let app = TestApp::demo().await;
    let whole = Shape::of(&portico_graphql::Gateway::sdl());
    let mutations = mutations_of_schedules(&whole);
    assert!(mutations.iter().any(|field| field.name == "portalSettingsUpdate"), "sharing is one of them");
    for field in mutations {
        let query = format!("mutation {{ {} {{ __typename }} }}", field.name);
        let owner = app.ask(&Person::owner(), &query).await;
        assert!(owner.message().contains("argument"), "for the owner only the input is missing: {}", owner.text);
        for client in [Person::client(), Person::named("ben"), Person::named("cleo")] {
            is_unknown(&app.ask(&client, &query).await, &field.name);
        }
    }
    let input = format!("input: {{ projectId: \"{}\", scheduleShare: GANTT }}", crate::support::project(&app, RIDGE));
    let query = format!("mutation {{ portalSettingsUpdate({input}) {{ __typename }} }}");
    is_unknown(&app.ask(&Person::named("hana-client"), &query).await, "portalSettingsUpdate");
    let hana = of_project(&app, &Person::named("hana-client"), RIDGE, TASKS).await;
    assert_eq!(hana["schedule"], Value::Null, "nothing was shared");
}

#[tokio::test]
async fn sch_4_and_sch_5_hidden_from_clients() {
    let app = TestApp::demo().await;
    for field in [
        "assignees { name }",
        "publicNotes",
        "privateNotes",
        "dependencies { kind }",
        "costCode",
        "laborHours",
        "internalDeadline",
        "bufferDays",
        "clientViewable",
    ] {
        let query =
            format!("{{ viewer {{ projects {{ nodes {{ schedule {{ tasks {{ nodes {{ {field} }} }} }} }} }} }} }}");
        let name = field.split(' ').next().unwrap_or_default();
        for client in [Person::client(), Person::named("cleo")] {
            is_unknown(&app.ask(&client, &query).await, name);
        }
        let is_the_trades = ["assignees { name }", "publicNotes"].contains(&field);
        let reply = app.ask(&Person::trade(), &query).await;
        assert_eq!(reply.json.get("errors").is_none(), is_the_trades, "{field}: {}", reply.text);
    }
}

#[tokio::test]
async fn sch_9_schedule_shows_how_it_is_shared() {
    // VIS-8
    let app = TestApp::demo().await;
    for (person, path, view) in [
        (Person::client(), MAPLE, json!("GANTT")),
        (Person::named("ben"), MAPLE, json!("GANTT")),
        (Person::named("cleo"), ORCHARD, json!("CALENDAR")),
        (Person::named("ines"), HARBOR, json!("GANTT")),
    ] {
        assert_eq!(of_project(&app, &person, path, "schedule { view }").await["schedule"]["view"], view);
    }
    let unknown = app.ask(&Person::client(), "{ viewer { projects { nodes { portal { scheduleShare } } } } }").await;
    is_unknown(&unknown, "scheduleShare");
    for (path, share, view) in [(RIDGE, "NONE", Value::Null), (ORCHARD, "CALENDAR", json!("CALENDAR"))] {
        let found = of_project(&app, &Person::staff(), path, "portal { scheduleShare } schedule { view }").await;
        assert_eq!(found["portal"]["scheduleShare"], share);
        assert_eq!(found["schedule"]["view"], view);
    }
}

#[tokio::test]
async fn sch_10_and_iso_9_hidden_task_is_absent() {
    let app = TestApp::demo().await;
    let hidden = "Re-pull kitchen circuits";
    let id = app.id(Tag::TASK, &format!("{MAPLE}/task/{hidden}"));
    let node = "query($id: ID!) { node(id: $id) { id } }";
    for client in [Person::client(), Person::named("ben")] {
        let schedule = of_project(&app, &client, MAPLE, TASKS).await;
        let tasks = &schedule["schedule"]["tasks"];
        let names = texts_of(&tasks["nodes"], "name");
        assert!(!names.iter().any(|name| name == hidden));
        assert_eq!(tasks["totalCount"], names.len(), "the count includes hidden rows");
        assert_eq!(*app.ask_with(&client, node, json!({ "id": id })).await.at("/node"), Value::Null);
    }
    let all = of_project(&app, &Person::staff(), MAPLE, TASKS).await;
    assert!(texts_of(&all["schedule"]["tasks"]["nodes"], "name").iter().any(|name| name == hidden));
    // His own task, whether or not clients may see it.
    assert_eq!(*app.ask_with(&Person::named("eli"), node, json!({ "id": id })).await.at("/node/id"), id);
}

#[tokio::test]
async fn sch_10_and_iso_9_hidden_task_not_counted() {
    // RULE-12: not in lists and counts; in the roll-ups of milestones.
    let app = TestApp::demo().await;
    let fields = "milestones { name status percentComplete anticipatedFinishOn } schedule { tasks { totalCount } }";
    let before = of_project(&app, &Person::client(), MAPLE, fields).await;
    let staff_before = of_project(&app, &Person::staff(), MAPLE, fields).await;
    let rough_ins = before["milestones"].as_array().into_iter().flatten().find(|one| one["name"] == "Rough-ins");
    // Weighted by working days: plumbing 15 x 100, electrical 25 x 60, ducts 18 x 30, inspection 2 x 0; hidden: circuits 3 x 0.
    assert_eq!(
        rough_ins,
        Some(&json!({
            "name": "Rough-ins", "status": "STARTED", "percentComplete": (1500 + 1500 + 540) / 63,
            "anticipatedFinishOn": "2026-12-01"
        }))
    );
    let count = |project: &Value| project["schedule"]["tasks"]["totalCount"].as_i64();
    let tasks = ["Rough-in inspection", "Electrical rough-in"].map(|task| sql_id(&format!("{MAPLE}/task/{task}")));
    let hide = format!("update tasks set client_viewable = false where id in ({})", tasks.join(", "));
    for (sql, hidden) in [(hide.as_str(), Some(2)), ("update tasks set client_viewable = false", count(&before))] {
        app.database().db_execute(sql).await;
        let after = of_project(&app, &Person::client(), MAPLE, fields).await;
        assert_eq!(after["milestones"], before["milestones"]);
        assert_eq!(count(&after), count(&before).zip(hidden).map(|(all, hidden)| all - hidden));
        assert_eq!(of_project(&app, &Person::staff(), MAPLE, fields).await, staff_before);
    }
}
