//! Coerces one JSON value to an input type.

use apollo_compiler::ast::{Type, Value as Literal};
use apollo_compiler::schema::{EnumType, ExtendedType, InputObjectType};
use apollo_compiler::{Name, Schema};
use serde_json::{Map, Value};

/// The largest integer that a double holds exactly.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// What is wrong, and where in the value: `lines[2].kind`.
pub(super) struct Wrong {
    pub(super) path: String,
    pub(super) message: String,
}

impl Wrong {
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

/// Coerces a value, filling in defaults of input fields.
///
/// The value must be bounded in depth. Hidden and invented names are told in the same words,
/// because the schema here knows neither.
pub(super) fn coerce(schema: &Schema, ty: &Type, value: &Value) -> Result<Value, Wrong> {
    if value.is_null() {
        return if ty.is_non_null() {
            Err(Wrong::here(format!("expected `{ty}`, found null")))
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
        // Validation has refused variables of other types already.
        _ => Err(unexpected(name)),
    }
}

fn unexpected(name: &Name) -> Wrong {
    Wrong::here(format!("expected a value of type `{name}`"))
}

/// A single value stands for a list of it.
fn list(schema: &Schema, inner: &Type, value: &Value) -> Result<Value, Wrong> {
    let Some(items) = value.as_array() else {
        return Ok(Value::Array(vec![coerce(schema, inner, value)?]));
    };
    items
        .iter()
        .enumerate()
        .map(|(index, item)| coerce(schema, inner, item).map_err(|wrong| wrong.within(&format!("[{index}]"))))
        .collect()
}

fn scalar(name: &Name, value: &Value) -> Result<Value, Wrong> {
    let fits = match name.as_str() {
        "Int" => match value.as_i64() {
            Some(number) => i32::try_from(number).is_ok(),
            None => false,
        },
        "Float" => value.is_f64() || value.as_f64().is_some_and(|number| number.abs() < MAX_SAFE_INTEGER),
        "String" => value.is_string(),
        "Boolean" => value.is_boolean(),
        "ID" => value.is_string() || value.is_i64(),
        // Only the executor knows what a scalar of the schema's own accepts.
        _ => true,
    };
    if fits {
        return Ok(value.clone());
    }
    if name == "Int" && value.is_number() && !value.is_f64() {
        return Err(Wrong::here("expected a signed 32-bit integer"));
    }
    Err(unexpected(name))
}

fn one_of(values: &EnumType, value: &Value) -> Result<Value, Wrong> {
    match value.as_str() {
        Some(text) if values.values.contains_key(text) => Ok(value.clone()),
        Some(text) => Err(Wrong::here(match named(text) {
            Some(text) => format!("value `{text}` does not exist on `{}`", values.name),
            None => format!("a value of this name does not exist on `{}`", values.name),
        })),
        None => Err(unexpected(&values.name)),
    }
}

fn object(schema: &Schema, input: &InputObjectType, value: &Value) -> Result<Value, Wrong> {
    let Some(given) = value.as_object() else {
        return Err(unexpected(&input.name));
    };
    if let Some(key) = given.keys().find(|key| !input.fields.contains_key(key.as_str())) {
        return Err(Wrong::here(match named(key) {
            Some(key) => format!("field `{key}` does not exist on `{}`", input.name),
            None => format!("a field of this name does not exist on `{}`", input.name),
        }));
    }
    let mut coerced = Map::new();
    for (name, field) in &input.fields {
        let value = match (given.get(name.as_str()), &field.default_value) {
            (Some(value), _) => coerce(schema, &field.ty, value).map_err(|wrong| wrong.within(name))?,
            (None, Some(default)) => match literal(default) {
                Some(value) => value,
                None => continue,
            },
            (None, None) if field.ty.is_non_null() => {
                return Err(Wrong::here(format!("the required field `{}.{name}` is not provided", input.name)));
            }
            (None, None) => continue,
        };
        coerced.insert(name.to_string(), value);
    }
    Ok(Value::Object(coerced))
}

/// Text that could be a name in GraphQL, and so may be repeated: nothing else of a value is.
fn named(text: &str) -> Option<&str> {
    (text.len() <= 100 && Name::new(text).is_ok()).then_some(text)
}

/// A literal without variables as JSON; nothing if a number is beyond JSON.
pub(super) fn literal(value: &Literal) -> Option<Value> {
    Some(match value {
        Literal::Null => Value::Null,
        Literal::Boolean(flag) => Value::Bool(*flag),
        Literal::Enum(name) => Value::String(name.to_string()),
        Literal::String(text) => Value::String(text.clone()),
        Literal::Int(number) => Value::Number(number.as_str().parse().ok()?),
        Literal::Float(number) => Value::Number(number.as_str().parse().ok()?),
        Literal::List(items) => Value::Array(items.iter().map(|item| literal(item)).collect::<Option<_>>()?),
        Literal::Object(entries) => Value::Object(
            entries.iter().map(|(name, value)| Some((name.to_string(), literal(value)?))).collect::<Option<_>>()?,
        ),
        Literal::Variable(_) => return None,
    })
}
