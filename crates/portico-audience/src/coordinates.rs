//! Schema coordinates as text: `Type`, `Type.field`, `Type.field(argument:)`, `Enum.VALUE`.

use std::collections::BTreeSet;

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;

pub(crate) fn member(ty: &str, member: &str) -> String {
    format!("{ty}.{member}")
}

pub(crate) fn argument(ty: &str, field: &str, argument: &str) -> String {
    format!("{ty}.{field}({argument}:)")
}

/// All coordinates of the types that match, without built-in types.
pub(crate) fn all(schema: &Schema, wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, definition) in &schema.types {
        if definition.is_built_in() || !wanted(name) {
            continue;
        }
        found.insert(name.to_string());
        collect(name, definition, &mut found);
    }
    found
}

fn collect(name: &str, definition: &ExtendedType, found: &mut BTreeSet<String>) {
    let fields = match definition {
        ExtendedType::Object(object) => &object.fields,
        ExtendedType::Interface(interface) => &interface.fields,
        ExtendedType::InputObject(input) => {
            found.extend(input.fields.keys().map(|field| member(name, field)));
            return;
        }
        ExtendedType::Enum(values) => {
            found.extend(values.values.keys().map(|value| member(name, value)));
            return;
        }
        ExtendedType::Scalar(_) | ExtendedType::Union(_) => return,
    };
    for (field_name, field) in fields {
        found.insert(member(name, field_name));
        for definition in &field.arguments {
            found.insert(argument(name, field_name, &definition.name));
        }
    }
}
