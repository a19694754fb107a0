//! Prints the executor's text from the admitted tree, so that two parsers cannot disagree.

use std::collections::{HashMap, HashSet};

use apollo_compiler::ast::{
    Argument, Definition, DirectiveList, Document, Field, FragmentDefinition, OperationDefinition, OperationType,
    Selection, Value,
};
use apollo_compiler::executable::Operation;
use apollo_compiler::{Name, Node, Schema, name};

use super::normal::{self, Normalizer};
use crate::Refusal;
use crate::refusal::Violation;

pub(super) struct Printed {
    pub(super) text: String,
    /// Variables that the text declares.
    pub(super) variables: HashSet<String>,
}

/// Prints the operation, normalized by [`Normalizer`], with the fragments and variables that it uses.
pub(super) fn print(
    schema: &Schema,
    tree: &Document,
    operation: &Operation,
    absent: &HashSet<Name>,
) -> Result<Printed, Refusal> {
    let mut fragments = fragments(tree);
    let Some(mut chosen) = find(tree, operation) else {
        // Unreachable: the validated operation is from this tree.
        return Ok(Printed { text: String::new(), variables: HashSet::new() });
    };
    replace_introspection(&mut chosen, &mut fragments);
    let is_mutation = chosen.operation_type == OperationType::Mutation;
    if is_mutation {
        normal::flatten_root(&mut chosen.selection_set, &fragments);
        normal::merge(&mut chosen.selection_set, true);
    }
    let normal = Normalizer { schema, absent };
    normal.operation(&mut chosen);
    fragments.values_mut().for_each(|fragment| normal.fragment(fragment.make_mut()));
    if is_mutation && let Some(key) = normal::repeated_key(&chosen.selection_set, &fragments) {
        let message = format!("mutation field `{key}` is selected more than once, under different conditions");
        return Err(Refusal::Invalid(vec![Violation::unplaced(message)]));
    }
    Ok(printed(tree, chosen, fragments))
}

fn printed(tree: &Document, mut chosen: OperationDefinition, mut fragments: Fragments) -> Printed {
    let used = Used::by(&chosen, &fragments);
    chosen.variables.retain(|variable| used.variables.contains(&variable.name));
    let variables = chosen.variables.iter().map(|variable| variable.name.to_string()).collect();
    let mut definitions = vec![Definition::OperationDefinition(Node::new(chosen))];
    for definition in &tree.definitions {
        if let Definition::FragmentDefinition(fragment) = definition
            && used.fragments.contains(&fragment.name)
            && let Some(fragment) = fragments.remove(&fragment.name)
        {
            definitions.push(Definition::FragmentDefinition(fragment));
        }
    }
    let text = Document { sources: Default::default(), definitions };
    Printed { text: text.serialize().no_indent().to_string(), variables }
}

/// Prints the introspection fields only; none without introspection.
pub(super) fn print_introspection(tree: &Document, operation: &Operation) -> Option<Printed> {
    let mut fragments = fragments(tree);
    let mut chosen = find(tree, operation)?;
    chosen.name = None;
    let mut waiting = Vec::new();
    let mut seen = HashSet::new();
    let mut is_there = keep_introspection(&mut chosen.selection_set, &mut waiting);
    while let Some(name) = waiting.pop() {
        if seen.insert(name.clone())
            && let Some(fragment) = fragments.get_mut(&name)
        {
            is_there |= keep_introspection(&mut fragment.make_mut().selection_set, &mut waiting);
        }
    }
    is_there.then(|| printed(tree, chosen, fragments))
}

