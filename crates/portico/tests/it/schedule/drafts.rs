//! Drafts: tasks with dependencies, dates that follow from them, and what is refused.

use portico_core::access::Permission;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::planner::{Planner, days_of, id_of};
use crate::support::{change, is_unknown, of_project, refusals, staff_with};

const HARBOR: &str = "alderbrook/harbor-court";

#[tokio::test]
async fn dates_follow_from_dependencies() {
    // SCH-15
    let app = TestApp::demo().await;
    let plan = Planner::begin(&app, Person::owner(), HARBOR, "basis: EMPTY, startOn: \"2026-05-18\"").await;
    let form = plan.task("name: \"Form\", workDays: 5").await;
    assert_eq!(days_of(&form), ("2026-05-18", "2026-05-22"));
    // MR-22. The company's calendar has the holiday: Monday, 25 May.
    let holiday =
        "expectedVersion: 1, exceptions: [{ date: \"2026-05-25\", isWorking: false, name: \"Memorial Day\" }]";
    let saved = change(
        &app,
        &Person::owner(),
        "workCalendarUpdate",
        &format!("input: {{ {holiday} }}"),
        "company { workCalendar { version } }",
    )
    .await;
    assert_eq!(refusals(&saved), [""; 0], "{saved}");
    let after = |lag: &str| format!("dependencies: [{{ predecessorId: \"{}\", {lag} }}]", id_of(&form));
    let next = plan.task(&format!("name: \"Strip\", workDays: 1, {}", after(""))).await;
    assert_eq!(days_of(&next), ("2026-05-26", "2026-05-26"));
    let cure = plan.task(&format!("name: \"Cure\", {}", after("lagDays: 7, lagUnit: ELAPSED_DAYS"))).await;
    assert_eq!(days_of(&cure), ("2026-06-01", "2026-06-01"));
    let wait = plan.task(&format!("name: \"Wait\", {}", after("lagDays: 7"))).await;
    assert_eq!(days_of(&wait), ("2026-06-04", "2026-06-04"));
    assert_eq!(wait["dependencies"][0]["lagUnit"], "WORKING_DAYS");
    let together =
        plan.task(&format!("name: \"Together\", workDays: 2, {}", after("kind: START_TO_START, lagDays: 2"))).await;
    assert_eq!(days_of(&together), ("2026-05-20", "2026-05-21"));
    // The last to finish, and what it waits for, are critical.
    let (version, _) = plan.dates().await;
    let read = plan.version("tasks(first: 10) { nodes { name isCritical totalFloatDays } }").await;
    let critical: Vec<_> = read["tasks"]["nodes"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|task| task["isCritical"] == true)
        .map(|task| task["name"].clone())
        .collect();
    assert_eq!(critical, ["Form", "Wait"], "{read}");
    // A longer predecessor moves all.
    plan.task(&format!("taskId: \"{}\", workDays: 6", id_of(&form))).await;
    let (now, dates) = plan.dates().await;
    assert_eq!(now, version + 1);
    assert!(dates.contains(&("Strip".to_owned(), "2026-05-27".to_owned(), "2026-05-27".to_owned())), "{dates:?}");
    // A fixed start wins, and says so.
    let early = plan.task(&format!("taskId: \"{}\", fixedStartOn: \"2026-05-20\"", id_of(&next))).await;
    assert_eq!((days_of(&early).0, &early["isTooEarly"]), ("2026-05-20", &json!(true)));
    let free = plan.task(&format!("taskId: \"{}\", fixedStartOn: null", id_of(&next))).await;
    assert_eq!((days_of(&free).0, &free["isTooEarly"]), ("2026-05-27", &json!(false)));
}

#[tokio::test]
async fn a_working_saturday_moves_drafts_there_and_back() {
    let app = TestApp::demo().await;
    let plan = Planner::begin(&app, Person::owner(), HARBOR, "basis: EMPTY, startOn: \"2026-05-18\"").await;
    let form = plan.task("name: \"Form\", workDays: 7").await;
    plan.task(&format!("name: \"Strip\", dependencies: [{{ predecessorId: \"{}\" }}]", id_of(&form))).await;
    let (version, before) = plan.dates().await;
    let calendar = async |exceptions: &str| {
        let read = "{ company { workCalendar { version } } }";
        let version = app.ask(&Person::owner(), read).await.at("/company/workCalendar/version").clone();
        let input = format!("input: {{ expectedVersion: {version}, exceptions: [{exceptions}] }}");
        let saved = change(&app, &Person::owner(), "workCalendarUpdate", &input, "company { id }").await;
        assert_eq!(refusals(&saved), [""; 0], "{saved}");
    };
    calendar("").await;
    let (_, before) = if plan.dates().await.1 == before { (version, before) } else { plan.dates().await };
    calendar("{ date: \"2026-05-23\", isWorking: true }").await;
    let (moved_version, moved) = plan.dates().await;
    assert_eq!(moved[0].2, "2026-05-25");
    assert_eq!(moved[1].1, "2026-05-26");
    assert_ne!(moved, before);
    assert!(moved_version > version, "other editors are told by the version");
    calendar("").await;
    assert_eq!(plan.dates().await.1, before);
}

