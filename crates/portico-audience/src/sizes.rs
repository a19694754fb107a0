//! Assumed lengths of lists without pages, for the cost.

use std::collections::HashMap;

use apollo_compiler::Schema;
use apollo_compiler::ast::Value;
use apollo_compiler::schema::{Component, ExtendedType, FieldDefinition};

/// The directive of such a list, from the specification of cost directives.
const LIST_SIZE: &str = "listSize";
const ASSUMED: &str = "assumedSize";

/// The assumed lengths of lists, by type and field.
#[derive(Debug, Default)]
pub(crate) struct ListSizes(HashMap<String, HashMap<String, u64>>);

impl ListSizes {
    /// Reads `@listSize(assumedSize:)` of all fields.
    pub(crate) fn read(schema: &Schema) -> Self {
        let mut sizes: HashMap<String, HashMap<String, u64>> = HashMap::new();
        for (name, definition) in &schema.types {
            let fields = match definition {
                ExtendedType::Object(object) => &object.fields,
                ExtendedType::Interface(interface) => &interface.fields,
                _ => continue,
            };
            let sized: HashMap<_, _> = fields
                .iter()
                .filter_map(|(field, definition)| Some((field.to_string(), size_of(definition)?)))
                .collect();
            if !sized.is_empty() {
                sizes.insert(name.to_string(), sized);
            }
        }
        Self(sizes)
    }

    /// The assumed length of a field's list; none without the directive.
    pub(crate) fn of(&self, ty: &str, field: &str) -> Option<u64> {
        self.0.get(ty)?.get(field).copied()
    }
}

fn size_of(field: &Component<FieldDefinition>) -> Option<u64> {
    let directive = field.directives.get(LIST_SIZE)?;
    match &**directive.specified_argument_by_name(ASSUMED)? {
        Value::Int(size) => size.as_str().parse().ok(),
        _ => None,
    }
}
