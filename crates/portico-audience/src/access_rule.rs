//! Access rules of coordinates.

use std::collections::BTreeSet;

use apollo_compiler::ast::{Directive, Value};

use crate::Grants;

pub(crate) const SHARED: &str = "shared";
pub(crate) const REQUIRES: &str = "requires";

/// Access rule of one coordinate: `@shared`, `@requires`, or both. Either one gives access.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccessRule {
    pub(crate) audiences: BTreeSet<String>,
    pub(crate) permissions: BTreeSet<String>,
    /// Whether the rule is the coordinate's own, rather than inherited from its object or field.
    pub(crate) own: bool,
}

/// How grants permit a coordinate.
pub(crate) enum Access<'a> {
    Audience,
    Permission(&'a str),
}

impl AccessRule {
    /// Reads the rule from a coordinate's directives; none without one.
    pub(crate) fn read<'a>(directives: impl Iterator<Item = &'a Directive>) -> Option<Self> {
        let mut rule = Self { own: true, ..Self::default() };
        let mut found = false;
        for directive in directives {
            let (argument, names) = match directive.name.as_str() {
                SHARED => ("with", &mut rule.audiences),
                REQUIRES => ("permission", &mut rule.permissions),
                _ => continue,
            };
            found = true;
            if let Some(value) = directive.specified_argument_by_name(argument) {
                collect_names(value, names);
            }
        }
        found.then_some(rule)
    }

    /// The rule, as inherited by a member.
    pub(crate) fn inherited(&self) -> Self {
        Self { own: false, ..self.clone() }
    }

    pub(crate) fn access(&self, grants: &Grants) -> Option<Access<'_>> {
        if !self.audiences.is_disjoint(&grants.audiences) {
            return Some(Access::Audience);
        }
        self.permissions
            .iter()
            .find(|permission| grants.permissions.contains(*permission))
            .map(|permission| Access::Permission(permission))
    }
}

/// Printers of SDL differ in how they write an enum value in a directive, so strings are accepted too.
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
