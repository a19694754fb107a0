//! Refusals of operations.

use apollo_compiler::parser::{SourceMap, SourceSpan};

/// Maximum length of a message, in characters. GraphQL does not limit names.
const MAX_MESSAGE: usize = 300;

/// One error of a request, as a line of plain English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The message. It repeats names of the request, never values or other text.
    pub message: String,
    /// Lines and columns in the request's text, starting at 1.
    pub locations: Vec<(usize, usize)>,
    /// Whether it concerns a name that the role schema does not have.
    pub unknown_name: bool,
}

impl Violation {
    pub(crate) fn new(message: impl Into<String>, span: Option<SourceSpan>, sources: &SourceMap) -> Self {
        // A position in the schema has no source here, and so no location.
        let locations = span.and_then(|span| span.line_column(sources)).map(|place| (place.line, place.column));
        Self { message: bounded(message.into()), locations: locations.into_iter().collect(), unknown_name: false }
    }

    pub(crate) fn unplaced(message: impl Into<String>) -> Self {
        Self { message: bounded(message.into()), locations: Vec::new(), unknown_name: false }
    }
}

/// Why an operation was not admitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The text is not GraphQL.
    #[error("the request cannot be parsed")]
    Parse(Vec<Violation>),
    /// The text is GraphQL, but not a valid operation of this role schema.
    #[error("the request is not valid")]
    Invalid(Vec<Violation>),
    /// The operation is valid, but one of its input values is not.
    #[error("a value of the request is not valid")]
    BadInput(Vec<Violation>),
    /// The text is too large to be parsed.
    #[error("the request has more than {limit} {what}")]
    TooLarge {
        /// The exceeded unit.
        what: &'static str,
        /// The maximum.
        limit: u64,
    },
    /// The operation exceeds a structural limit.
    #[error("the request has {found} {what}, of at most {limit}")]
    Limit {
        /// The exceeded unit.
        what: &'static str,
        /// The maximum.
        limit: u64,
        /// The actual number, or the number at which counting stopped.
        found: u64,
    },
    /// The operation exceeds the cost limit.
    #[error("the request costs {cost}, of at most {limit}")]
    Cost {
        /// Its cost.
        cost: u64,
        /// The maximum cost.
        limit: u64,
    },
}

impl Refusal {
    /// Returns a refusal if the number exceeds the limit.
    pub(crate) fn over(what: &'static str, limit: u64, found: u64) -> Result<(), Self> {
        if found > limit { Err(Self::Limit { what, limit, found }) } else { Ok(()) }
    }
}

fn bounded(message: String) -> String {
    let line = message.lines().next().unwrap_or_default();
    match line.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if line.len() == message.len() => message,
        None => line.to_owned(),
    }
}
