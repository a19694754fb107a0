//! Queries of people.

use std::fmt;

use portico_core::id::{GlobalId, Tag};
use portico_fixtures::world::World;
use portico_testkit::{Operation, operations};
use serde_json::{Value, json};

use crate::support::{MAPLE, ORCHARD, PROJECTS};

/// A person's query.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    pub(crate) token: &'static str,
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) variables: Value,
}

impl Read {
    /// A query for a project, with these fields.
    pub(crate) fn of_project(token: &'static str, path: &str, fields: &str) -> Self {
        Self {
            token,
            name: format!("{fields} of {path}"),
            text: format!("query($id: ID!) {{ project(id: $id) {{ {fields} }} }}"),
            variables: json!({ "id": id(Tag::PROJECT, path) }),
        }
    }

    /// A query without variables.
    pub(crate) fn plain(token: &'static str, text: &str) -> Self {
        Self { token, name: text.to_owned(), text: text.to_owned(), variables: json!({}) }
    }

    /// The same query by another person.
    #[must_use]
    pub(crate) fn by(&self, token: &'static str) -> Self {
        Self { token, ..self.clone() }
    }
}

impl fmt::Display for Read {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} asks {}", self.token, self.name)
    }
}

pub(crate) fn id(tag: Tag, path: &str) -> String {
    GlobalId::new(tag, World::id(path)).to_string()
}

/// All callers, with the folder of their operations and their projects; the last project is not theirs.
const PEOPLE: [(&str, &str, &[&str]); 15] = [
    ("demo-client", "client", &[MAPLE, "fernhill/bowen-island", ORCHARD]),
    ("demo-session-ben", "client", &[MAPLE, ORCHARD]),
    ("demo-session-cleo", "client", &[ORCHARD, MAPLE]),
    ("demo-session-hana-client", "client", &["alderbrook/ridge-view", "fernhill/bowen-island"]),
    ("demo-session-ines", "client", &["alderbrook/harbor-court", "fernhill/granville-loft", MAPLE]),
    ("demo-trade", "trade", &[MAPLE, ORCHARD]),
    ("demo-session-eli", "trade", &[MAPLE, "alderbrook/harbor-court"]),
    ("demo-session-wren", "trade", &[ORCHARD, "alderbrook/harbor-court", MAPLE]),
    ("demo-session-lucia", "trade", &["fernhill/bowen-island", MAPLE]),
    ("demo-staff", "staff", &[MAPLE, ORCHARD, "fernhill/bowen-island"]),
    ("demo-session-marcus", "staff", &[MAPLE, ORCHARD, "fernhill/bowen-island"]),
    ("demo-session-priya", "client", &[MAPLE, ORCHARD, "fernhill/bowen-island"]),
    ("demo-owner", "owner", &[MAPLE, "alderbrook/ridge-view", "fernhill/bowen-island"]),
    ("demo-session-margot", "staff", &["fernhill/bowen-island", "fernhill/granville-loft", MAPLE]),
    ("demo-reporting", "reporting", &[MAPLE, ORCHARD, "alderbrook/ridge-view"]),
];

/// Queries for fields that frontends do not use. Each for outsiders as well as staff.
const OTHERS: [&str; 7] = [
    "{ viewer { id name email role projects(first: 2, reverse: true) { totalCount nodes { id number name status
        locations { name } team { name title } } } } }",
    "query($project: ID!) { project(id: $project) { currencyCode locations { id name }
        selections(first: 2, sortKey: TITLE, reverse: true) { totalCount pageInfo { endCursor hasNextPage }
            nodes { title isOverdue location { name } options { title } chosenOption { id title } } } } }",
    "query($project: ID!) { project(id: $project) { schedule { version
        first: tasks(first: 1) { pageInfo { endCursor } nodes { name } }
        all: tasks(first: 50) { totalCount nodes { name percentComplete milestone { name status } } } }
        milestones { id name status } } }",
    "query($project: ID!, $selection: ID!) { node(id: $project) { ... on Project { name address { city } } }
        nodes(ids: [$selection, $project]) { __typename ... on Selection { title dueOn isOverdue } } }",
    // Not for trade partners, whose schema lacks the field.
    "query($project: ID!) { portal(host: \"portal.alderbrook.example\") { branding { companyName publicPhone } }
        project(id: $project) { portal { features navigation branding { companyName primaryColor } } schedule { view } } }",
    "query($project: ID!) { project(id: $project) { name portal { guideUrl helpArticles(first: 2) { totalCount
        pageInfo { hasNextPage endCursor } nodes { title body } } } } }",
    // For staff only.
    "query($project: ID!) { company { name portal { defaultFeatures guideUrl offersLink } helpArticles { totalCount
        nodes { title state version } } } project(id: $project) { portal { ownGuideUrl setupChecklist { kind isDone } } } }",
];

/// The queries of a caller, by token.
pub(crate) fn reads_of(token: &str) -> Vec<Read> {
    let (token, folder, projects) =
        PEOPLE.iter().find(|(other, ..)| *other == token).unwrap_or_else(|| panic!("no caller has the token {token}"));
    let selection = id(Tag::SELECTION, &format!("{MAPLE}/selection/Front door"));
    let client = id(Tag::PROJECT_MEMBERSHIP, &format!("{MAPLE}/client/ana"));
    let folders: &[&str] = if *folder == "owner" { &["owner", "staff"] } else { &[folder] };
    let mut reads = Vec::new();
    for path in *projects {
        assert!(PROJECTS.contains(path));
        let project = id(Tag::PROJECT, path);
        // A reader's answer to `changes` stores what was sent, so the next one may have another cursor.
        let is_read =
            |operation: &&Operation| folders.contains(&operation.role.as_str()) && !operation.text.contains("changes(");
        for operation in operations().iter().filter(is_read) {
            let variables = operation.variables(&project, &selection, &client);
            if *path == projects[0] || operation.text.contains("$project") {
                let name = format!("{} of {path}", operation.name);
                reads.push(Read { token, name, text: operation.text.clone(), variables });
            }
        }
        for (number, text) in OTHERS.iter().enumerate().filter(|(number, _)| *path == projects[0] || *number != 0) {
            let variables = json!({ "project": project, "selection": selection });
            reads.push(Read { token, name: format!("other {number} of {path}"), text: (*text).to_owned(), variables });
        }
    }
    reads
}

/// The queries of all callers.
pub(crate) fn seen_by_all() -> Vec<Read> {
    PEOPLE.iter().flat_map(|(token, ..)| reads_of(token)).collect()
}
