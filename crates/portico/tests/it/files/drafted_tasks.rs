//! Tests of files on tasks that only a draft of the schedule has.

use portico_core::access::Permission;
use portico_core::id::{Tag, new_uuid};
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use super::attachments::attach;
use super::{file, names, perform, share};
use crate::support::{MAPLE, ORCHARD, change, of_project, refusals, staff_with};

const PLAN: &str = "Floor plan.pdf";
const QUOTE: &str = "Offer of the window supplier.pdf";

/// The draft of Maple Street.
fn draft(app: &TestApp) -> String {
    app.id(Tag::SCHEDULE_VERSION, &format!("{MAPLE}/schedule/draft"))
}

/// The payload of a mutation of this draft.
async fn plan(app: &TestApp, mutation: &str, input: &str, fields: &str) -> Value {
    let arguments = format!("input: {{ versionId: \"{}\", {input} }}", draft(app));
    let done = change(app, &Person::owner(), mutation, &arguments, fields).await;
    assert_eq!(refusals(&done), [""; 0], "{done}");
    done
}

/// Adds a task to the draft that Tomas works on. Returns its ID.
async fn new_task(app: &TestApp, name: &str) -> String {
    let tomas = app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/trade/tomas"));
    let input = format!("name: \"{name}\", clientViewable: true, assigneeIds: [\"{tomas}\"]");
    let saved = plan(app, "taskSave", &input, "task { taskId }").await;
    saved["task"]["taskId"].as_str().expect("an ID").to_owned()
}

/// The names of the files on a task of the draft.
async fn on_draft(app: &TestApp, person: &Person, task: &str) -> Vec<String> {
    let query = "query($id: ID!) { node(id: $id) { ... on ScheduleVersion { tasks(first: 100) { nodes {
        taskId attachments { file { name } record { id } } } } } } }";
    let reply = app.ask_with(person, query, json!({ "id": draft(app) })).await;
    let nodes = reply.at("/node/tasks/nodes").as_array().expect("a list");
    let found = nodes.iter().find(|node| node["taskId"] == task).unwrap_or_else(|| panic!("no {task} in {nodes:?}"));
    let attached = found["attachments"].as_array().expect("a list");
    attached.iter().map(|one| one["file"]["name"].as_str().expect("a name").to_owned()).collect()
}

/// The names of the files on a published task; none if the person does not see the task.
async fn on_task(app: &TestApp, person: &Person, task: &str) -> Option<Vec<String>> {
    let query = "query($id: ID!) { node(id: $id) { ... on Task { attachments { file { name } } } } }";
    let reply = app.ask_with(person, query, json!({ "id": task })).await;
    let attached = reply.at("/node").get("attachments")?.as_array()?;
    Some(attached.iter().map(|one| one["file"]["name"].as_str().expect("a name").to_owned()).collect())
}

/// All that a person sees of the schedule and the files of Maple Street, and whether they see the attachment.
async fn seen(app: &TestApp, person: &Person, attachment: &Value) -> [Value; 3] {
    let fields = "milestones { id } schedule { version tasks(first: 100) { nodes { id name } } }";
    let schedule = of_project(app, person, MAPLE, fields).await;
    let files = of_project(app, person, MAPLE, "files { totalCount nodes { id name attachments { id } } }").await;
    let query = "query($id: ID!) { node(id: $id) { id } }";
    [schedule, files, app.ask_with(person, query, json!({ "id": attachment })).await.at("/node").clone()]
}

async fn publish(app: &TestApp) {
    let query = "query($id: ID!) { node(id: $id) { ... on ScheduleVersion { version } } }";
    let reply = app.ask_with(&Person::owner(), query, json!({ "id": draft(app) })).await;
    let input = format!("expectedVersion: {}", reply.at("/node/version"));
    plan(app, "schedulePublish", &input, "schedule { version }").await;
}

/// The number of links from files to a task, behind the API.
async fn db_links(app: &TestApp, task: &str) -> String {
    let task = portico_core::id::GlobalId::parse(task).expect("an ID").uuid;
    let count = format!("select count(*)::text as text from file_attachments where record_id = '{task}'");
    app.database().db_texts(&count).await.remove(0)
}

