//! Removes access rules and other custom directives from a schema.

use apollo_compiler::ast::{Directive, DirectiveDefinition, DirectiveLocation};
use apollo_compiler::schema::{ExtendedType, FieldDefinition, InputValueDefinition};
use apollo_compiler::{Node, Schema, ast, name, schema};

const ONE_OF: &str = "oneOf";

/// Whether a role schema keeps the directive: only those of the specification.
fn stays(directive: &Directive) -> bool {
    matches!(directive.name.as_str(), "deprecated" | "specifiedBy" | ONE_OF)
}

/// Removes all directives and their definitions, except those of the specification.
pub(crate) fn strip(schema: &mut Schema) {
    let mut one_of = false;
    for definition in schema.types.values_mut() {
        if !definition.is_built_in() {
            one_of |= definition.directives().has(ONE_OF);
            strip_type(definition);
        }
    }
    if schema.schema_definition.directives.iter().next().is_some() {
        schema.schema_definition.make_mut().directives = schema::DirectiveList::default();
    }
    // Built-in definitions are added again when the text is parsed.
    schema.directive_definitions.clear();
    if one_of {
        schema.directive_definitions.insert(name!("oneOf"), one_of_definition());
    }
}

fn one_of_definition() -> Node<DirectiveDefinition> {
    Node::new(DirectiveDefinition {
        description: None,
        name: name!("oneOf"),
        arguments: Vec::new(),
        repeatable: false,
        locations: vec![DirectiveLocation::InputObject],
    })
}

fn strip_type(definition: &mut ExtendedType) {
    match definition {
        ExtendedType::Scalar(scalar) => of_type(&mut scalar.make_mut().directives),
        ExtendedType::Object(object) => {
            let object = object.make_mut();
            of_type(&mut object.directives);
            of_fields(object.fields.values_mut());
        }
        ExtendedType::Interface(interface) => {
            let interface = interface.make_mut();
            of_type(&mut interface.directives);
            of_fields(interface.fields.values_mut());
        }
        ExtendedType::Union(union) => of_type(&mut union.make_mut().directives),
        ExtendedType::Enum(values) => {
            let values = values.make_mut();
            of_type(&mut values.directives);
            for value in values.values.values_mut() {
                of_member(&mut value.make_mut().directives);
            }
        }
        ExtendedType::InputObject(input) => {
            let input = input.make_mut();
            of_type(&mut input.directives);
            for field in input.fields.values_mut() {
                of_member(&mut field.make_mut().directives);
            }
        }
    }
}

fn of_fields<'a>(fields: impl Iterator<Item = &'a mut schema::Component<FieldDefinition>>) {
    for field in fields {
        let field = field.make_mut();
        of_member(&mut field.directives);
        for argument in &mut field.arguments {
            let argument: &mut InputValueDefinition = argument.make_mut();
            of_member(&mut argument.directives);
        }
    }
}

fn of_type(directives: &mut schema::DirectiveList) {
    directives.0.retain(|directive| stays(directive));
}

fn of_member(directives: &mut ast::DirectiveList) {
    directives.0.retain(|directive| stays(directive));
}
