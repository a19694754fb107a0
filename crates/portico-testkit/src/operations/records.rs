//! Values of placeholders in the variables of mutations: `fixtures/operations/records.json`.
//!
//! The playground does the same in `playground/src/records.js`.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Map, Value};

use super::{Operation, root};
use crate::{Person, TestApp};

impl Operation {
    /// The variables of a mutation for a caller. Placeholders become values of records that the caller finds, or of `given`.
    pub async fn filled_in(&self, app: &TestApp, given: &Map<String, Value>) -> Value {
        let mut values = given.clone();
        values.insert("$key".to_owned(), Value::String(portico_core::id::new_uuid().to_string()));
        let wanted = placeholders(&self.variables);
        let names: BTreeSet<_> =
            wanted.iter().filter_map(|it| it.strip_prefix('$')?.split_once('.')).map(|it| it.0).collect();
        for name in names {
            let prefix = format!("${name}.");
            let fields: Vec<_> = wanted.iter().filter_map(|it| it.strip_prefix(&prefix)).collect();
            let record = record(app, &self.person(), name, &fields).await;
            let record = record.unwrap_or_else(|| panic!("{}: there is no {name} with {fields:?}", self.name));
            values.extend(
                fields.iter().filter_map(|field| Some((format!("{prefix}{field}"), at(&record, field)?.clone()))),
            );
        }
        filled(&self.variables, &values)
    }
}

/// The first record of this name with these fields.
async fn record(app: &TestApp, person: &Person, name: &str, fields: &[&str]) -> Option<Value> {
    let text = fs::read_to_string(root().join("records.json")).expect("it can be read");
    let all: Value = serde_json::from_str(&text).expect("it is JSON");
    let definition = &all[name];
    let reply =
        app.ask(person, definition["query"].as_str().unwrap_or_else(|| panic!("there is no record {name}"))).await;
    let path: Vec<_> = definition["path"].as_str().expect("a path").split('.').collect();
    let no_condition = Map::new();
    let conditions = definition["where"].as_object().unwrap_or(&no_condition);
    let is_right = |record: &Value| {
        conditions.iter().all(|(field, value)| at(record, field) == Some(value))
            && fields.iter().all(|field| at(record, field).is_some())
    };
    records_at(reply.data(), &path, None).into_iter().find(is_right)
}

/// The records at a path, in which `*` is each item of a list. Each has the one around it as `parent`.
fn records_at(value: &Value, path: &[&str], parent: Option<&Value>) -> Vec<Value> {
    let Some((first, rest)) = path.split_first() else {
        let mut record = value.clone();
        if let (Some(fields), Some(parent)) = (record.as_object_mut(), parent) {
            fields.insert("parent".to_owned(), parent.clone());
        }
        return vec![record];
    };
    if *first != "*" {
        return records_at(&value[*first], rest, parent);
    }
    let items = value.as_array().into_iter().flatten();
    // The record itself is not around itself.
    items.flat_map(|item| records_at(item, rest, if rest.is_empty() { parent } else { Some(item) })).collect()
}

/// The value at a path of names and indexes, unless it is null.
fn at<'a>(record: &'a Value, path: &str) -> Option<&'a Value> {
    record.pointer(&format!("/{}", path.replace('.', "/"))).filter(|value| !value.is_null())
}

fn placeholders(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if text.starts_with('$') => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(placeholders).collect(),
        Value::Object(fields) => fields.values().flat_map(placeholders).collect(),
        _ => Vec::new(),
    }
}

fn filled(value: &Value, values: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) if text.starts_with('$') => {
            values.get(text).unwrap_or_else(|| panic!("there is no value of {text}")).clone()
        }
        Value::Array(items) => items.iter().map(|item| filled(item, values)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), filled(value, values))).collect(),
        other => other.clone(),
    }
}