/// Removes all but introspection fields from a root set. Returns whether any are left.
fn keep_introspection(selections: &mut Vec<Selection>, spread: &mut Vec<Name>) -> bool {
    let mut is_there = false;
    selections.retain_mut(|selection| match selection {
        Selection::Field(field) => {
            let introspects = matches!(field.name.as_str(), "__schema" | "__type");
            is_there |= introspects;
            introspects
        }
        Selection::InlineFragment(inline) => {
            let within = keep_introspection(&mut inline.make_mut().selection_set, spread);
            is_there |= within;
            !inline.selection_set.is_empty()
        }
        Selection::FragmentSpread(other) => {
            spread.push(other.fragment_name.clone());
            true
        }
    });
    is_there
}

type Fragments = HashMap<Name, Node<FragmentDefinition>>;

fn fragments(tree: &Document) -> Fragments {
    tree.definitions
        .iter()
        .filter_map(Definition::as_fragment_definition)
        .map(|fragment| (fragment.name.clone(), fragment.clone()))
        .collect()
}

fn find(tree: &Document, operation: &Operation) -> Option<OperationDefinition> {
    tree.definitions
        .iter()
        .filter_map(Definition::as_operation_definition)
        .find(|definition| definition.name == operation.name)
        .map(|definition| OperationDefinition::clone(definition))
}

/// Replaces each `__schema` and `__type` at the root with `__typename` under the same response key, so that the
/// executor keeps the order of the response.
fn replace_introspection(operation: &mut OperationDefinition, fragments: &mut Fragments) {
    let mut waiting = Vec::new();
    let mut seen = HashSet::new();
    replace(&mut operation.selection_set, &mut waiting);
    while let Some(name) = waiting.pop() {
        if seen.insert(name.clone())
            && let Some(fragment) = fragments.get_mut(&name)
        {
            replace(&mut fragment.make_mut().selection_set, &mut waiting);
        }
    }
}

fn replace(selections: &mut [Selection], spread: &mut Vec<Name>) {
    for selection in selections {
        match selection {
            Selection::Field(field) if matches!(field.name.as_str(), "__schema" | "__type") => {
                *field = Node::new(Field {
                    alias: Some(field.response_name().clone()),
                    name: name!("__typename"),
                    arguments: Vec::new(),
                    directives: field.directives.clone(),
                    selection_set: Vec::new(),
                });
            }
            Selection::Field(_) => {}
            Selection::InlineFragment(inline) => {
                replace(&mut inline.make_mut().selection_set, spread);
            }
            Selection::FragmentSpread(other) => spread.push(other.fragment_name.clone()),
        }
    }
}

/// Variables and fragments used by an operation.
#[derive(Default)]
struct Used {
    variables: HashSet<Name>,
    fragments: HashSet<Name>,
    waiting: Vec<Name>,
}

impl Used {
    fn by(operation: &OperationDefinition, fragments: &Fragments) -> Self {
        let mut used = Self::default();
        used.directives(&operation.directives);
        for variable in &operation.variables {
            used.directives(&variable.directives);
        }
        used.selections(&operation.selection_set);
        while let Some(name) = used.waiting.pop() {
            if used.fragments.insert(name.clone())
                && let Some(fragment) = fragments.get(&name)
            {
                used.directives(&fragment.directives);
                used.selections(&fragment.selection_set);
            }
        }
        used
    }

    fn selections(&mut self, selections: &[Selection]) {
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    self.directives(&field.directives);
                    self.arguments(&field.arguments);
                    self.selections(&field.selection_set);
                }
                Selection::InlineFragment(inline) => {
                    self.directives(&inline.directives);
                    self.selections(&inline.selection_set);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives);
                    self.waiting.push(spread.fragment_name.clone());
                }
            }
        }
    }

    fn directives(&mut self, directives: &DirectiveList) {
        for directive in directives {
            self.arguments(&directive.arguments);
        }
    }

    fn arguments(&mut self, arguments: &[Node<Argument>]) {
        for argument in arguments {
            self.value(&argument.value);
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Variable(name) => {
                self.variables.insert(name.clone());
            }
            Value::List(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(entries) => entries.iter().for_each(|(_, value)| self.value(value)),
            _ => {}
        }
    }
}
