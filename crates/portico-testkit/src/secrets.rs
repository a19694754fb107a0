//! Secrets of the demo, to be searched in answers.

use std::collections::BTreeSet;

use portico_fixtures::world::{Secrets, World};
use serde_json::Value;

use crate::leaves;

/// Secrets to search for.
#[derive(Debug)]
pub struct SecretList {
    texts: Vec<String>,
    amounts: BTreeSet<i64>,
}

impl SecretList {
    /// Secrets hidden from clients.
    pub fn from_clients() -> Self {
        Self::of(World::demo().expect("the demo is consistent").secrets())
    }

    /// Secrets hidden from trade partners.
    pub fn from_trades() -> Self {
        Self::of(World::demo().expect("the demo is consistent").secrets_from_trades())
    }

    /// The secrets hidden from an audience; for anonymous callers those hidden from clients.
    pub fn from(audience: &str) -> Self {
        if audience == "trade" { Self::from_trades() } else { Self::from_clients() }
    }

    fn of(secrets: Secrets) -> Self {
        Self { texts: secrets.texts, amounts: secrets.amounts_minor.into_iter().collect() }
    }

    /// Number of secrets.
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.texts.len() + self.amounts.len()
    }

    /// The secrets in an answer: texts as part of any text, amounts as exact values.
    pub fn in_answer(&self, answer: &Value) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (path, leaf) in leaves(answer) {
            if let Value::String(text) = leaf {
                found.extend(self.texts.iter().filter(|secret| text.contains(secret.as_str())).cloned());
            }
            if let Some(minor) = minor_units(&path, leaf).filter(|minor| self.amounts.contains(minor)) {
                found.insert(format!("{minor} minor units at {path}"));
            }
        }
        found
    }
}

/// The amount of a leaf, in minor units. Decimals are hundredths: the demo's currencies all have cents. Lines and columns of the caller's own
/// text are none.
fn minor_units(path: &str, leaf: &Value) -> Option<i64> {
    if path.contains("/locations/") {
        return None;
    }
    let text = match leaf {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    if path.ends_with("/amount") {
        return text.replace('.', "").parse().ok();
    }
    text.parse().ok()
}
