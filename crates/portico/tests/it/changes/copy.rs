//! A reader who keeps a copy of a project, as an app without a network does.

use std::collections::{BTreeMap, BTreeSet};

use portico_core::id::GlobalId;
use portico_graphql::Rights;
use portico_store::tables::TABLES;
use portico_testkit::{Person, Reply, Shape, TestApp};
use serde_json::{Value, json};

use crate::support::schema::{NODES, sdl_of};

/// Refusals before a sync fails. Each needs another change of rights within the request.
const MAX_CONFLICTS: usize = 10;

/// Records by global ID, with every field that belongs to them.
pub(super) type Records = BTreeMap<String, Value>;

/// A copy of one project.
pub(super) struct Copy {
    person: Person,
    project: String,
    /// Fields of each type in the person's role schema.
    fields: String,
    pub(super) cursor: Option<String>,
    pub(super) records: Records,
    /// Entries of each kind that were applied.
    pub(super) applied: BTreeMap<String, usize>,
    /// Entries of records whose fields were the same as in the copy, by type.
    pub(super) unchanged: BTreeMap<String, usize>,
}

impl Copy {
    pub(super) async fn new(app: &TestApp, person: Person, project: String) -> Self {
        let fields = fields_for(app, &person).await.expect("the person is signed in");
        let (records, applied) = (Records::new(), BTreeMap::new());
        Self { person, project, fields, cursor: None, records, applied, unchanged: BTreeMap::new() }
    }

    /// Asks for changes until there are no more, and applies them. Without access the copy is empty; with another role schema it
    /// begins again.
    pub(super) async fn sync(&mut self, app: &TestApp, first: u32) {
        let Some(fields) = fields_for(app, &self.person).await else { return self.clear() };
        if fields != self.fields {
            self.fields = fields;
            self.clear();
        }
        let (mut is_exact, mut conflicts) = (true, 0);
        loop {
            let query = format!(
                "query($id: ID!, $since: String, $first: Int) {{ project(id: $id) {{ changes(since: $since, first: $first) {{
                    entries {{ kind id record {{ __typename {} }} }} cursor hasMore }} }} }}",
                self.fields
            );
            let variables = json!({ "id": self.project, "since": self.cursor, "first": first });
            let reply = app.ask_with(&self.person, &query, variables).await;
            // The person's rights changed within the request: an app asks again.
            if code_of(&reply) == Some("CONFLICT") {
                conflicts += 1;
                assert!(conflicts < MAX_CONFLICTS, "{:?}", reply.json);
                continue;
            }
            if has_no_access(&reply) {
                return self.clear();
            }
            let changes = reply.at("/project/changes");
            let entries = changes["entries"].as_array().expect("a list");
            assert!(entries.len() <= first as usize);
            let ids: BTreeSet<&str> = entries.iter().filter_map(|entry| entry["id"].as_str()).collect();
            assert_eq!(ids.len(), entries.len(), "each record at most once: {changes}");
            for entry in entries {
                self.apply(entry, is_exact);
            }
            // A record that changes between two pages may be sent as changed before the copy has it.
            is_exact = false;
            self.cursor = changes["cursor"].as_str().map(str::to_owned);
            if changes["hasMore"] == false {
                return;
            }
        }
    }

    /// References to records that the copy does not have are null: an app finds nothing there.
    pub(super) fn resolved(&self) -> Records {
        let mut records = self.records.clone();
        for record in records.values_mut().filter_map(Value::as_object_mut) {
            for field in record.values_mut() {
                let referred = field.as_object().filter(|object| object.len() == 1).and_then(|object| object.get("id"));
                if referred.and_then(Value::as_str).is_some_and(|id| !self.records.contains_key(id)) {
                    *field = Value::Null;
                }
            }
        }
        records
    }

    fn clear(&mut self) {
        (self.records, self.cursor) = (Records::new(), None);
    }

    fn apply(&mut self, entry: &Value, is_exact: bool) {
        let id = entry["id"].as_str().expect("an ID").to_owned();
        let kind = entry["kind"].as_str().expect("a kind");
        *self.applied.entry(kind.to_owned()).or_default() += 1;
        let had = match kind {
            "REMOVED" => {
                assert!(entry["record"].is_null(), "a removed record has no content: {entry}");
                self.records.remove(&id)
            }
            _ => self.records.insert(id, entry["record"].clone()),
        };
        assert!(!is_exact || had.is_some() == (kind != "CREATED"), "the copy had {had:?}: {entry}");
        if kind == "CHANGED" && had.as_ref() == Some(&entry["record"]) {
            *self.unchanged.entry(entry["record"]["__typename"].to_string()).or_default() += 1;
        }
    }

    /// All records that the person sees now, each fetched by its ID.
    pub(super) async fn fresh(&self, app: &TestApp) -> Records {
        let mut found = Records::new();
        for ids in all_ids(app, &self.project).await.chunks(50) {
            let query = format!("query($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename {} }} }}", self.fields);
            let reply = app.ask_with(&self.person, &query, json!({ "ids": ids })).await;
            if code_of(&reply) == Some("UNAUTHENTICATED") {
                return Records::new();
            }
            let nodes = reply.at("/nodes").as_array().expect("a list").clone();
            found.extend(ids.iter().cloned().zip(nodes).filter(|(_, node)| !node.is_null()));
        }
        found
    }
}

