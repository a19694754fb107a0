//! Edits drafts of schedules, as a person would.

use portico_core::id::Tag;
use portico_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::support::{change, project, refusals};

/// What tests read of a planned task.
const TASK: &str = "task { taskId name workDays fixedStartOn startOn finishOn totalFloatDays isCritical isTooEarly
    clientViewable publicNotes privateNotes costCode laborHours internalDeadline bufferDays milestone { milestoneId name }
    dependencies { kind lagDays lagUnit predecessor { taskId name } } assignees { memberId name kind } }
    scheduleVersion { id version }";

/// A person who edits the draft of a project.
pub(super) struct Planner<'a> {
    pub(super) app: &'a TestApp,
    pub(super) by: Person,
    pub(super) project: String,
    pub(super) draft: String,
}

impl<'a> Planner<'a> {
    /// Begins a draft of a project that has none.
    pub(super) async fn begin(app: &'a TestApp, by: Person, path: &str, input: &str) -> Self {
        let project = project(app, path);
        let arguments = format!("input: {{ projectId: \"{project}\", {input} }}");
        let created = change(app, &by, "scheduleDraftCreate", &arguments, "scheduleVersion { id state number }").await;
        assert_eq!(refusals(&created), [""; 0], "{created}");
        let version = &created["scheduleVersion"];
        assert_eq!((&version["state"], &version["number"]), (&json!("DRAFT"), &Value::Null));
        Self { app, by, project, draft: version["id"].as_str().expect("an ID").to_owned() }
    }

    /// The draft that a project of the demo has.
    pub(super) async fn of_demo(app: &'a TestApp, by: Person, path: &str) -> Self {
        let draft = app.id(Tag::SCHEDULE_VERSION, &format!("{path}/schedule/draft"));
        Self { app, by, project: project(app, path), draft }
    }

    /// The payload of a mutation of the draft.
    pub(super) async fn send(&self, mutation: &str, input: &str, fields: &str) -> Value {
        let arguments = format!("input: {{ versionId: \"{}\", {input} }}", self.draft);
        change(self.app, &self.by, mutation, &arguments, fields).await
    }

    /// The payload of `taskSave`.
    pub(super) async fn save(&self, input: &str) -> Value {
        self.send("taskSave", input, TASK).await
    }

    /// Saves a task. Returns it.
    pub(super) async fn task(&self, input: &str) -> Value {
        let saved = self.save(input).await;
        assert_eq!(refusals(&saved), [""; 0], "{saved}");
        saved["task"].clone()
    }

    /// The plan's version and tasks by name: start and finish.
    pub(super) async fn dates(&self) -> (i64, Vec<(String, String, String)>) {
        let fields = "version tasks(first: 100) { nodes { name startOn finishOn } }";
        let version = self.version(fields).await;
        let nodes = version["tasks"]["nodes"].as_array().expect("a list").clone();
        let text = |node: &Value, field: &str| node[field].as_str().expect("a text").to_owned();
        let dates = nodes.iter().map(|node| (text(node, "name"), text(node, "startOn"), text(node, "finishOn")));
        (version["version"].as_i64().expect("a number"), dates.collect())
    }

    /// Fields of the draft.
    pub(super) async fn version(&self, fields: &str) -> Value {
        let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on ScheduleVersion {{ {fields} }} }} }}");
        self.app.ask_with(&self.by, &query, json!({ "id": self.draft })).await.at("/node").clone()
    }

    /// Publishes the draft as it is. Returns the payload.
    pub(super) async fn publish(&self, input: &str, fields: &str) -> Value {
        let version = self.dates().await.0;
        self.send("schedulePublish", &format!("expectedVersion: {version}, {input}"), fields).await
    }
}

/// The ID in a task's payload.
pub(super) fn id_of(task: &Value) -> &str {
    task["taskId"].as_str().expect("an ID")
}

/// First and last day of a task.
pub(super) fn days_of(task: &Value) -> (&str, &str) {
    (task["startOn"].as_str().expect("a date"), task["finishOn"].as_str().expect("a date"))
}
