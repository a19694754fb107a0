//! Example operations: those of `fixtures/operations`, each for the role that sends it.

use std::sync::LazyLock;

use portico_core::access::{Role, Viewer};
use portico_graphql::{Gateway, Question};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::operations::{self, Operation};

static EXAMPLES: LazyLock<Vec<Example>> = LazyLock::new(read);

/// An operation that somebody really sends.
#[derive(Debug, Serialize)]
struct Example {
    /// The folder it lies in.
    role: &'static str,
    name: &'static str,
    /// The comment at its top.
    about: String,
    /// Without that comment.
    query: String,
    /// Values that begin with `$` stand for ids, which the page looks up as whoever uses it.
    variables: Map<String, Value>,
}

impl Example {
    fn question(&self) -> Question {
        Question { query: self.query.clone(), variables: self.variables.clone(), ..Question::default() }
    }
}

/// The examples for somebody, as JSON: of their role's own folders, and of those only what their document admits. So the
/// list says nothing that the schema does not say.
pub(super) fn admitted(gateway: &Gateway, viewer: &Viewer) -> String {
    let admitted: Vec<_> = folders(viewer.role)
        .iter()
        .flat_map(|role| EXAMPLES.iter().filter(move |example| example.role == *role))
        .filter(|example| gateway.admit(viewer, example.question()).is_ok())
        .collect();
    serde_json::to_string(&admitted).unwrap_or_else(|_| "[]".to_owned())
}

/// The folders that somebody is shown, their own first. An outsider is shown no other's.
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
    let (about, query) = apart(text);
    let variables = variables.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    Example { role, name, about, query, variables }
}

/// The comment at the top of an operation, in one line, and what follows it.
fn apart(text: &str) -> (String, String) {
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
