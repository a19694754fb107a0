//! Coercion of a JSON value to an input type.

use apollo_compiler::ast::{Type, Value as Literal};
use apollo_compiler::schema::{EnumType, ExtendedType, InputObjectType};
use apollo_compiler::{Name, Node, Schema};
use serde_json::{Map, Value};

use super::hints::{unknown_input_field, unknown_value};
use super::usage::one_of_message;

/// Largest integer that a double represents exactly.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// An error, with its path in the value, such as `lines[2].kind`.
pub(super) struct InputError {
    pub(super) path: String,
    pub(super) message: String,
}

impl InputError {
    fn here(message: impl Into<String>) -> Self {
        Self { path: String::new(), message: message.into() }
    }

    fn within(mut self, step: &str) -> Self {
        let dot = !self.path.is_empty() && !self.path.starts_with('[');
        self.path.insert_str(0, if dot { "." } else { "" });
        self.path.insert_str(0, step);
        self
    }
}

/// Coerces a value, with defaults of input fields.
///
/// The depth of the value must be bounded already. Hidden and nonexistent names give the same error, because this
/// schema has neither.
pub(super) fn coerce(schema: &Schema, ty: &Type, value: &Value) -> Result<Value, InputError> {
    if value.is_null() {
        return if ty.is_non_null() {
            Err(InputError::here(format!("expected `{ty}`, found null")))
        } else {
            Ok(Value::Null)
        };
    }
    let name = match ty {
        Type::List(inner) | Type::NonNullList(inner) => return list(schema, inner, value),
        Type::Named(name) | Type::NonNullNamed(name) => name,
    };
    match schema.types.get(name) {
        Some(ExtendedType::Scalar(_)) => scalar(name, value),
        Some(ExtendedType::Enum(values)) => one_of(values, value),
        Some(ExtendedType::InputObject(input)) => object(schema, input, value),
        // Validation has rejected variables of other types.
        _ => Err(unexpected(name)),
    }
}

fn unexpected(name: &Name) -> InputError {
    InputError::here(format!("expected a value of type `{name}`"))
}

/// A single value is coerced to a list of it.
fn list(schema: &Schema, inner: &Type, value: &Value) -> Result<Value, InputError> {
    let Some(items) = value.as_array() else {
        return Ok(Value::Array(vec![coerce(schema, inner, value)?]));
    };
    items
        .iter()
        .enumerate()
        .map(|(index, item)| coerce(schema, inner, item).map_err(|wrong| wrong.within(&format!("[{index}]"))))
        .collect()
}

fn scalar(name: &Name, value: &Value) -> Result<Value, InputError> {
    let fitting = match (name.as_str(), value) {
        ("Int", Value::Number(number)) => {
            let Some(whole) = whole(number) else { return Err(unexpected(name)) };
            let Ok(fitting) = i32::try_from(whole) else {
                return Err(InputError::here("expected a signed 32-bit integer"));
            };
            Some(fitting.into())
        }
        ("ID", Value::Number(number)) => whole(number).map(|whole| Value::String(whole.to_string())),
        ("Float", Value::Number(_)) | ("String" | "ID", Value::String(_)) | ("Boolean", Value::Bool(_)) => {
            Some(value.clone())
        }
        ("Int" | "Float" | "String" | "Boolean" | "ID", _) => None,
        // Only the executor knows the values of a custom scalar.
        _ => Some(value.clone()),
    };
    fitting.ok_or_else(|| unexpected(name))
}

/// The integer value of a number. JSON has a single type of number, so `1.0` and `-0` are integers.
fn whole(number: &serde_json::Number) -> Option<i128> {
    if let Some(number) = number.as_i128() {
        return Some(number);
    }
    let number = number.as_f64()?;
    // JSON parsers round larger numbers: the received value may not be the sent one.
    (number.fract() == 0.0 && number.abs() <= MAX_SAFE_INTEGER).then_some(number as i128)
}

fn one_of(values: &EnumType, value: &Value) -> Result<Value, InputError> {
    match value.as_str() {
        Some(text) if values.values.contains_key(text) => Ok(value.clone()),
        Some(text) => Err(InputError::here(unknown_value(values, text))),
        None => Err(unexpected(&values.name)),
    }
}

fn object(schema: &Schema, input: &InputObjectType, value: &Value) -> Result<Value, InputError> {
    let Some(given) = value.as_object() else {
        return Err(unexpected(&input.name));
    };
    if let Some(key) = given.keys().find(|key| !input.fields.contains_key(key.as_str())) {
        return Err(InputError::here(unknown_input_field(input, key)));
    }
    if input.directives.has("oneOf") && (given.len() != 1 || given.values().any(Value::is_null)) {
        return Err(InputError::here(one_of_message(&input.name)));
    }
    let mut coerced = Map::new();
    for (name, field) in &input.fields {
        let value = match (given.get(name.as_str()), &field.default_value) {
            (Some(value), _) => coerce(schema, &field.ty, value).map_err(|wrong| wrong.within(name))?,
            (None, Some(default)) => match literal(schema, &field.ty, default) {
                Some(value) => coerce(schema, &field.ty, &value).map_err(|wrong| wrong.within(name))?,
                None => continue,
            },
            (None, None) if field.ty.is_non_null() => {
                return Err(InputError::here(format!("the required field `{}.{name}` is not provided", input.name)));
            }
            (None, None) => continue,
        };
        coerced.insert(name.to_string(), value);
    }
    Ok(Value::Object(coerced))
}

/// The text, if it is a valid GraphQL name: errors repeat no other part of a value.
pub(super) fn named(text: &str) -> Option<&str> {
    (text.len() <= 100 && Name::new(text).is_ok()).then_some(text)
}

/// Converts a literal without variables to JSON, not coerced; none if a number does not fit.
pub(super) fn literal(schema: &Schema, ty: &Type, value: &Literal) -> Option<Value> {
    let item = if ty.is_list() { ty.item_type() } else { ty };
    Some(match value {
        Literal::Null => Value::Null,
        Literal::Boolean(flag) => Value::Bool(*flag),
        Literal::Enum(name) => Value::String(name.to_string()),
        Literal::String(text) => Value::String(text.clone()),
        // Whatever its length: an id is a string.
        Literal::Int(number) if ty.inner_named_type() == "ID" => Value::String(number.as_str().to_owned()),
        Literal::Int(number) => Value::Number(number.as_str().parse().ok()?),
        Literal::Float(number) => Value::Number(number.as_str().parse().ok()?),
        Literal::List(items) => {
            Value::Array(items.iter().map(|value| literal(schema, item, value)).collect::<Option<_>>()?)
        }
        Literal::Object(entries) => {
            let fields = match schema.types.get(ty.inner_named_type()) {
                Some(ExtendedType::InputObject(input)) => Some(&input.fields),
                _ => None,
            };
            let entry = |(name, value): &(Name, Node<Literal>)| {
                let field = fields.and_then(|fields| fields.get(name));
                Some((name.to_string(), literal(schema, field.map_or(ty, |field| &field.ty), value)?))
            };
            Value::Object(entries.iter().map(entry).collect::<Option<_>>()?)
        }
        Literal::Variable(_) => return None,
    })
}
