//! Checks that each variable fits where it is used, also deep inside literals.
//!
//! The compiler compares only innermost type names below the top of an argument, and accepts a default of null as a
//! value. An executor would fail for the rest, with its own messages.

use std::collections::HashSet;

use apollo_compiler::ast::{Argument, DirectiveList, InputValueDefinition, Type, Value};
use apollo_compiler::executable::{Operation, Selection, SelectionSet, VariableDefinition};
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use apollo_compiler::{ExecutableDocument, Name, Node, Schema};

use crate::refusal::Violation;
use crate::{Limits, Refusal};

/// A non-null position with a variable that may be null: a default, of the variable or the position, applies to an
/// omitted value only.
#[derive(Debug)]
pub(super) struct NonNullUse {
    pub(super) variable: Name,
    /// The argument, and the path in it, such as `input.keepIn`.
    place: String,
    ty: Type,
}

impl NonNullUse {
    /// The error about a null.
    pub(super) fn complaint(&self) -> Violation {
        let Self { variable, place, ty } = self;
        Violation::unplaced(format!("argument `{place}`: expected `{ty}`, found null in variable `${variable}`"))
    }
}

/// Rejects a valid operation whose variables do not fit where they are used, or with numbers that executors cannot
/// parse. Returns the positions whose variable must not be null.
pub(super) fn check(
    schema: &Schema,
    executable: &ExecutableDocument,
    operation: &Operation,
    limits: &Limits,
) -> Result<Vec<NonNullUse>, Refusal> {
    let (mut strict, mut invalid, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
    for candidate in executable.operations.iter() {
        let mut check = Check {
            schema,
            executable,
            variables: &candidate.variables,
            seen: HashSet::new(),
            subject: "argument",
            place: String::new(),
            strict: Vec::new(),
            invalid: Vec::new(),
            unreadable: Vec::new(),
        };
        check.defaults();
        check.directives(&candidate.directives);
        check.set(&candidate.selection_set);
        invalid.append(&mut check.invalid);
        unreadable.append(&mut check.unreadable);
        if candidate.name == operation.name {
            strict = check.strict;
        }
    }
    if !invalid.is_empty() {
        invalid.truncate(limits.complaints);
        return Err(Refusal::Invalid(invalid));
    }
    if !unreadable.is_empty() {
        unreadable.truncate(limits.complaints);
        return Err(Refusal::BadInput(unreadable));
    }
    Ok(strict)
}

struct Check<'a> {
    schema: &'a Schema,
    executable: &'a ExecutableDocument,
    variables: &'a [Node<VariableDefinition>],
    seen: HashSet<&'a Name>,
    /// Kind of the current subject, argument or variable, and the position in it.
    subject: &'static str,
    place: String,
    strict: Vec<NonNullUse>,
    invalid: Vec<Violation>,
    unreadable: Vec<Violation>,
}

impl<'a> Check<'a> {
    /// Checks the defaults of variables.
    fn defaults(&mut self) {
        self.subject = "variable";
        for variable in self.variables {
            if let Some(default) = &variable.default_value {
                self.place = format!("${}", variable.name);
                self.value(&variable.ty, false, default);
            }
        }
        self.subject = "argument";
    }

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
                argument.name.as_str().clone_into(&mut self.place);
                self.value(&definition.ty, default, &argument.value);
            }
        }
    }

    /// Checks a value one step further into the argument.
    fn within(&mut self, step: &str, ty: &Type, default: bool, value: &Node<Value>) {
        let length = self.place.len();
        self.place.push_str(step);
        self.value(ty, default, value);
        self.place.truncate(length);
    }

    fn value(&mut self, ty: &Type, default: bool, value: &Node<Value>) {
        match &**value {
            Value::Variable(name) => self.variable(ty, default, name, value),
            Value::List(items) if ty.is_list() => {
                for (index, item) in items.iter().enumerate() {
                    self.within(&format!("[{index}]"), ty.item_type(), false, item);
                }
            }
            Value::Object(entries) => {
                let schema = self.schema;
                let definition = schema.types.get(ty.inner_named_type());
                let Some(ExtendedType::InputObject(input)) = definition else {
                    // Only the executor knows the values of a custom scalar.
                    return entries.iter().for_each(|(_, value)| self.loose(ty, value));
                };
                if input.directives.has("oneOf") {
                    self.one_of(input, entries, value);
                }
                for (name, value) in entries {
                    if let Some(field) = input.fields.get(name) {
                        self.within(&format!(".{name}"), &field.ty, field.default_value.is_some(), value);
                    }
                }
            }
            _ => self.loose(ty, value),
        }
    }

    /// Checks a `@oneOf` input object: exactly one field, which is not null and cannot be.
    fn one_of(&mut self, input: &InputObjectType, entries: &[(Name, Node<Value>)], value: &Node<Value>) {
        let is_given = |value: &Value| match value {
            Value::Null => false,
            Value::Variable(name) => {
                let variable = self.variables.iter().find(|known| known.name == *name);
                variable.is_none_or(|variable| variable.ty.is_non_null())
            }
            _ => true,
        };
        if !matches!(entries, [(_, value)] if is_given(value)) {
            let Self { subject, place, .. } = self;
            let message = format!("{subject} `{place}`: {}", one_of_message(&input.name));
            self.invalid.push(Violation::new(message, value.location(), &self.executable.sources));
        }
    }

    /// Checks values inside a custom scalar.
    fn loose(&mut self, ty: &Type, value: &Node<Value>) {
        match &**value {
            Value::Int(_) | Value::Float(_) => self.number(ty, value),
            Value::List(items) => items.iter().for_each(|item| self.loose(ty, item)),
            Value::Object(entries) => entries.iter().for_each(|(_, value)| self.loose(ty, value)),
            _ => {}
        }
    }

    /// The compiler does not bound numbers of custom scalars.
    fn number(&mut self, ty: &Type, value: &Node<Value>) {
        // An id is a string, however it is written.
        if ty.inner_named_type() != "ID" && value.to_f64().is_none_or(|number| !number.is_finite()) {
            let message = format!("{} `{}`: the number is out of range", self.subject, self.place);
            self.unreadable.push(Violation::new(message, value.location(), &self.executable.sources));
        }
    }

    fn variable(&mut self, ty: &Type, default: bool, name: &Name, value: &Node<Value>) {
        let Some(variable) = self.variables.iter().find(|known| known.name == *name) else {
            return;
        };
        if !fits(variable, ty, default) {
            self.invalid.push(Violation::new(
                format!("variable `${name}` of type `{}` cannot be used where `{ty}` is expected", variable.ty),
                value.location(),
                &self.executable.sources,
            ));
        } else if ty.is_non_null() && !variable.ty.is_non_null() {
            self.strict.push(NonNullUse { variable: name.clone(), place: self.place.clone(), ty: ty.clone() });
        }
    }
}

/// The error for an invalid `@oneOf` input object.
pub(super) fn one_of_message(name: &Name) -> String {
    format!("exactly one field of `{name}` must be given, and must not be null")
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
