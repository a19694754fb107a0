//! Literals: classification of validation errors, and forbidden strings.

use std::collections::HashSet;

use apollo_compiler::ast::{Argument, Definition, DirectiveList, Document, Selection, Value, VariableDefinition};
use apollo_compiler::diagnostic::ToCliReport;
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::validation::DiagnosticList;
use apollo_compiler::{Name, Node, Schema};

use super::hints::with_hint;
use super::strings;
use crate::refusal::Violation;
use crate::{Limits, Refusal};

/// The validator's messages for numbers out of range.
const OUT_OF_RANGE: [&str; 2] = [
    "int cannot represent non 32-bit signed integer value",
    "float cannot represent non-finite 64-bit floating point value",
];

/// The validator's message for a field without a selection set.
const NOTHING_SELECTED: &str = "interface, union and object types must have a subselection set";

/// The validator's error names for unknown names. A test covers each.
const UNKNOWN: [&str; 9] = [
    "UndefinedField",
    "UndefinedArgument",
    "UndefinedDefinition",
    "UndefinedDirective",
    "UndefinedEnumValue",
    "UndefinedInputValue",
    "UndefinedRootOperation",
    "UndefinedTypeInNamedFragmentTypeCondition",
    "UndefinedTypeInInlineFragmentTypeCondition",
];

/// The refusal of an invalid text. If all errors are numbers out of range, the operation itself is valid and the input
/// is not.
pub(super) fn refusal(schema: &Schema, tree: &Document, errors: &DiagnosticList, limits: &Limits) -> Refusal {
    let out_of_range = |message: &str| OUT_OF_RANGE.contains(&message);
    if !errors.iter().all(|diagnostic| out_of_range(&diagnostic.error.to_string())) {
        return Refusal::Invalid(invalid(schema, tree, errors, limits));
    }
    let found = errors.iter().take(limits.complaints).map(|diagnostic| {
        let span = diagnostic.error.location();
        let message = match span.and_then(|span| place(tree, span)) {
            Some(place) => format!("{place}: {}", diagnostic.error),
            None => diagnostic.error.to_string(),
        };
        Violation::new(message, span, &tree.sources)
    });
    Refusal::BadInput(found.collect())
}

/// The validator's errors, without a false one: it reports a missing selection set for a field with only unknown fields
/// selected.
fn invalid(schema: &Schema, tree: &Document, errors: &DiagnosticList, limits: &Limits) -> Vec<Violation> {
    errors
        .iter()
        .filter(|diagnostic| {
            diagnostic.error.to_string() != NOTHING_SELECTED
                || !diagnostic.error.location().is_some_and(|span| selects(tree, span))
        })
        .take(limits.complaints)
        .map(|diagnostic| {
            let is_unknown = diagnostic.error.unstable_error_name().is_some_and(|name| UNKNOWN.contains(&name));
            let message = with_hint(schema, diagnostic.error.to_string());
            Violation {
                unknown_name: is_unknown,
                ..Violation::new(message, diagnostic.error.location(), &tree.sources)
            }
        })
        .collect()
}

/// Whether the field at this position has a selection set.
fn selects(tree: &Document, span: SourceSpan) -> bool {
    fn within(selections: &[Selection], span: SourceSpan) -> bool {
        selections.iter().any(|selection| match selection {
            Selection::Field(field) => {
                (field.location() == Some(span) && !field.selection_set.is_empty())
                    || within(&field.selection_set, span)
            }
            Selection::InlineFragment(inline) => within(&inline.selection_set, span),
            Selection::FragmentSpread(_) => false,
        })
    }
    tree.definitions.iter().any(|definition| match definition {
        Definition::OperationDefinition(operation) => within(&operation.selection_set, span),
        Definition::FragmentDefinition(fragment) => within(&fragment.selection_set, span),
        _ => false,
    })
}