#[tokio::test]
async fn files_of_a_draft_are_shown_with_its_publication() {
    // SCH-17, SCH-6
    let app = TestApp::demo().await;
    let task = new_task(&app, "Hang the gutters").await;
    // One is shared with Tomas, the other with clients alone.
    let (of_tomas, of_clients) = (file(&app, QUOTE), file(&app, PLAN));
    let tomas = app.id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/trade/tomas"));
    share(&app, &of_tomas, json!({ "tradeIds": [tomas], "sharedWithClients": false })).await;
    share(&app, &of_clients, json!({ "tradeIds": [], "sharedWithClients": true })).await;
    let outsiders = [Person::client(), Person::named("ben"), Person::trade(), Person::named("eli")];
    let nothing = json!(TestApp::global(Tag::FILE_ATTACHMENT, new_uuid()));
    let mut before = Vec::new();
    for person in &outsiders {
        before.push(seen(&app, person, &nothing).await);
    }

    let editor = staff_with(&app, &[Permission::ScheduleEdit, Permission::DocumentsManage]).await;
    let first = attach(&app, &editor, &of_tomas, &task, json!({})).await;
    assert_eq!(refusals(&first), [""; 0], "{first}");
    assert_eq!(first["attachment"]["record"], Value::Null, "the task is not published");
    let second = attach(&app, &Person::owner(), &of_clients, &task, json!({})).await;
    assert_eq!(refusals(&second), [""; 0], "{second}");
    let again = attach(&app, &editor, &of_tomas, &task, json!({})).await;
    assert_eq!(again["attachment"], first["attachment"], "it stays as it is");
    for person in [&editor, &Person::owner(), &Person::named("nora")] {
        assert_eq!(on_draft(&app, person, &task).await, [QUOTE, PLAN], "{person:?}");
    }
    for (person, before) in outsiders.iter().zip(&before) {
        for attached in [&first, &second] {
            assert_eq!(&seen(&app, person, &attached["attachment"]["id"]).await, before, "{person:?}");
        }
    }
    // Staff who do not edit schedules see the file, and not where it is attached.
    let query = "query($id: ID!) { node(id: $id) { id ... on File { attachments { id } } } }";
    let reply = app.ask_with(&Person::named("marcus"), query, json!({ "id": of_tomas })).await;
    let listed = reply.at("/node/attachments").as_array().cloned().expect("the file");
    assert!(!listed.contains(&json!({ "id": first["attachment"]["id"] })), "{listed:?}");

    publish(&app).await;
    let all = vec![QUOTE.to_owned(), PLAN.to_owned()];
    assert_eq!(on_task(&app, &Person::staff(), &task).await, Some(all));
    assert_eq!(on_task(&app, &Person::trade(), &task).await, Some(vec![QUOTE.to_owned()]), "what is shared with him");
    assert_eq!(on_task(&app, &Person::named("eli"), &task).await, None, "it is not his task");
    for client in &outsiders[..2] {
        let query = "query($id: ID!) { node(id: $id) { ... on Task { name } } }";
        let reply = app.ask_with(client, query, json!({ "id": task })).await;
        assert_eq!(reply.at("/node/name"), "Hang the gutters");
        for attached in [&first, &second] {
            let [_, files, node] = seen(&app, client, &attached["attachment"]["id"]).await;
            assert_eq!((&files, node), (&before[0][1], Value::Null), "never files of tasks");
        }
    }
}

#[tokio::test]
async fn only_planners_attach_to_drafts() {
    // SCH-17
    let app = TestApp::demo().await;
    let (task, plan_file) = (new_task(&app, "Hang the gutters").await, file(&app, PLAN));
    let unknown = TestApp::global(Tag::TASK, new_uuid());
    let missing = attach(&app, &Person::owner(), &plan_file, &unknown, json!({})).await;
    assert_eq!(refusals(&missing), ["NOT_FOUND input.recordId"]);
    let clerk = staff_with(&app, &[Permission::DocumentsManage]).await;
    for person in [clerk, Person::client(), Person::named("ben")] {
        assert_eq!(attach(&app, &person, &plan_file, &task, json!({})).await, missing, "{person:?}");
    }
    // Neither to the draft of another project, nor to what is no task.
    let elsewhere = app.id(Tag::TASK, &format!("{ORCHARD}/task/Mantel beam"));
    let version = draft(&app);
    for record in [elsewhere, version] {
        assert_eq!(attach(&app, &Person::owner(), &plan_file, &record, json!({})).await, missing, "{record}");
    }
    let shared = attach(&app, &Person::owner(), &plan_file, &task, json!({ "shareWithAssignees": true })).await;
    assert_eq!(refusals(&shared), ["INVALID_STATE input.shareWithAssignees"], "{shared}");
    assert_eq!(db_links(&app, &task).await, "0");
}

#[tokio::test]
async fn discarded_tasks_take_their_links() {
    // SCH-17
    let app = TestApp::demo().await;
    let owner = Person::owner();
    let (deleted, kept) = (new_task(&app, "Hang the gutters").await, new_task(&app, "Paint the gate").await);
    // A task that is published as well.
    let published = app.id(Tag::TASK, &format!("{MAPLE}/task/Windows and exterior doors"));
    let plan_file = file(&app, PLAN);
    let before = names(&app, &owner, MAPLE, "(first: 100)").await;
    for task in [&deleted, &kept, &published] {
        assert_eq!(refusals(&attach(&app, &owner, &plan_file, task, json!({})).await), [""; 0]);
    }
    let of_published = db_links(&app, &published).await;
    for task in [&deleted, &published] {
        plan(&app, "taskDelete", &format!("taskId: \"{task}\""), "scheduleVersion { id }").await;
    }
    assert_eq!(db_links(&app, &deleted).await, "0");
    assert_eq!(on_draft(&app, &owner, &kept).await, [PLAN]);
    plan(&app, "scheduleDraftDiscard", "", "project { id }").await;
    assert_eq!(db_links(&app, &kept).await, "0");
    assert_eq!(db_links(&app, &published).await, of_published, "it stays in the published schedule");
    assert!(on_task(&app, &owner, &published).await.is_some_and(|names| names.contains(&PLAN.to_owned())));
    assert_eq!(names(&app, &owner, MAPLE, "(first: 100)").await, before, "the files remain");
    let detached = attach(&app, &owner, &plan_file, &kept, json!({})).await;
    assert_eq!(refusals(&detached), ["NOT_FOUND input.recordId"]);
}

#[tokio::test]
async fn files_of_drafted_tasks_are_detached() {
    // SCH-17
    let app = TestApp::demo().await;
    let (task, plan_file) = (new_task(&app, "Hang the gutters").await, file(&app, PLAN));
    let attached = attach(&app, &Person::owner(), &plan_file, &task, json!({})).await;
    let id = json!({ "id": attached["attachment"]["id"] });
    let clerk = staff_with(&app, &[Permission::DocumentsManage]).await;
    assert_eq!(refusals(&perform(&app, &clerk, "fileDetach", id.clone(), "").await), ["NOT_FOUND input.id"]);
    assert_eq!(refusals(&perform(&app, &Person::owner(), "fileDetach", id, "").await), [""; 0]);
    assert_eq!(on_draft(&app, &Person::owner(), &task).await, [""; 0]);
}
