//! Example operations from `fixtures/operations`, each for the role that sends it.

use std::sync::LazyLock;

use portico_core::access::{Role, Viewer};
use portico_graphql::{Gateway, Question};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::operations::{self, Operation};

static EXAMPLES: LazyLock<Vec<Example>> = LazyLock::new(read);
static RECORDS: LazyLock<Map<String, Value>> =
    LazyLock::new(|| operations::records().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default());

/// An operation that a frontend sends.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Example {
    /// Name of its folder.
    role: &'static str,
    name: &'static str,
    /// Comment at its top.
    about: String,
    /// Text without that comment.
    query: String,
    is_mutation: bool,
    /// Variables. Strings that begin with `$` are placeholders for values that the page looks up as its user.
    variables: Map<String, Value>,
    /// How to find the records of placeholders, by name.
    records: Map<String, Value>,
}

impl Example {
    /// The operation, and the queries for its records.
    fn questions(&self) -> impl Iterator<Item = Question> {
        let sample = self.variables.iter().map(|(name, value)| (name.clone(), sample(value))).collect();
        let question = Question { query: self.query.clone(), variables: sample, ..Question::default() };
        let queries = self.records.values().filter_map(|record| record["query"].as_str());
        let queries = queries.map(|query| Question { query: query.to_owned(), ..Question::default() });
        std::iter::once(question).chain(queries)
    }
}

/// The examples for a viewer, as JSON: those in the role's folders that the role schema admits. So the list shows nothing
/// that the schema does not show.
pub(super) fn admitted(gateway: &Gateway, viewer: &Viewer) -> String {
    let admitted: Vec<_> = folders(viewer.role)
        .iter()
        .flat_map(|role| EXAMPLES.iter().filter(move |example| example.role == *role))
        .filter(|example| example.questions().all(|question| gateway.admit(viewer, question).is_ok()))
        .collect();
    serde_json::to_string(&admitted).unwrap_or_else(|_| "[]".to_owned())
}

/// The folders for a role, its own first. Outsiders see only their own.
const fn folders(role: Option<Role>) -> &'static [&'static str] {
    match role {
        None => &["public"],
        Some(Role::Client) => &["client"],
        Some(Role::Trade) => &["trade"],
        Some(Role::Staff) => &["staff", "reporting", "owner"],
        Some(Role::Owner) => &["owner", "staff", "reporting"],
        Some(Role::Reporting) => &["reporting", "staff", "owner"],
        Some(Role::Support) => &["support"],
    }
}

fn read() -> Vec<Example> {
    let mut examples: Vec<_> = operations::all().map(example).collect();
    examples.sort_by_key(|example| (example.is_mutation, example.name));
    examples
}

/// A value of the type of the placeholder, so that the variables can be admitted.
fn sample(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with('$') && text.ends_with(".version") => Value::from(1),
        Value::Array(items) => items.iter().map(sample).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), sample(value))).collect(),
        other => other.clone(),
    }
}

/// The placeholders in a value.
fn placeholders(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => text.strip_prefix('$').into_iter().collect(),
        Value::Array(items) => items.iter().flat_map(placeholders).collect(),
        Value::Object(fields) => fields.values().flat_map(placeholders).collect(),
        _ => Vec::new(),
    }
}

fn example(operation: Operation) -> Example {
    let Operation { role, name, text, variables } = operation;
    let (about, query) = split_comment(text);
    let variables: Map<String, Value> = variables.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let named = variables.values().flat_map(placeholders).filter_map(|placeholder| placeholder.split_once('.'));
    let records = named.filter_map(|(name, _)| Some((name.to_owned(), RECORDS.get(name)?.clone()))).collect();
    Example { role, name, about, is_mutation: query.starts_with("mutation"), query, variables, records }
}

/// Splits an operation into its comment, in one line, and its text.
fn split_comment(text: &str) -> (String, String) {
    let lines = text.lines().take_while(|line| line.starts_with('#')).count();
    let about: Vec<_> = text.lines().take(lines).map(|line| line.trim_start_matches('#').trim()).collect();
    let query: String = text.lines().skip(lines).flat_map(|line| [line, "\n"]).collect();
    (about.join(" "), query.trim_start().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_an_example() {
        for role in ["client", "trade", "staff", "owner", "reporting", "support"] {
            assert!(EXAMPLES.iter().any(|example| example.role == role), "nothing for {role}");
        }
        for example in EXAMPLES.iter() {
            assert!(example.about.ends_with('.'), "{}: {}", example.name, example.about);
            let kind = if example.is_mutation { "mutation" } else { "query" };
            assert!(example.query.starts_with(&format!("{kind} {}", example.name)), "{}", example.name);
            for (name, _) in example.variables.values().flat_map(placeholders).filter_map(|name| name.split_once('.')) {
                assert!(example.records.contains_key(name), "{}: records.json lacks {name}", example.name);
            }
        }
    }
}
