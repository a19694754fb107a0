//! Whether each variable fits the place it is used in, however deep in a literal that is.
//!
//! The compiler compares only the innermost names below the top of an argument, and takes a
//! default of null for a value. An executor would stumble over the rest, in words of its own.

use std::collections::HashSet;

use apollo_compiler::ast::{Argument, DirectiveList, InputValueDefinition, Type, Value};
use apollo_compiler::executable::{Operation, Selection, SelectionSet, VariableDefinition};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Name, Node, Schema};

use crate::refusal::Complaint;
use crate::{Limits, Refusal};

/// Refuses a valid operation whose variables do not fit where they are used.
pub(super) fn check(
    schema: &Schema,
    executable: &ExecutableDocument,
    operation: &Operation,
    limits: &Limits,
) -> Result<(), Refusal> {
    let mut check =
        Check { schema, executable, variables: &operation.variables, seen: HashSet::new(), wrong: Vec::new() };
    check.directives(&operation.directives);
    check.set(&operation.selection_set);
    if check.wrong.is_empty() {
        return Ok(());
    }
    check.wrong.truncate(limits.complaints);
    Err(Refusal::Invalid(check.wrong))
}

struct Check<'a> {
    schema: &'a Schema,
    executable: &'a ExecutableDocument,
    variables: &'a [Node<VariableDefinition>],
    seen: HashSet<&'a Name>,
    wrong: Vec<Complaint>,
}

impl<'a> Check<'a> {
    fn set(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            self.directives(selection.directives());
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.arguments, &field.definition.arguments);
                    self.set(&field.selection_set);
                }
                Selection::InlineFragment(inline) => self.set(&inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    let fragment = self.executable.fragments.get(&spread.fragment_name);
                    if let Some(fragment) = fragment
                        && self.seen.insert(&fragment.name)
                    {
                        self.directives(&fragment.directives);
                        self.set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &DirectiveList) {
        let schema = self.schema;
        for directive in directives {
            if let Some(definition) = schema.directive_definitions.get(&directive.name) {
                self.arguments(&directive.arguments, &definition.arguments);
            }
        }
    }

    fn arguments(&mut self, given: &[Node<Argument>], definitions: &[Node<InputValueDefinition>]) {
        for argument in given {
            let definition = definitions.iter().find(|known| known.name == argument.name);
            if let Some(definition) = definition {
                let default = definition.default_value.is_some();
                self.value(&definition.ty, default, &argument.value);
            }
        }
    }

    fn value(&mut self, ty: &Type, default: bool, value: &Node<Value>) {
        match &**value {
            Value::Variable(name) => self.variable(ty, default, name, value),
            Value::List(items) if ty.is_list() => {
                for item in items {
                    self.value(ty.item_type(), false, item);
                }
            }
            Value::Object(entries) => {
                let schema = self.schema;
                let definition = schema.types.get(ty.inner_named_type());
                let Some(ExtendedType::InputObject(input)) = definition else {
                    // Only the executor knows what a scalar of the schema's own accepts.
                    return;
                };
                for (name, value) in entries {
                    if let Some(field) = input.fields.get(name) {
                        self.value(&field.ty, field.default_value.is_some(), value);
                    }
                }
            }
            _ => {}
        }
    }

    fn variable(&mut self, ty: &Type, default: bool, name: &Name, value: &Node<Value>) {
        let Some(variable) = self.variables.iter().find(|known| known.name == *name) else {
            return;
        };
        if !fits(variable, ty, default) {
            self.wrong.push(Complaint::new(
                format!("variable `${name}` of type `{}` cannot be used where `{ty}` is expected", variable.ty),
                value.location(),
                &self.executable.sources,
            ));
        }
    }
}

/// `IsVariableUsageAllowed` of the specification.
fn fits(variable: &VariableDefinition, ty: &Type, default: bool) -> bool {
    if ty.is_non_null() && !variable.ty.is_non_null() {
        let given = variable.default_value.as_ref();
        let filled = default || given.is_some_and(|value| !value.is_null());
        return filled && variable.ty.is_assignable_to(&ty.clone().nullable());
    }
    variable.ty.is_assignable_to(ty)
}
