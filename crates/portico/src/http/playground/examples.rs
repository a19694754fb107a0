//! Example operations from `fixtures/operations`, each for the role that sends it.

use std::sync::LazyLock;

use portico_core::access::{Role, Viewer};
use portico_graphql::{Gateway, Question};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::operations::{self, Operation};

static EXAMPLES: LazyLock<Vec<Example>> = LazyLock::new(read);

/// An operation that a frontend sends.
#[derive(Debug, Serialize)]
struct Example {
    /// Name of its folder.
    role: &'static str,
    name: &'static str,
    /// Comment at its top.
    about: String,
    /// Text without that comment.
    query: String,
    /// Variables. Values that begin with `$` are placeholders for ids, which the page looks up as its user.
    variables: Map<String, Value>,
}

impl Example {
    fn question(&self) -> Question {
        Question { query: self.query.clone(), variables: self.variables.clone(), ..Question::default() }
    }
}

/// The examples for a viewer, as JSON: those in the role's folders that the role schema admits. So the list shows nothing
/// that the schema does not show.
pub(super) fn admitted(gateway: &Gateway, viewer: &Viewer) -> String {
    let admitted: Vec<_> = folders(viewer.role)
        .iter()
        .flat_map(|role| EXAMPLES.iter().filter(move |example| example.role == *role))
        .filter(|example| gateway.admit(viewer, example.question()).is_ok())
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
    examples.sort_by_key(|example| example.name);
    examples
}

fn example(operation: Operation) -> Example {
    let Operation { role, name, text, variables } = operation;
    let (about, query) = split_comment(text);
    let variables = variables.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    Example { role, name, about, query, variables }
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
            assert!(example.query.starts_with(&format!("query {}", example.name)), "{}", example.name);
        }
    }
}
