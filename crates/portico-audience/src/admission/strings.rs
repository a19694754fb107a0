//! Forbidden strings: in literals, in variables, and in their defaults.
//!
//! Checked here rather than where values are used, so that no argument is missed.

use apollo_compiler::ast::Value as Literal;
use serde_json::Value;

use crate::{Limits, Refusal, refusal::Violation};

/// A forbidden string, with its path in a value.
pub(super) struct ForbiddenString {
    path: String,
    reason: Reason,
}

#[derive(Clone, Copy)]
enum Reason {
    /// It begins with the reserved marker.
    Reserved,
    /// It contains this character.
    Character(char),
}

impl ForbiddenString {
    /// The refusal of a request with the string in this argument or variable.
    pub(super) fn at(self, place: &str) -> Refusal {
        let place = if self.path.is_empty() { place.to_owned() } else { format!("{place} at `{}`", self.path) };
        let message = match self.reason {
            Reason::Reserved => format!("{place}: the string begins with a reserved marker"),
            Reason::Character(letter) => {
                format!("{place}: remove the character U+{:04X}, which no text may hold", u32::from(letter))
            }
        };
        Refusal::BadInput(vec![Violation::unplaced(message)])
    }

    fn within(mut self, step: &str) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path.insert_str(0, dot);
        self.path.insert_str(0, step);
        self
    }
}

/// Whether a character is forbidden in all texts: controls other than tab, line feed and carriage return, and
/// noncharacters.
///
/// Databases and other programs reject them, or truncate a text at them.
pub fn is_unfit(letter: char) -> bool {
    match letter {
        '\t' | '\n' | '\r' => false,
        '\0'..='\x1f' | '\x7f' | '\u{fdd0}'..='\u{fdef}' => true,
        // The last two code points of each plane.
        _ => u32::from(letter) & 0xfffe == 0xfffe,
    }
}

/// The first forbidden string of a literal.
pub(super) fn in_literal(value: &Literal, limits: &Limits) -> Option<ForbiddenString> {
    match value {
        Literal::String(text) => in_text(text, limits),
        Literal::List(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(index, item)| Some(in_literal(item, limits)?.within(&format!("[{index}]"))))
        }
        Literal::Object(entries) => {
            entries.iter().find_map(|(name, value)| Some(in_literal(value, limits)?.within(name)))
        }
        _ => None,
    }
}

/// The first forbidden string of a variable's value. Invalid field names are not repeated in the error.
pub(super) fn in_json(value: &Value, limits: &Limits) -> Option<ForbiddenString> {
    match value {
        Value::String(text) => in_text(text, limits),
        Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(index, item)| Some(in_json(item, limits)?.within(&format!("[{index}]"))))
        }
        Value::Object(entries) => entries.iter().find_map(|(name, value)| {
            let unfit = in_json(value, limits)?;
            Some(if apollo_compiler::Name::new(name).is_ok() { unfit.within(name) } else { unfit })
        }),
        _ => None,
    }
}

fn in_text(text: &str, limits: &Limits) -> Option<ForbiddenString> {
    let is_reserved = limits.reserved_prefix.as_deref().is_some_and(|prefix| text.starts_with(prefix));
    let reason =
        if is_reserved { Some(Reason::Reserved) } else { text.chars().find(|it| is_unfit(*it)).map(Reason::Character) };
    reason.map(|reason| ForbiddenString { path: String::new(), reason })
}