#[tokio::test]
async fn faults_are_refused_by_name() {
    let app = TestApp::demo().await;
    let plan = Planner::begin(&app, Person::owner(), HARBOR, "basis: EMPTY, startOn: \"2026-05-18\"").await;
    let a = plan.task("name: \"Dig\"").await;
    let after = |task: &Value, rest: &str| format!("dependencies: [{{ predecessorId: \"{}\" {rest} }}]", id_of(task));
    let b = plan.task(&format!("name: \"Pour\", {}", after(&a, ""))).await;
    let c = plan.task(&format!("name: \"Cure\", {}", after(&b, ""))).await;
    let before = plan.dates().await;
    let circle = plan.save(&format!("taskId: \"{}\", {}", id_of(&a), after(&c, ""))).await;
    assert_eq!(refusals(&circle), ["INVALID input.dependencies"]);
    let message = circle["userErrors"][0]["message"].as_str().expect("a message");
    assert!(["`Dig`", "`Pour`", "`Cure`", "cycle"].iter().all(|part| message.contains(part)), "{message}");
    let itself = plan.save(&format!("taskId: \"{}\", {}", id_of(&a), after(&a, ""))).await;
    assert_eq!(refusals(&itself), ["INVALID input.dependencies"]);
    // A task of another project, and one of another company.
    for path in ["alderbrook/maple-street/task/Frame walls", "fernhill/bowen-island/task/Mood boards"] {
        let other = app.id(portico_core::id::Tag::TASK, path);
        let input = format!("name: \"Next\", dependencies: [{{ predecessorId: \"{other}\" }}]");
        assert_eq!(refusals(&plan.save(&input).await), ["NOT_FOUND input.dependencies"], "{path}");
        assert_eq!(
            refusals(&plan.save(&format!("taskId: \"{other}\", name: \"X\"")).await),
            ["NOT_FOUND input.taskId"]
        );
    }
    for (input, refused) in [
        ("workDays: 1".to_owned(), "BLANK input.name"),
        ("name: \" \"".to_owned(), "BLANK input.name"),
        (format!("name: \"{}\"", "x".repeat(201)), "TOO_LONG input.name"),
        ("name: \"X\", workDays: -1".to_owned(), "INVALID input.workDays"),
        ("name: \"X\", workDays: 5001".to_owned(), "INVALID input.workDays"),
        ("name: \"X\", fixedStartOn: \"1999-12-31\"".to_owned(), "INVALID input.fixedStartOn"),
        ("name: \"X\", fixedStartOn: \"2199-12-01\", workDays: 300".to_owned(), "INVALID "),
        ("name: \"X\", laborHours: \"-1\"".to_owned(), "INVALID input.laborHours"),
        ("name: \"X\", bufferDays: 366".to_owned(), "INVALID input.bufferDays"),
        (format!("name: \"X\", {}", after(&a, ", lagDays: 366")), "INVALID input.dependencies"),
        (format!("name: \"X\", {}", after(&a, ", lagDays: -366")), "INVALID input.dependencies"),
        (
            format!("name: \"X\", dependencies: [{0}, {0}]", format_args!("{{ predecessorId: \"{}\" }}", id_of(&a))),
            "INVALID input.dependencies",
        ),
        (
            format!(
                "name: \"X\", milestoneId: \"{}\"",
                app.id(portico_core::id::Tag::MILESTONE, "alderbrook/maple-street/milestone/Rough-ins")
            ),
            "NOT_FOUND input.milestoneId",
        ),
        (
            format!(
                "name: \"X\", assigneeIds: [\"{}\"]",
                app.id(portico_core::id::Tag::PROJECT_MEMBERSHIP, "fernhill/bowen-island/trade/otto")
            ),
            "NOT_FOUND input.assigneeIds",
        ),
        ("name: \"X\", expectedVersion: 1".to_owned(), "CONFLICT input.expectedVersion"),
    ] {
        let saved = plan.save(&input).await;
        assert_eq!(refusals(&saved), [refused], "{input}: {saved}");
    }
    assert_eq!(plan.dates().await, before, "nothing is lost or changed");
}

