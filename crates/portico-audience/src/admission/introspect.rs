//! Answers `__schema` and `__type` from the document.

use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Node, introspection};
use serde_json::{Map, Value};

use crate::refusal::Complaint;
use crate::{Document, Limits, Refusal};

/// How often lists of `__Type` may be nested before the answer grows out of all proportion. The
/// bound itself is the compiler's.
const LISTS: u64 = 2;

fn introspects(field: &Field) -> bool {
    matches!(field.name.as_str(), "__schema" | "__type")
}

/// Whether the operation introspects; refuses it if it may not, or not there.
///
/// The query type may be reached again further down, where `__schema` would be valid, but
/// answers are put in place at the root alone.
pub(super) fn check(
    document: &Document,
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
        limit: LISTS,
        found: LISTS + 1,
    })?;
    Ok(true)
}

/// The first introspection field that is not at the root. Walks expanded fragments, which are
/// bounded by now.
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

/// The words in which the validator speaks of any other unknown field.
fn unknown(document: &Document, executable: &ExecutableDocument, field: &Node<Field>) -> Refusal {
    let query = document.schema.schema_definition.query.as_ref();
    let query = query.map_or("Query", |name| name.name.as_str());
    Refusal::Invalid(vec![Complaint::new(
        format!("type `{query}` does not have a field `{}`", field.name),
        field.name.location(),
        &executable.sources,
    )])
}

/// The answers by response key.
pub(super) fn answer(
    document: &Document,
    executable: &Valid<ExecutableDocument>,
    operation: &Node<Operation>,
    variables: &Map<String, Value>,
) -> Result<Map<String, Value>, Refusal> {
    let values: JsonMap = serde_json::to_value(variables).and_then(serde_json::from_value).map_err(|_| bad_input())?;
    let response = introspection::partial_execute(
        &document.schema,
        &document.implementers,
        executable,
        operation,
        &Valid::assume_valid(values),
    )
    .map_err(|_| bad_input())?;
    let data = match response.data {
        Some(data) if response.errors.is_empty() => data,
        _ => return Err(bad_input()),
    };
    let mut answers = Map::new();
    for field in operation.root_fields(executable) {
        let key = field.response_key().as_str();
        if introspects(field)
            && let Some(value) = data.get(key)
        {
            let value = serde_json::to_value(value).map_err(|_| bad_input())?;
            answers.insert(key.to_owned(), value);
        }
    }
    Ok(answers)
}

/// All that can go wrong is null given for an argument of introspection by way of a variable.
fn bad_input() -> Refusal {
    Refusal::BadInput(vec![Complaint::unplaced("an argument of the introspection is null")])
}
