//! Walks answers, value by value.

use serde_json::Value;

/// Returns every leaf of an answer with its path.
pub fn leaves(value: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    collect(value, String::new(), &mut found);
    found
}

/// Returns every text and number of an answer as text.
pub fn texts(value: &Value) -> Vec<String> {
    leaves(value)
        .into_iter()
        .filter_map(|(_, leaf)| match leaf {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
        .collect()
}

fn collect<'a>(value: &'a Value, path: String, found: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                collect(value, format!("{path}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                collect(value, format!("{path}/{index}"), found);
            }
        }
        leaf => found.push((path, leaf)),
    }
}