#[tokio::test]
async fn one_draft_keeps_ids_and_is_discarded() {
    let app = TestApp::demo().await;
    let read = "schedule { tasks(first: 50) { nodes { id name startOn finishOn } } }";
    let published = of_project(&app, &Person::owner(), HARBOR, read).await;
    let plan = Planner::begin(&app, Person::owner(), HARBOR, "").await;
    let version = plan.version("tasks(first: 50) { nodes { taskId name startOn finishOn task { id } } }").await;
    let (live, planned) = (&published["schedule"]["tasks"]["nodes"], &version["tasks"]["nodes"]);
    assert_eq!(live.as_array().map(Vec::len), planned.as_array().map(Vec::len));
    for (live, planned) in live.as_array().expect("a list").iter().zip(planned.as_array().expect("a list")) {
        assert_eq!((&live["id"], &live["name"]), (&planned["taskId"], &planned["name"]));
        assert_eq!(live["id"], planned["task"]["id"]);
        assert_eq!((&live["startOn"], &live["finishOn"]), (&planned["startOn"], &planned["finishOn"]));
    }
    let arguments = format!("input: {{ projectId: \"{}\" }}", plan.project);
    let second = change(&app, &Person::owner(), "scheduleDraftCreate", &arguments, "scheduleVersion { id }").await;
    assert_eq!(refusals(&second), ["INVALID_STATE input.projectId"]);
    let gone = plan.send("scheduleDraftDiscard", "expectedVersion: 99", "project { id }").await;
    assert_eq!(refusals(&gone), ["CONFLICT input.expectedVersion"]);
    let gone = plan.send("scheduleDraftDiscard", "", "project { id }").await;
    assert_eq!(refusals(&gone), [""; 0], "{gone}");
    assert_eq!(of_project(&app, &Person::owner(), HARBOR, read).await, published);
    assert_eq!(refusals(&plan.save("name: \"Late\"").await), ["NOT_FOUND input.versionId"]);
}

#[tokio::test]
async fn start_of_a_draft_moves_its_dates() {
    // SCH-14
    let app = TestApp::demo().await;
    let read = "schedule { tasks(first: 50) { nodes { name startOn finishOn } } }";
    let published = of_project(&app, &Person::owner(), HARBOR, read).await;
    let plan = Planner::begin(&app, Person::owner(), HARBOR, "basis: EMPTY, startOn: \"2026-05-18\"").await;
    let first = plan.task("name: \"First\", workDays: 5").await;
    plan.task(&format!("name: \"Next\", dependencies: [{{ predecessorId: \"{}\" }}]", id_of(&first))).await;
    plan.task("name: \"Fixed\", fixedStartOn: \"2026-07-01\"").await;
    let before = plan.dates().await;
    let fields = "scheduleVersion { startOn version }";
    let update = async |input: &str| plan.send("scheduleDraftUpdate", input, fields).await;
    // On a Saturday: work begins on the Monday after it.
    let moved = update(&format!("expectedVersion: {}, startOn: \"2026-06-06\"", before.0)).await;
    assert_eq!(refusals(&moved), [""; 0], "{moved}");
    assert_eq!(moved["scheduleVersion"], json!({ "startOn": "2026-06-06", "version": before.0 + 1 }));
    let dates: Vec<_> = plan.dates().await.1.into_iter().map(|(name, start, _)| format!("{name} {start}")).collect();
    assert_eq!(dates, ["First 2026-06-08", "Next 2026-06-15", "Fixed 2026-07-01"]);
    // The same, and nothing at all, are no changes.
    assert_eq!(update("startOn: \"2026-06-06\"").await["scheduleVersion"], moved["scheduleVersion"]);
    assert_eq!(update("").await["scheduleVersion"], moved["scheduleVersion"]);
    let stale = format!("expectedVersion: {}, startOn: \"2026-06-10\"", before.0);
    assert_eq!(refusals(&update(&stale).await), ["CONFLICT input.expectedVersion"]);
    for out_of_range in ["1999-12-31", "1900-01-01"] {
        let refused = update(&format!("startOn: \"{out_of_range}\"")).await;
        assert_eq!(refusals(&refused), ["INVALID input.startOn"], "{refused}");
        assert!(refused["userErrors"][0]["message"].as_str().is_some_and(|text| text.contains("between")), "{refused}");
    }
    // Within the range, and the tasks out of it.
    plan.task(&format!("taskId: \"{}\", workDays: 5000", id_of(&first))).await;
    let refused = update("startOn: \"2197-06-01\"").await;
    assert_eq!(refusals(&refused), ["INVALID "], "{refused}");
    assert_eq!(plan.version("startOn").await["startOn"], "2026-06-06", "nothing has changed");
    assert_eq!(of_project(&app, &Person::owner(), HARBOR, read).await, published);
    // Published versions stay as they are.
    let published = of_project(&app, &Person::owner(), HARBOR, "scheduleVersions { id state }").await;
    let id = &published["scheduleVersions"][1]["id"];
    let input = format!("input: {{ versionId: {id}, startOn: \"2026-06-10\" }}");
    let refused = change(&app, &Person::owner(), "scheduleDraftUpdate", &input, fields).await;
    assert_eq!(refusals(&refused), ["INVALID_STATE input.versionId"], "{refused}");
}

