//! Implements `__Type.isOneOf`, which the compiler's introspection lacks.
//!
//! The compiler is asked for the type's name instead, and the name is replaced with the value.

use apollo_compiler::executable::{Field, Fragment, Operation, Selection, SelectionSet};
use apollo_compiler::schema::{ExtendedType, FieldDefinition};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Node, Schema, name};
use serde_json::Value;

const IS_ONE_OF: &str = "isOneOf";

/// Replaces each `isOneOf` in the operation and its fragments with the type's name; none if there is no `isOneOf`.
pub(super) fn replaced(
    schema: &Schema,
    executable: &Valid<ExecutableDocument>,
    operation: &Node<Operation>,
) -> Option<(Valid<ExecutableDocument>, Node<Operation>)> {
    let of_type = schema.type_field("__Type", "name").ok()?;
    let name_field: &Node<FieldDefinition> = &of_type.node;
    let mut replacer = Replacer { name_field, found: false };
    let mut executable = ExecutableDocument::clone(executable);
    let mut operation = operation.clone();
    replacer.set(&mut operation.make_mut().selection_set);
    for fragment in executable.fragments.values_mut() {
        replacer.fragment(fragment.make_mut());
    }
    replacer.found.then(|| (Valid::assume_valid(executable), operation))
}

struct Replacer<'a> {
    name_field: &'a Node<FieldDefinition>,
    found: bool,
}

impl Replacer<'_> {
    fn fragment(&mut self, fragment: &mut Fragment) {
        self.set(&mut fragment.selection_set);
    }

    fn set(&mut self, set: &mut SelectionSet) {
        let is_type = set.ty == "__Type";
        for selection in &mut set.selections {
            match selection {
                Selection::Field(field) if is_type && field.name == IS_ONE_OF => {
                    self.found = true;
                    *field = Node::new(Field {
                        alias: Some(field.response_key().clone()),
                        name: name!("name"),
                        definition: self.name_field.clone(),
                        ..Field::clone(field)
                    });
                }
                Selection::Field(field) => self.set(&mut field.make_mut().selection_set),
                Selection::InlineFragment(inline) => self.set(&mut inline.make_mut().selection_set),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
}

/// Replaces the names with values; `set` is the original selection set.
pub(super) fn answer(schema: &Schema, executable: &ExecutableDocument, set: &SelectionSet, response: &mut Value) {
    if let Value::Array(items) = response {
        return items.iter_mut().for_each(|item| answer(schema, executable, set, item));
    }
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => {
                let Some(response) = response.get_mut(field.response_key().as_str()) else { continue };
                if set.ty != "__Type" || field.name != IS_ONE_OF {
                    answer(schema, executable, &field.selection_set, response);
                } else if let Value::String(name) = response {
                    // If several selections contain it, the first has replaced the name.
                    *response = is_one_of(schema, name);
                }
            }
            Selection::InlineFragment(inline) => answer(schema, executable, &inline.selection_set, response),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = executable.fragments.get(&spread.fragment_name) {
                    answer(schema, executable, &fragment.selection_set, response);
                }
            }
        }
    }
}

fn is_one_of(schema: &Schema, name: &str) -> Value {
    match schema.types.get(name) {
        Some(ExtendedType::InputObject(input)) => Value::Bool(input.directives.has("oneOf")),
        _ => Value::Null,
    }
}
