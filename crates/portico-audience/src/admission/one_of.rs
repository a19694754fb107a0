//! Answers `__Type.isOneOf`, which the compiler's introspection does not know.
//!
//! The compiler is asked for the type's name in its place, and the name is replaced by the answer.

use apollo_compiler::executable::{Field, Fragment, Operation, Selection, SelectionSet};
use apollo_compiler::schema::{ExtendedType, FieldDefinition};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Node, Schema, name};
use serde_json::Value;

const IS_ONE_OF: &str = "isOneOf";

/// The operation and its fragments with the type's name in the place of each `isOneOf`; none if
/// there is none.
pub(super) fn replaced(
    schema: &Schema,
    executable: &Valid<ExecutableDocument>,
    operation: &Node<Operation>,
) -> Option<(Valid<ExecutableDocument>, Node<Operation>)> {
    let of_type = schema.type_field("__Type", "name").ok()?;
    let name_field: &Node<FieldDefinition> = &of_type.node;
    let mut replacing = Replacing { name_field, found: false };
    let mut executable = ExecutableDocument::clone(executable);
    let mut operation = operation.clone();
    replacing.set(&mut operation.make_mut().selection_set);
    for fragment in executable.fragments.values_mut() {
        replacing.fragment(fragment.make_mut());
    }
    replacing.found.then(|| (Valid::assume_valid(executable), operation))
}

struct Replacing<'a> {
    name_field: &'a Node<FieldDefinition>,
    found: bool,
}

impl Replacing<'_> {
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

/// Puts the answers where the names stand; `set` is what was asked for, before names took the places.
pub(super) fn answer(schema: &Schema, executable: &ExecutableDocument, set: &SelectionSet, told: &mut Value) {
    if let Value::Array(items) = told {
        return items.iter_mut().for_each(|item| answer(schema, executable, set, item));
    }
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => {
                let Some(told) = told.get_mut(field.response_key().as_str()) else { continue };
                if set.ty != "__Type" || field.name != IS_ONE_OF {
                    answer(schema, executable, &field.selection_set, told);
                } else if let Value::String(name) = told {
                    // Where it stands in several selections, the first of them has found the name.
                    *told = is_one_of(schema, name);
                }
            }
            Selection::InlineFragment(inline) => answer(schema, executable, &inline.selection_set, told),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = executable.fragments.get(&spread.fragment_name) {
                    answer(schema, executable, &fragment.selection_set, told);
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
