//! Introspection fields that the compiler lacks, and schema sizes for its cost.

use apollo_compiler::ast::{DirectiveList, FieldDefinition};
use apollo_compiler::schema::{Component, ExtendedType};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Node, Schema, name, ty};

/// Adds `__Type.isOneOf` (September 2025), which the compiler lacks; implemented in `admission/one_of.rs`.
pub(crate) fn complete(schema: Valid<Schema>) -> Valid<Schema> {
    let mut schema = schema.into_inner();
    if let Some(ExtendedType::Object(definition)) = schema.types.get_mut("__Type") {
        let field = FieldDefinition {
            description: Some(Node::new_str(
                "Whether exactly one field must be given. Null for all but input objects.",
            )),
            name: name!("isOneOf"),
            arguments: Vec::new(),
            ty: ty!(Boolean),
            directives: DirectiveList::new(),
        };
        definition.make_mut().fields.insert(name!("isOneOf"), Component::new(field));
    }
    Valid::assume_valid(schema)
}

/// Size of a schema, for the cost of introspection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Number of types, including built-in ones.
    pub(crate) types: u64,
    /// Average number of fields, input fields and values per type, rounded up.
    pub(crate) members: u64,
}

impl Size {
    pub(crate) fn of(schema: &Schema) -> Self {
        let members = |definition: &ExtendedType| match definition {
            ExtendedType::Object(object) => object.fields.len(),
            ExtendedType::Interface(interface) => interface.fields.len(),
            ExtendedType::InputObject(input) => input.fields.len(),
            ExtendedType::Enum(values) => values.values.len(),
            ExtendedType::Union(union) => union.members.len(),
            ExtendedType::Scalar(_) => 0,
        };
        let types = schema.types.len() as u64;
        let members = schema.types.values().map(members).sum::<usize>() as u64;
        Self { types, members: members.div_ceil(types.max(1)).max(1) }
    }
}