/// Rejects an input object with a repeated field: parsers differ in which one they use.
pub(super) fn check_duplicates(tree: &Document) -> Result<(), Refusal> {
    let mut twice = None;
    let place = find(tree, &mut |_, value| {
        twice = given_twice(value);
        twice.is_some()
    });
    match (place, twice) {
        (Some(place), Some((name, span))) => {
            let message = format!("{place}: input field `{name}` is given twice");
            Err(Refusal::Invalid(vec![Violation::new(message, span, &tree.sources)]))
        }
        _ => Ok(()),
    }
}

/// The first repeated field of an object, with its second position.
fn given_twice(value: &Value) -> Option<(Name, Option<SourceSpan>)> {
    match value {
        Value::List(items) => items.iter().find_map(|item| given_twice(item)),
        Value::Object(entries) => {
            let mut seen = HashSet::new();
            entries.iter().find_map(|(name, value)| {
                if seen.insert(name) { given_twice(value) } else { Some((name.clone(), name.location())) }
            })
        }
        _ => None,
    }
}

/// Rejects forbidden strings anywhere in the text.
pub(super) fn check_strings(tree: &Document, limits: &Limits) -> Result<(), Refusal> {
    let mut unfit = None;
    let place = find(tree, &mut |_, value| {
        unfit = strings::in_literal(value, limits);
        unfit.is_some()
    });
    match (unfit, place) {
        (Some(unfit), Some(place)) => Err(unfit.at(&place)),
        _ => Ok(()),
    }
}

/// The argument or variable at a position of the text.
fn place(tree: &Document, span: SourceSpan) -> Option<String> {
    find(tree, &mut |around, _| {
        around.is_some_and(|around| around.offset() <= span.offset() && span.end_offset() <= around.end_offset())
    })
}

type Wanted<'a> = &'a mut dyn FnMut(Option<SourceSpan>, &Value) -> bool;

/// The first argument or variable default that matches, by name.
fn find(tree: &Document, wanted: Wanted<'_>) -> Option<String> {
    tree.definitions.iter().find_map(|definition| {
        let selections = match definition {
            Definition::OperationDefinition(operation) => {
                let found =
                    variables(&operation.variables, wanted).or_else(|| directives(&operation.directives, wanted));
                if found.is_some() {
                    return found;
                }
                &operation.selection_set
            }
            Definition::FragmentDefinition(fragment) => {
                let found = directives(&fragment.directives, wanted);
                if found.is_some() {
                    return found;
                }
                &fragment.selection_set
            }
            _ => return None,
        };
        in_selections(selections, wanted)
    })
}

fn in_selections(selections: &[Selection], wanted: Wanted<'_>) -> Option<String> {
    selections.iter().find_map(|selection| match selection {
        Selection::Field(field) => arguments(&field.arguments, wanted)
            .or_else(|| directives(&field.directives, wanted))
            .or_else(|| in_selections(&field.selection_set, wanted)),
        Selection::InlineFragment(inline) => {
            directives(&inline.directives, wanted).or_else(|| in_selections(&inline.selection_set, wanted))
        }
        Selection::FragmentSpread(spread) => directives(&spread.directives, wanted),
    })
}

fn variables(definitions: &[Node<VariableDefinition>], wanted: Wanted<'_>) -> Option<String> {
    definitions.iter().find_map(|definition| {
        let default = definition.default_value.as_ref()?;
        if wanted(default.location(), default) {
            return Some(format!("variable `${}`", definition.name));
        }
        directives(&definition.directives, wanted)
    })
}

fn directives(list: &DirectiveList, wanted: Wanted<'_>) -> Option<String> {
    list.iter().find_map(|directive| arguments(&directive.arguments, wanted))
}

fn arguments(list: &[Node<Argument>], wanted: Wanted<'_>) -> Option<String> {
    list.iter()
        .find(|argument| wanted(argument.location(), &argument.value))
        .map(|argument| format!("argument `{}`", argument.name))
}