#[tokio::test]
async fn milestones_are_planned() {
    let app = TestApp::demo().await;
    let plan = Planner::begin(&app, Person::owner(), HARBOR, "basis: EMPTY, startOn: \"2026-05-18\"").await;
    let fields = "milestone { milestoneId name clientViewable internalTarget } scheduleVersion { version }";
    let saved = plan.send("milestoneSave", "name: \"Dried in\", internalTarget: \"2026-06-30\"", fields).await;
    let milestone = saved["milestone"].clone();
    assert_eq!((&milestone["clientViewable"], &milestone["internalTarget"]), (&json!(true), &json!("2026-06-30")));
    let id = milestone["milestoneId"].as_str().expect("an ID").to_owned();
    let task = plan.task(&format!("name: \"Roof\", milestoneId: \"{id}\"")).await;
    assert_eq!(task["milestone"]["name"], "Dried in");
    let hide = format!("milestoneId: \"{id}\", clientViewable: false, internalTarget: null, name: \"Shell\"");
    let saved = plan.send("milestoneSave", &hide, fields).await;
    let milestone = json!({ "milestoneId": id, "name": "Shell", "clientViewable": false, "internalTarget": null });
    assert_eq!(saved["milestone"], milestone);
    let gone = plan
        .send("milestoneDelete", &format!("milestoneId: \"{id}\""), "scheduleVersion { milestones { name } }")
        .await;
    assert_eq!(gone["scheduleVersion"]["milestones"], json!([]));
    let read = plan.version("tasks(first: 5) { nodes { name milestone { name } } }").await;
    assert_eq!(read["tasks"]["nodes"], json!([{ "name": "Roof", "milestone": null }]));
    for mutation in ["milestoneSave", "milestoneDelete"] {
        let refused = plan.send(mutation, &format!("milestoneId: \"{id}\""), "scheduleVersion { id }").await;
        assert_eq!(refusals(&refused), ["NOT_FOUND input.milestoneId"], "{mutation}");
    }
}

#[tokio::test]
async fn drafts_are_for_those_who_edit_schedules() {
    // SCH-3, SCH-7: no mutation of schedules exists for clients and trade partners, and none for staff without the permission.
    let app = TestApp::demo().await;
    let planner = staff_with(&app, &[Permission::ScheduleEdit]).await;
    let plan = Planner::begin(&app, planner, HARBOR, "").await;
    let draft = &plan.draft;
    for person in [Person::client(), Person::named("ben"), Person::trade(), Person::named("marcus")] {
        for mutation in [
            format!("scheduleDraftCreate(input: {{ projectId: \"{}\" }})", plan.project),
            format!("scheduleDraftUpdate(input: {{ versionId: \"{draft}\", startOn: \"2026-01-05\" }})"),
            format!("scheduleDraftDiscard(input: {{ versionId: \"{draft}\" }})"),
            format!("taskSave(input: {{ versionId: \"{draft}\", name: \"X\" }})"),
            format!("schedulePublish(input: {{ versionId: \"{draft}\", expectedVersion: 1 }})"),
        ] {
            let reply = app.ask(&person, &format!("mutation {{ {mutation} {{ userErrors {{ code }} }} }}")).await;
            is_unknown(&reply, mutation.split('(').next().expect("a name"));
        }
        let read = format!("{{ node(id: \"{draft}\") {{ __typename }} }}");
        assert_eq!(app.ask(&person, &read).await.at("/node"), &Value::Null, "{person:?}");
    }
    // To edit is not to publish.
    let reply = app.ask(&plan.by, &format!("mutation {{ schedulePublish(input: {{ versionId: \"{draft}\", expectedVersion: 1 }}) {{ userErrors {{ code }} }} }}")).await;
    is_unknown(&reply, "schedulePublish");
    // For another company it does not exist.
    let stranger = Planner { by: Person::named("margot"), ..plan };
    assert_eq!(refusals(&stranger.save("name: \"X\"").await), ["NOT_FOUND input.versionId"]);
}
