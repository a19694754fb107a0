//! What a coordinate says about who may use it.

use std::collections::BTreeSet;

use apollo_compiler::ast::{Directive, Value};

use crate::Grants;

pub(crate) const SHARED: &str = "shared";
pub(crate) const REQUIRES: &str = "requires";

/// The word of one coordinate: `@shared`, `@requires`, or both. Either opens it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Word {
    pub(crate) audiences: BTreeSet<String>,
    pub(crate) permissions: BTreeSet<String>,
    /// Whether the coordinate spoke itself, rather than its object or its field for it.
    pub(crate) own: bool,
}

/// What opened a coordinate for a grants.
pub(crate) enum Opening<'a> {
    Audience,
    Permission(&'a str),
}

impl Word {
    /// Reads the word off a coordinate's directives; nothing if it says nothing.
    pub(crate) fn read<'a>(directives: impl Iterator<Item = &'a Directive>) -> Option<Self> {
        let mut word = Self { own: true, ..Self::default() };
        let mut spoken = false;
        for directive in directives {
            let (argument, names) = match directive.name.as_str() {
                SHARED => ("with", &mut word.audiences),
                REQUIRES => ("permission", &mut word.permissions),
                _ => continue,
            };
            spoken = true;
            if let Some(value) = directive.specified_argument_by_name(argument) {
                collect_names(value, names);
            }
        }
        spoken.then_some(word)
    }

    /// The same word spoken for somebody else.
    pub(crate) fn lent(&self) -> Self {
        Self { own: false, ..self.clone() }
    }

    pub(crate) fn opening(&self, grants: &Grants) -> Option<Opening<'_>> {
        if !self.audiences.is_disjoint(&grants.audiences) {
            return Some(Opening::Audience);
        }
        self.permissions
            .iter()
            .find(|permission| grants.permissions.contains(*permission))
            .map(|permission| Opening::Permission(permission))
    }
}

/// Printers of SDL differ in how they write an enum value in a directive, so strings count too.
fn collect_names(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Enum(name) => {
            names.insert(name.to_string());
        }
        Value::String(name) => {
            names.insert(name.clone());
        }
        Value::List(items) => items.iter().for_each(|item| collect_names(item, names)),
        _ => {}
    }
}
