//! Coverage of a role schema's coordinates.

use std::collections::BTreeSet;

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use serde_json::Value as Json;

use super::operation::{Field, Operation, Selection, Value};

/// Coordinates of a role schema, and those covered by a run.
#[derive(Debug, Clone)]
pub(crate) struct Coverage {
    all: BTreeSet<String>,
    /// Fields that were resolved, with their arguments and values.
    reached: BTreeSet<String>,
    /// Coordinates in admitted operations. Callers who see no row cannot cover more.
    asked: BTreeSet<String>,
}

impl Coverage {
    pub(crate) fn of(coordinates: BTreeSet<String>) -> Self {
        Self { all: coordinates, reached: BTreeSet::new(), asked: BTreeSet::new() }
    }

    pub(crate) fn has_reached(&self, coordinate: &str) -> bool {
        self.reached.contains(coordinate)
    }

    pub(crate) fn has_asked(&self, coordinate: &str) -> bool {
        self.asked.contains(coordinate)
    }

    /// Percent reached, and the rest.
    pub(crate) fn reached(&self) -> (f64, Vec<&str>) {
        self.share(&self.reached)
    }

    /// Percent selected, and the rest.
    pub(crate) fn asked(&self) -> (f64, Vec<&str>) {
        self.share(&self.asked)
    }

    fn share<'a>(&'a self, met: &'a BTreeSet<String>) -> (f64, Vec<&'a str>) {
        let missing: Vec<_> = self.all.difference(met).map(String::as_str).collect();
        let met = self.all.len() - missing.len();
        (100.0 * met as f64 / self.all.len().max(1) as f64, missing)
    }

    /// Records the coordinates of an operation and its answer.
    pub(crate) fn note(&mut self, schema: &Schema, operation: &Operation, answer: &Json) {
        let Some(data) = answer.get("data") else { return };
        let mut met = Met { schema, found: BTreeSet::new(), only_resolved: true };
        met.selections(&operation.selections, "Query", Some(data));
        self.reached.append(&mut met.found);
        met.only_resolved = false;
        met.selections(&operation.selections, "Query", None);
        self.asked.append(&mut met.found);
    }
}

struct Met<'a> {
    schema: &'a Schema,
    found: BTreeSet<String>,
    only_resolved: bool,
}

impl Met<'_> {
    fn selections(&mut self, selections: &[Selection], ty: &str, answer: Option<&Json>) {
        for selection in selections {
            match selection {
                Selection::Field(field) => self.field(field, answer),
                Selection::Fragment(fragment) => {
                    let on = fragment.on.as_deref().unwrap_or(ty);
                    // The generator asks every interface for `__typename`.
                    let name = answer.and_then(|it| it.get("__typename")).and_then(Json::as_str);
                    if !self.only_resolved || on == ty || name == Some(on) {
                        self.add(on.to_owned());
                        self.selections(&fragment.selections, on, answer);
                    }
                }
            }
        }
    }

    fn field(&mut self, field: &Field, answer: Option<&Json>) {
        let value = answer.and_then(|it| it.get(field.key()));
        if self.only_resolved && value.is_none() {
            return;
        }
        self.add(field.on.clone());
        self.add(format!("{}.{}", field.on, field.name));
        let Ok(definition) = self.schema.type_field(&field.on, &field.name) else { return };
        let ty = definition.ty.inner_named_type().to_string();
        for argument in &field.arguments {
            let Some(input) = definition.argument_by_name(&argument.name) else { continue };
            self.add(format!("{}.{}({}:)", field.on, field.name, argument.name));
            let input = input.ty.inner_named_type().to_string();
            self.input(&input, &argument.value);
        }
        match value {
            None if !self.only_resolved => {
                self.add(ty.clone());
                // Any of these values.
                if let Some(ExtendedType::Enum(values)) = self.schema.types.get(ty.as_str()) {
                    self.found.extend(values.values.keys().map(|value| format!("{ty}.{value}")));
                }
                self.selections(&field.selections, &ty, None);
            }
            Some(value) => self.output(&ty, field, value),
            None => {}
        }
    }

    fn output(&mut self, ty: &str, field: &Field, value: &Json) {
        match value {
            Json::Null => {}
            Json::Array(items) => items.iter().for_each(|item| self.output(ty, field, item)),
            Json::Object(_) => {
                self.add(ty.to_owned());
                self.selections(&field.selections, ty, Some(value));
            }
            leaf => {
                self.add(ty.to_owned());
                if let Some(name) = leaf.as_str()
                    && matches!(self.schema.types.get(ty), Some(ExtendedType::Enum(_)))
                {
                    self.add(format!("{ty}.{name}"));
                }
            }
        }
    }

    fn input(&mut self, ty: &str, value: &Value) {
        self.add(ty.to_owned());
        match value {
            Value::List(items) => items.iter().for_each(|item| self.input(ty, item)),
            Value::Name(name) => self.add(format!("{ty}.{name}")),
            Value::Object(fields) => {
                for (name, value) in fields {
                    self.add(format!("{ty}.{name}"));
                    if let Some(ExtendedType::InputObject(object)) = self.schema.types.get(ty)
                        && let Some(field) = object.fields.get(name.as_str())
                    {
                        let inner = field.ty.inner_named_type().to_string();
                        self.input(&inner, value);
                    }
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, coordinate: String) {
        self.found.insert(coordinate);
    }
}