/// Whether the project does not exist for the person, or the person has no session.
fn has_no_access(reply: &Reply) -> bool {
    code_of(reply) == Some("UNAUTHENTICATED") || reply.at("/project").is_null()
}

/// The code of a reply's first error.
fn code_of(reply: &Reply) -> Option<&str> {
    reply.json.pointer("/errors/0/extensions/code")?.as_str()
}

/// Fields that the rows of a record do not decide: of the company, the delivery of mails, members of the project, and values of other
/// records, such as the unread messages of threads. Addresses of files, which the time decides.
const ELSEWHERE: [&str; 7] =
    ["branding", "delivery", "trade", "approvalDocument", "inlineUrl", "unreadMessageCount", "pendingActions"];
/// The same, of one type. The selection of a decision can be hidden and shown again, while the decision does not change.
const ELSEWHERE_IN: [(&str, &str); 3] =
    [("FileDownload", "url"), ("FileDownload", "expiresAt"), ("Decision", "selection")];

/// Levels of parts within a record.
const PARTS: usize = 3;

/// Fields that types have with different types of values, which a selection must not mix.
const CONFLICTING: [&str; 8] = ["status", "number", "percentComplete", "createdAt", "state", "kind", "title", "source"];

/// Everything that the person's role schema has of the records. None without a session.
async fn fields_for(app: &TestApp, person: &Person) -> Option<String> {
    let viewer = app.store().sign_in(&person.hash()?).await.expect("sign-in answers")?;
    Some(fields_of_all(&Shape::of(&sdl_of(app, Rights::of(&viewer)))))
}

/// A fragment for each type that `node` returns.
fn fields_of_all(shape: &Shape) -> String {
    let of_type = |ty: &str| format!("... on {ty} {{ {} }}", fields_of(shape, ty, PARTS));
    shape.implementors("Node").into_iter().map(of_type).collect::<Vec<_>>().join(" ")
}

/// The fields of an object that belong to it: leaves, other records by ID, and parts. Not lists of records.
fn fields_of(shape: &Shape, ty: &str, depth: usize) -> String {
    let records = shape.implementors("Node");
    let mut written = Vec::new();
    for field in shape.fields(ty) {
        let name = &field.name;
        let is_list_of_records = (name.ends_with('s') || name == "team") && records.contains(&field.ty.as_str());
        if field.arguments.iter().any(|argument| argument.is_required)
            || field.ty.ends_with("Connection")
            || field.ty == "ProjectChanges"
            || ELSEWHERE.contains(&name.as_str())
            || ELSEWHERE_IN.contains(&(ty, name.as_str()))
            || is_list_of_records
        {
            continue;
        }
        if depth == PARTS && CONFLICTING.contains(&name.as_str()) {
            written.push(format!("{}_{name}: {name}", ty.to_lowercase()));
        } else if shape.is_leaf(&field.ty) {
            written.push(name.clone());
        } else if records.contains(&field.ty.as_str()) || field.ty == "ProjectTrade" {
            written.push(format!("{name} {{ id }}"));
        } else if depth > 0 {
            written.push(format!("{name} {{ {} }}", fields_of(shape, &field.ty, depth - 1)));
        }
    }
    written.join(" ")
}

/// The IDs of all records of a project in the database, whoever may see them.
async fn all_ids(app: &TestApp, project: &str) -> Vec<String> {
    let project = GlobalId::parse(project).expect("an ID").uuid;
    let mut ids = Vec::new();
    for (_, tag, table, _) in NODES {
        let columns = TABLES.iter().find(|known| known.name == table).expect("a table").columns;
        let key = if table == "projects" { "id" } else { "project_id" };
        // Leads are records of the company.
        if table == "leads" || !columns.iter().any(|column| column.name == key) {
            continue;
        }
        let sql = format!("select id::text as text from {table} where {key} = '{project}' order by id");
        let rows = app.database().db_texts(&sql).await;
        ids.extend(rows.iter().map(|id| GlobalId::new(tag, id.parse().expect("a UUID")).to_string()));
    }
    ids
}
