//! Consistency checks of a role schema.

use apollo_compiler::ast::{InputValueDefinition, Type, Value};
use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::{Component, ExtendedType, FieldDefinition};
use apollo_compiler::{Name, Node, Schema};

use crate::coordinates;

type Fields = IndexMap<Name, Component<FieldDefinition>>;

/// One error per coordinate that the cut made unusable, in schema order.
pub(super) fn check(whole: &Schema, cut: &Schema) -> Vec<String> {
    let mut checks = Checks { cut, broken: Vec::new() };
    for (name, definition) in &cut.types {
        if definition.is_built_in() {
            continue;
        }
        match (definition, whole.types.get(name)) {
            (ExtendedType::Object(left), Some(ExtendedType::Object(before))) => {
                checks.fields(name, &left.fields, &before.fields);
                for interface in &left.implements_interfaces {
                    checks.implements(name, &left.fields, &interface.name);
                }
            }
            (ExtendedType::Interface(left), Some(ExtendedType::Interface(before))) => {
                checks.fields(name, &left.fields, &before.fields);
            }
            (ExtendedType::InputObject(left), Some(ExtendedType::InputObject(before))) => {
                for (field, definition) in &before.fields {
                    let coordinate = coordinates::member(name, field);
                    let kept = left.fields.get(field).map(|field| &field.node);
                    checks.input(&coordinate, definition, kept);
                }
            }
            _ => {}
        }
    }
    checks.broken
}

struct Checks<'a> {
    cut: &'a Schema,
    broken: Vec<String>,
}

impl Checks<'_> {
    fn fields(&mut self, ty: &Name, left: &Fields, before: &Fields) {
        for (name, field) in left {
            self.type_left(&coordinates::member(ty, name), field.ty.inner_named_type());
            let Some(before) = before.get(name) else {
                continue;
            };
            for argument in &before.arguments {
                let coordinate = coordinates::argument(ty, name, &argument.name);
                let kept = field.arguments.iter().find(|kept| kept.name == argument.name);
                self.input(&coordinate, argument, kept);
            }
        }
    }

    fn type_left(&mut self, coordinate: &str, ty: &Name) {
        if !self.cut.types.contains_key(ty) {
            self.broken.push(format!("{coordinate}: its type {ty} is gone"));
        }
    }

    /// Checks an argument or input field: removed only if optional, and complete if kept.
    fn input(&mut self, coordinate: &str, before: &InputValueDefinition, kept: Option<&Node<InputValueDefinition>>) {
        let Some(kept) = kept else {
            if before.is_required() {
                self.broken.push(format!("{coordinate}: it is required, but hidden"));
            }
            return;
        };
        self.type_left(coordinate, kept.ty.inner_named_type());
        if let Some(default) = &kept.default_value {
            self.default(coordinate, &kept.ty, default);
        }
    }

    /// Checks a default: it is visible with its argument, so it must not use hidden names.
    fn default(&mut self, coordinate: &str, ty: &Type, value: &Value) {
        match (value, self.cut.types.get(ty.inner_named_type())) {
            (Value::List(items), _) => {
                for item in items {
                    self.default(coordinate, ty.item_type(), item);
                }
            }
            (Value::Enum(value), Some(ExtendedType::Enum(values))) if !values.values.contains_key(value) => {
                self.broken.push(format!("{coordinate}: its default names the hidden value {value}"));
            }
            (Value::Object(entries), Some(ExtendedType::InputObject(input))) => {
                for (name, value) in entries {
                    match input.fields.get(name) {
                        Some(field) => self.default(coordinate, &field.ty, value),
                        None => self.broken.push(format!("{coordinate}: its default names the hidden field {name}")),
                    }
                }
            }
            _ => {}
        }
    }

    fn implements(&mut self, ty: &Name, fields: &Fields, interface: &Name) {
        let Some(interface) = self.cut.get_interface(interface) else {
            return;
        };
        for field in interface.fields.keys() {
            if !fields.contains_key(field) {
                let coordinate = coordinates::member(ty, field);
                self.broken.push(format!("{coordinate}: it is hidden, but {} keeps it", interface.name));
            }
        }
    }
}
