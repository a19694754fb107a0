//! Dry runs that name differences, and limits of values in plans.

use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::planner::{Planner, id_of};
use crate::support::{MAPLE, refusals};

const HARBOR: &str = "alderbrook/harbor-court";

/// The changed fields of each change, by name.
fn changed_fields(changes: &Value) -> Vec<(&str, Value)> {
    let items = changes["items"].as_array().expect("a list");
    items.iter().map(|item| (item["name"].as_str().unwrap_or_default(), item["changedFields"].clone())).collect()
}

#[tokio::test]
async fn dry_runs_name_the_changed_fields() {
    // SCH-7: notes and milestones change for readers, although no date does.
    let app = TestApp::demo().await;
    let plan = Planner::of_demo(&app, Person::owner(), MAPLE).await;
    plan.send("scheduleDraftDiscard", "", "project { id }").await;
    let plan = Planner::begin(&app, Person::owner(), MAPLE, "").await;
    let tasks = plan
        .version("tasks(first: 100) { nodes { taskId name clientViewable milestone { name } assignees { name } } }")
        .await;
    let tasks = tasks["tasks"]["nodes"].as_array().expect("a list").clone();
    let framing = tasks.iter().find(|task| task["name"] == "Frame walls").expect("a task of the demo");
    plan.task(&format!("taskId: \"{}\", publicNotes: \"Bring the long ladder.\"", id_of(framing))).await;
    let viewable = |task: &&Value| task["clientViewable"] == true && !task["milestone"].is_null() && *task != framing;
    let roofing = tasks.iter().find(viewable).expect("a task of the demo");
    plan.task(&format!("taskId: \"{}\", milestoneId: null", id_of(roofing))).await;
    let tomas = app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/trade/tomas"));
    let fields = format!(
        "publication {{ clientChanges {{ items {{ taskId name changedFields }} }}
         tradeChanges(projectTradeId: \"{tomas}\") {{ items {{ name changedFields }} }} }}"
    );
    let trial = plan.publish("dryRun: true", &fields).await;
    assert_eq!(refusals(&trial), [""; 0], "{trial}");
    let for_trade = changed_fields(&trial["publication"]["tradeChanges"]);
    assert!(for_trade.contains(&("Frame walls", json!(["publicNotes"]))), "{trial}");
    let clients = &trial["publication"]["clientChanges"];
    let name = roofing["name"].as_str().expect("a name");
    assert!(changed_fields(clients).contains(&(name, json!(["milestone"]))), "{trial}");
    assert!(!clients.to_string().contains("Frame walls"), "clients have no notes: {clients}");
}

#[tokio::test]
async fn shifts_name_successors_that_start_too_early() {
    let app = TestApp::demo().await;
    let plan = Planner::begin(&app, Person::owner(), HARBOR, "basis: EMPTY, startOn: \"2026-01-05\"").await;
    let first = plan.task("name: \"First\", workDays: 5").await;
    let second = format!(
        "name: \"Second\", fixedStartOn: \"2026-01-12\", dependencies: [{{ predecessorId: \"{}\" }}]",
        id_of(&first)
    );
    assert_eq!(plan.task(&second).await["isTooEarly"], false);
    let version = plan.dates().await.0;
    let input = format!("expectedVersion: {version}, taskId: \"{}\", days: 3, dryRun: true", id_of(&first));
    let shifted = plan.send("scheduleShift", &input, "moved { items { name isTooEarly changedFields } }").await;
    assert_eq!(
        shifted["moved"]["items"],
        json!([
            { "name": "First", "isTooEarly": false, "changedFields": ["startOn", "finishOn"] },
            { "name": "Second", "isTooEarly": true, "changedFields": ["isTooEarly"] },
        ])
    );
}

#[tokio::test]
async fn hours_of_labor_have_two_decimals() {
    let app = TestApp::demo().await;
    let plan = Planner::of_demo(&app, Person::owner(), MAPLE).await;
    let task = plan.task("name: \"Trim\", laborHours: \"37.50\"").await;
    assert_eq!(task["laborHours"], "37.50");
    for hours in ["999999.999", "0.005", "1e5", "1_000", "+5", "1,5", "abc", "", "1000000", "-1"] {
        let saved = plan.save(&format!("taskId: \"{}\", laborHours: \"{hours}\"", id_of(&task))).await;
        assert_eq!(refusals(&saved), ["INVALID input.laborHours"], "{hours}: {saved}");
    }
    let saved = plan.task(&format!("taskId: \"{}\", laborHours: \"999999.99\"", id_of(&task))).await;
    let again = plan.task(&format!("taskId: \"{}\", laborHours: {}", id_of(&task), saved["laborHours"])).await;
    assert_eq!(again["laborHours"], "999999.99");
}

#[tokio::test]
async fn notes_of_a_plan_are_limited() {
    let app = TestApp::demo().await;
    let plan = Planner::begin(&app, Person::owner(), HARBOR, "basis: EMPTY").await;
    let first = plan.task("name: \"First\"").await;
    // 8,379,800 bytes, where 8,388,608 are the limit.
    app.database()
        .db_execute(
            "insert into planned_tasks (id, company_id, project_id, version_id, task_id, name, work_days, start_on, finish_on, sort, public_notes)
             select gen_random_uuid(), t.company_id, t.project_id, t.version_id, gen_random_uuid(), 'Task ' || n, 1, t.start_on, t.start_on,
                n, repeat('五', 10000) || repeat('x', 8090) from planned_tasks t, generate_series(2, 221) n
             where t.name = 'First' and t.sort = 1
                and t.version_id = (select id from schedule_versions where state = 'DRAFT' order by created_at desc, id desc limit 1)",
        )
        .await;
    let of = |letters: usize| format!("taskId: \"{}\", privateNotes: \"{}\"", id_of(&first), "n".repeat(letters));
    assert_eq!(refusals(&plan.save(&of(7_000)).await), [""; 0]);
    let more = format!("name: \"Second\", publicNotes: \"{}\"", "n".repeat(7_000));
    let refused = plan.save(&more).await;
    assert_eq!(refusals(&refused), ["TOO_LONG input.versionId"], "{refused}");
    let message = refused["userErrors"][0]["message"].as_str().expect("a text");
    assert!(message.contains("8388608") && message.contains("shorten notes"), "{message}");
    // Other changes pass, and shorter notes.
    plan.task("name: \"Third\"").await;
    plan.task(&of(10)).await;
}
