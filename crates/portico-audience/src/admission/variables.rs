//! Coercion of variables.
//!
//! Follows the specification, but with errors of our own, which name the variable and the path in it and never repeat a
//! value.

use apollo_compiler::Schema;
use apollo_compiler::executable::{Operation, VariableDefinition};
use apollo_compiler::parser::SourceMap;
use serde_json::{Map, Value};

use super::input::{self, InputError};
use super::strings;
use crate::refusal::Violation;
use crate::{Limits, Refusal};

/// The coerced values of all declared variables that have one, including defaults.
pub(super) fn coerce(
    schema: &Schema,
    operation: &Operation,
    given: &Map<String, Value>,
    sources: &SourceMap,
    limits: &Limits,
) -> Result<Map<String, Value>, Refusal> {
    let mut coerced = Map::new();
    let mut wrong = Vec::new();
    for definition in &operation.variables {
        match one(schema, definition, given, limits)? {
            Ok(Some(value)) => {
                coerced.insert(definition.name.to_string(), value);
            }
            Ok(None) => {}
            Err(message) => wrong.push(Violation::new(message, definition.name.location(), sources)),
        }
    }
    if wrong.is_empty() {
        return Ok(coerced);
    }
    wrong.truncate(limits.complaints);
    Err(Refusal::BadInput(wrong))
}

/// The value of one variable, none if it has none, or an error.
fn one(
    schema: &Schema,
    definition: &VariableDefinition,
    given: &Map<String, Value>,
    limits: &Limits,
) -> Result<Result<Option<Value>, String>, Refusal> {
    let name = &definition.name;
    let Some(value) = given.get(name.as_str()) else {
        return Ok(match &definition.default_value {
            Some(default) => input::literal(schema, &definition.ty, default)
                .and_then(|value| input::coerce(schema, &definition.ty, &value).ok())
                .map(Some)
                .ok_or_else(|| format!("variable `${name}`: its default is out of range")),
            None if definition.ty.is_non_null() => {
                Err(format!("variable `${name}` of type `{}` is required", definition.ty))
            }
            None => Ok(None),
        });
    };
    check_shape(name, value, limits)?;
    Ok(input::coerce(schema, &definition.ty, value).map(Some).map_err(|InputError { path, message }| {
        match path.as_str() {
            "" => format!("variable `${name}`: {message}"),
            path => format!("variable `${name}` at `{path}`: {message}"),
        }
    }))
}

/// Bounds the depth of the value before any recursion into it.
fn check_shape(name: &str, value: &Value, limits: &Limits) -> Result<(), Refusal> {
    let most = limits.variable_depth;
    if deeper_than(value, most) {
        return Err(Refusal::Limit { what: "levels in a variable", limit: most as u64, found: most as u64 + 1 });
    }
    match strings::in_json(value, limits) {
        Some(unfit) => Err(unfit.at(&format!("variable `${name}`"))),
        None => Ok(()),
    }
}

fn deeper_than(value: &Value, levels: usize) -> bool {
    let mut below: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(entries) => Box::new(entries.values()),
        _ => return false,
    };
    levels == 0 || below.any(|value| deeper_than(value, levels - 1))
}
