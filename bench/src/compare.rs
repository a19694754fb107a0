//! Whether answers are the same, whatever they call it.
//!
//! What may differ is put into one form first:
//!
//! - an id is a UUID, which the gateway's ids hold beside the kind of thing;
//! - a list wrapped in `nodes` is the list;
//! - fields of `viewer` or `address` are moved to the parent object, where `line` of `address` is `address_line`;
//! - an amount of money is one text, `USD 12.50`. PostGraphile answers the column's minor units, as `price_minor`, and the
//!   project's `currency` once.

use portico_core::id::GlobalId;
use serde_json::{Map, Value};

use crate::failure::{Doing, Failure};

/// How PostGraphile's money ends, as its operations call it.
const MINOR: &str = "_minor";

/// The data of an answer, in the one form.
pub(crate) fn canonical(body: &[u8]) -> Result<Value, Failure> {
    let mut answer: Value = serde_json::from_slice(body).doing("read an answer")?;
    let data = answer.get_mut("data").map(Value::take);
    let data = data.filter(Value::is_object).ok_or_else(|| Failure::new("an answer without data"))?;
    Ok(of_value(data, None))
}

fn of_value(value: Value, currency: Option<&str>) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(|value| of_value(value, currency)).collect(),
        Value::Object(object) => of_object(object, currency),
        other => other,
    }
}

fn of_object(mut object: Map<String, Value>, currency: Option<&str>) -> Value {
    if let (1, Some(nodes)) = (object.len(), object.get_mut("nodes")) {
        return of_value(nodes.take(), currency);
    }
    if let (2, Some(Value::String(amount)), Some(Value::String(code))) =
        (object.len(), object.get("amount"), object.get("currencyCode"))
    {
        return Value::String(format!("{code} {amount}"));
    }
    let own = object.remove("currency");
    let currency = own.as_ref().and_then(Value::as_str).or(currency);
    let mut out = Map::new();
    for (key, value) in object {
        match (key.as_str(), value) {
            ("id", Value::String(id)) => {
                out.insert(key, Value::String(uuid(id)));
            }
            ("viewer", Value::Object(inner)) => put_all(&mut out, "", inner, currency),
            ("address", Value::Object(inner)) => put_all(&mut out, "address_", inner, currency),
            (name, value) if name.ends_with(MINOR) => {
                let name = name.trim_end_matches(MINOR).to_owned();
                out.insert(name, money(&value, currency));
            }
            (_, value) => {
                out.insert(key, of_value(value, currency));
            }
        }
    }
    Value::Object(out)
}

fn put_all(out: &mut Map<String, Value>, prefix: &str, inner: Map<String, Value>, currency: Option<&str>) {
    if let Value::Object(inner) = of_object(inner, currency) {
        out.extend(inner.into_iter().map(|(key, value)| (format!("{prefix}{key}"), value)));
    }
}

fn uuid(id: String) -> String {
    GlobalId::parse(&id).map_or(id, |global| global.uuid.to_string())
}

/// Minor units as the amount in their currency; nothing stays nothing.
fn money(minor: &Value, currency: Option<&str>) -> Value {
    let minor = match minor {
        Value::String(text) => text.parse::<i64>().ok(),
        other => other.as_i64(),
    };
    let (Some(minor), Some(currency)) = (minor, currency) else { return Value::Null };
    let Ok(currency) = currency.parse() else { return Value::Null };
    let amount = portico_core::money::Money::new(minor, currency).amount();
    Value::String(format!("{} {amount}", currency.as_str()))
}

/// Where two answers differ first, as a path; none if they are the same.
pub(crate) fn first_difference(ours: &Value, theirs: &Value) -> Option<String> {
    difference(ours, theirs, "data")
}

fn difference(ours: &Value, theirs: &Value, path: &str) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let unknown = theirs.keys().find(|key| !ours.contains_key(*key));
            if let Some(key) = unknown {
                return Some(format!("{path}.{key} is not in the gateway's answer"));
            }
            ours.iter().find_map(|(key, ours)| match theirs.get(key) {
                Some(theirs) => difference(ours, theirs, &format!("{path}.{key}")),
                None => Some(format!("{path}.{key} is missing")),
            })
        }
        (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
            let mut pairs = ours.iter().zip(theirs).enumerate();
            pairs.find_map(|(place, (ours, theirs))| difference(ours, theirs, &format!("{path}[{place}]")))
        }
        (ours, theirs) if ours == theirs => None,
        (ours, theirs) => Some(format!("{path} is {theirs}, and the gateway answers {ours}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &str) -> Value {
        canonical(body.as_bytes()).expect("it is an answer")
    }

    #[test]
    fn equivalent_answers_compare_equal() {
        let ours = r#"{"data":{"viewer":{"projects":{"nodes":[{"id":"UFIAAAAAAAAAAAAAAAAAAAAB",
            "address":{"line":"1 Elm"},"options":[{"price":{"amount":"12.50","currencyCode":"USD"}},{"price":null}]}]}}}}"#;
        let theirs = r#"{"data":{"projects":[{"id":"00000000-0000-0000-0000-000000000001","currency":"USD",
            "address_line":"1 Elm","options":[{"price_minor":"1250"},{"price_minor":null}]}]}}"#;
        assert_eq!(first_difference(&form(ours), &form(theirs)), None);
    }

    #[test]
    fn difference_is_named() {
        let (ours, theirs) = (form(r#"{"data":{"a":[{"b":1}]}}"#), form(r#"{"data":{"a":[{"b":2}]}}"#));
        assert_eq!(first_difference(&ours, &theirs).as_deref(), Some("data.a[0].b is 2, and the gateway answers 1"));
        let more = form(r#"{"data":{"a":[{"b":1,"c":1}]}}"#);
        assert!(first_difference(&ours, &more).is_some());
        assert!(first_difference(&more, &ours).is_some());
    }
}
