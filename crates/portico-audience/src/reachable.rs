//! Types that are reachable from the roots of a schema.

use std::collections::HashSet;

use apollo_compiler::schema::{ExtendedType, FieldDefinition, InputValueDefinition};
use apollo_compiler::{Name, Schema};

/// Names of all types reachable from the roots: through fields, arguments, input fields, interfaces, their implementors
/// and union members. Includes names without a definition.
pub(crate) fn reachable(schema: &Schema) -> HashSet<Name> {
    let mut walk = Walk { schema, seen: HashSet::new(), waiting: Vec::new() };
    for (_, root) in schema.schema_definition.iter_root_operations() {
        walk.meet(&root.name);
    }
    while let Some(name) = walk.waiting.pop() {
        if let Some(definition) = schema.types.get(&name) {
            walk.visit(definition);
        }
    }
    walk.seen
}

struct Walk<'a> {
    schema: &'a Schema,
    seen: HashSet<Name>,
    waiting: Vec<Name>,
}

impl Walk<'_> {
    fn meet(&mut self, name: &Name) {
        if self.seen.insert(name.clone()) {
            self.waiting.push(name.clone());
        }
    }

    fn visit(&mut self, definition: &ExtendedType) {
        match definition {
            ExtendedType::Object(object) => {
                object.fields.values().for_each(|field| self.field(field));
                for interface in &object.implements_interfaces {
                    self.meet(&interface.name);
                }
            }
            ExtendedType::Interface(interface) => {
                interface.fields.values().for_each(|field| self.field(field));
                for parent in &interface.implements_interfaces {
                    self.meet(&parent.name);
                }
                self.implementors(&interface.name);
            }
            ExtendedType::Union(union) => {
                for member in &union.members {
                    self.meet(&member.name);
                }
            }
            ExtendedType::InputObject(input) => {
                input.fields.values().for_each(|field| self.input(field));
            }
            ExtendedType::Scalar(_) | ExtendedType::Enum(_) => {}
        }
    }

    fn field(&mut self, field: &FieldDefinition) {
        self.meet(field.ty.inner_named_type());
        for argument in &field.arguments {
            self.input(argument);
        }
    }

    fn input(&mut self, input: &InputValueDefinition) {
        self.meet(input.ty.inner_named_type());
    }

    fn implementors(&mut self, interface: &Name) {
        let schema = self.schema;
        for (name, definition) in &schema.types {
            let parents = match definition {
                ExtendedType::Object(object) => &object.implements_interfaces,
                ExtendedType::Interface(child) => &child.implements_interfaces,
                _ => continue,
            };
            if parents.iter().any(|parent| parent.name == *interface) {
                self.meet(name);
            }
        }
    }
}
