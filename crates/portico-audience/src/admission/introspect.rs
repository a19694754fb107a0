//! Responses to `__schema` and `__type`.

use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Node, introspection};
use serde_json::{Map, Value};

use super::one_of;
use super::print::Printed;
use crate::refusal::Violation;
use crate::{Limits, Refusal, RoleSchema};

/// Maximum nesting of lists of `__Type`, beyond which responses grow exponentially. The compiler enforces it.
const MAX_NESTED_LISTS: u64 = 2;

fn introspects(field: &Field) -> bool {
    matches!(field.name.as_str(), "__schema" | "__type")
}

/// Returns whether the operation uses introspection; rejects it if disabled or not at the root.
///
/// The query type may occur again below the root, where `__schema` would be valid, but responses are inserted at the
/// root only.
pub(super) fn check(
    document: &RoleSchema,
    executable: &Valid<ExecutableDocument>,
    operation: &Node<Operation>,
    limits: &Limits,
) -> Result<bool, Refusal> {
    let root: Vec<_> = operation.root_fields(executable).filter(|field| introspects(field)).collect();
    let misplaced = match root.first() {
        Some(field) if !limits.introspection => Some(*field),
        _ => nested(executable, &operation.selection_set, true),
    };
    if let Some(field) = misplaced {
        return Err(unknown(document, executable, field));
    }
    if root.is_empty() {
        return Ok(false);
    }
    introspection::check_max_depth(executable, operation).map_err(|_| Refusal::Limit {
        what: "nested lists of introspection",
        limit: MAX_NESTED_LISTS,
        found: MAX_NESTED_LISTS + 1,
    })?;
    Ok(true)
}

/// The first introspection field below the root. Walks expanded fragments, which are bounded already.
fn nested<'a>(executable: &'a ExecutableDocument, set: &'a SelectionSet, root: bool) -> Option<&'a Node<Field>> {
    set.selections.iter().find_map(|selection| match selection {
        Selection::Field(field) if introspects(field) => (!root).then_some(field),
        Selection::Field(field) => nested(executable, &field.selection_set, false),
        Selection::InlineFragment(inline) => nested(executable, &inline.selection_set, root),
        Selection::FragmentSpread(spread) => {
            let fragment = executable.fragments.get(&spread.fragment_name)?;
            nested(executable, &fragment.selection_set, root)
        }
    })
}

/// The validator's error for an unknown field.
fn unknown(document: &RoleSchema, executable: &ExecutableDocument, field: &Node<Field>) -> Refusal {
    let query = document.schema.schema_definition.query.as_ref();
    let query = query.map_or("Query", |name| name.name.as_str());
    let message = format!("type `{query}` does not have a field `{}`", field.name);
    let complaint = Violation::new(message, field.name.location(), &executable.sources);
    Refusal::Invalid(vec![Violation { unknown_name: true, ..complaint }])
}

/// Cache key of a response: role schema, printed introspection fields, and variables.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct IntrospectionKey([u8; 32]);

impl IntrospectionKey {
    pub(super) fn new(document: &RoleSchema, printed: &Printed, variables: &Map<String, Value>) -> Self {
        let mut digest = blake3::Hasher::new();
        digest.update(&document.number.to_le_bytes());
        // The text contains no NUL, and JSON is unambiguous.
        digest.update(printed.text.as_bytes()).update(b"\0");
        for (name, value) in variables.iter().filter(|(name, _)| printed.variables.contains(*name)) {
            digest.update(name.as_bytes()).update(b"\0").update(value.to_string().as_bytes()).update(b"\0");
        }
        Self(*digest.finalize().as_bytes())
    }
}

/// Responses to an operation's `__schema` and `__type`, by response key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Introspection(Vec<(String, String)>);

impl Introspection {
    /// The response under a key, as JSON.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, json)| json.as_str())
    }

    /// All responses as JSON, with their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, json)| (key.as_str(), json.as_str()))
    }

    pub(crate) fn weight(&self) -> u64 {
        self.0.iter().map(|(key, json)| (key.len() + json.len() + 48) as u64).sum()
    }
}

/// Computes the responses from the role schema.
pub(super) fn answer(
    document: &RoleSchema,
    executable: &Valid<ExecutableDocument>,
    operation: &Node<Operation>,
    variables: &Map<String, Value>,
) -> Result<Introspection, Refusal> {
    let values: JsonMap = serde_json::to_value(variables).and_then(serde_json::from_value).map_err(|_| bad_input())?;
    let replaced = one_of::replaced(&document.schema, executable, operation);
    let (asked, asked_operation) = replaced.as_ref().map_or((executable, operation), |(asked, of)| (asked, of));
    let response = introspection::partial_execute(
        &document.schema,
        &document.implementers,
        asked,
        asked_operation,
        &Valid::assume_valid(values),
    )
    .map_err(|_| bad_input())?;
    let data = match response.data {
        Some(data) if response.errors.is_empty() => data,
        _ => return Err(bad_input()),
    };
    let mut data = serde_json::to_value(data).map_err(|_| bad_input())?;
    if replaced.is_some() {
        one_of::answer(&document.schema, executable, &operation.selection_set, &mut data);
    }
    let mut answers: Vec<(String, String)> = Vec::new();
    for field in operation.root_fields(executable) {
        let key = field.response_key().as_str();
        if introspects(field)
            && answers.iter().all(|(known, _)| known != key)
            && let Some(value) = data.get(key)
        {
            answers.push((key.to_owned(), value.to_string()));
        }
    }
    Ok(Introspection(answers))
}

/// The only possible error: a variable sets an argument of introspection to null.
fn bad_input() -> Refusal {
    Refusal::BadInput(vec![Violation::unplaced("an argument of the introspection is null")])
}
