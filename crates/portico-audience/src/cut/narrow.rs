//! Removes the coordinates that the grants do not permit.

use std::collections::HashSet;

use apollo_compiler::ast::InputValueDefinition;
use apollo_compiler::schema::{EnumType, ExtendedType, InputObjectType, InterfaceType, ObjectType};
use apollo_compiler::{Name, Node, Schema};

use crate::access_rule::Access;
use crate::{Grants, WholeSchema, coordinates};

/// Removes each coordinate that the grants do not permit, then each empty type.
pub(super) fn narrow(schema: &mut Schema, whole: &WholeSchema, grants: &Grants) {
    let filter = Filter { whole, grants };
    for definition in schema.types.values_mut() {
        if !definition.is_built_in() {
            filter.narrow(definition);
        }
    }
    let kept = fields_of_objects(schema);
    for definition in schema.types.values_mut() {
        if let ExtendedType::Interface(interface) = definition {
            filter.derive(interface.make_mut(), &kept);
        }
    }
    drop_empty(schema, &filter);
}

struct Filter<'a> {
    whole: &'a WholeSchema,
    grants: &'a Grants,
}

impl Filter<'_> {
    /// Whether the grants permit the coordinate. If a permission does, adds it to the description; a description never
    /// mentions permissions where an audience has access.
    fn keeps(&self, coordinate: &str, description: &mut Option<Node<str>>) -> bool {
        let Some(rule) = self.whole.rules.get(coordinate) else {
            return false;
        };
        match rule.access(self.grants) {
            None => false,
            Some(Access::Audience) => true,
            Some(Access::Permission(permission)) => {
                if rule.own {
                    *description = Some(naming(permission, description.as_deref()));
                }
                true
            }
        }
    }

    fn narrow(&self, definition: &mut ExtendedType) {
        match definition {
            ExtendedType::Object(object) => self.object(object.make_mut()),
            ExtendedType::Interface(interface) => self.interface(interface.make_mut()),
            ExtendedType::Enum(values) => self.values(values.make_mut()),
            ExtendedType::InputObject(input) => self.input(input.make_mut()),
            ExtendedType::Scalar(_) | ExtendedType::Union(_) => {}
        }
    }

    fn object(&self, object: &mut ObjectType) {
        let ty = &object.name;
        object.fields.retain(|name, field| {
            let field = field.make_mut();
            self.arguments(ty, name, &mut field.arguments);
            self.keeps(&coordinates::member(ty, name), &mut field.description)
        });
    }

    /// Fields without a rule stay for now: their implementors decide.
    fn interface(&self, interface: &mut InterfaceType) {
        let ty = &interface.name;
        interface.fields.retain(|name, field| {
            let coordinate = coordinates::member(ty, name);
            let field = field.make_mut();
            if self.whole.rules.contains_key(&coordinate) {
                self.arguments(ty, name, &mut field.arguments);
                self.keeps(&coordinate, &mut field.description)
            } else {
                self.arguments_with_rules(ty, name, &mut field.arguments);
                true
            }
        });
    }

    fn arguments(&self, ty: &str, field: &str, arguments: &mut Vec<Node<InputValueDefinition>>) {
        arguments.retain_mut(|argument| {
            let coordinate = coordinates::argument(ty, field, &argument.name);
            self.keeps(&coordinate, &mut argument.make_mut().description)
        });
    }

    fn arguments_with_rules(&self, ty: &str, field: &str, arguments: &mut Vec<Node<InputValueDefinition>>) {
        arguments.retain_mut(|argument| {
            let coordinate = coordinates::argument(ty, field, &argument.name);
            !self.whole.rules.contains_key(&coordinate) || self.keeps(&coordinate, &mut argument.make_mut().description)
        });
    }

    fn values(&self, values: &mut EnumType) {
        let ty = &values.name;
        values
            .values
            .retain(|name, value| self.keeps(&coordinates::member(ty, name), &mut value.make_mut().description));
    }

    fn input(&self, input: &mut InputObjectType) {
        let ty = &input.name;
        input
            .fields
            .retain(|name, field| self.keeps(&coordinates::member(ty, name), &mut field.make_mut().description));
    }

    /// Keeps an interface field without a rule if at least one kept implementor has it.
    fn derive(&self, interface: &mut InterfaceType, kept: &[Implementor]) {
        let ty = interface.name.clone();
        interface.fields.retain(|name, _| {
            self.whole.rules.contains_key(&coordinates::member(&ty, name))
                || kept.iter().any(|object| object.interfaces.contains(&ty) && object.fields.contains(name))
        });
    }

    /// Whether the grants do not permit an interface or union as a whole.
    fn forbids(&self, name: &Name) -> bool {
        self.whole.rules.get(name.as_str()).is_some_and(|rule| rule.access(self.grants).is_none())
    }
}

struct Implementor {
    interfaces: HashSet<Name>,
    fields: HashSet<Name>,
}

fn fields_of_objects(schema: &Schema) -> Vec<Implementor> {
    schema
        .types
        .values()
        .filter_map(ExtendedType::as_object)
        .map(|object| Implementor {
            interfaces: object.implements_interfaces.iter().map(|interface| interface.name.clone()).collect(),
            fields: object.fields.keys().cloned().collect(),
        })
        .collect()
}

fn drop_empty(schema: &mut Schema, filter: &Filter<'_>) {
    schema.types.retain(|name, definition| match definition {
        ExtendedType::Object(object) => !object.fields.is_empty(),
        ExtendedType::Interface(interface) => !interface.fields.is_empty() && !filter.forbids(name),
        ExtendedType::Enum(values) => !values.values.is_empty(),
        ExtendedType::InputObject(input) => !input.fields.is_empty(),
        ExtendedType::Union(_) => !filter.forbids(name),
        ExtendedType::Scalar(_) => true,
    });
    let left: HashSet<Name> = schema.types.keys().cloned().collect();
    for definition in schema.types.values_mut() {
        match definition {
            ExtendedType::Object(object) => {
                object.make_mut().implements_interfaces.retain(|interface| left.contains(&interface.name))
            }
            ExtendedType::Interface(interface) => {
                interface.make_mut().implements_interfaces.retain(|parent| left.contains(&parent.name))
            }
            ExtendedType::Union(union) => union.make_mut().members.retain(|member| left.contains(&member.name)),
            _ => {}
        }
    }
    schema.types.retain(|_, definition| !matches!(definition, ExtendedType::Union(union) if union.members.is_empty()));
}

fn naming(permission: &str, description: Option<&str>) -> Node<str> {
    let sentence = format!("Requires the permission `{permission}`.");
    match description {
        Some(text) if !text.is_empty() => Node::new_str(&format!("{text}\n\n{sentence}")),
        _ => Node::new_str(&sentence),
    }
}
