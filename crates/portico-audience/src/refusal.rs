//! Why an operation was not admitted.

use apollo_compiler::parser::{SourceMap, SourceSpan};

/// The longest message, in characters. Names have no bound of their own in GraphQL.
const MESSAGE: usize = 300;

/// One thing that is wrong with a request, in one line of plain English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The sentence. It repeats names of the request, never values or other text of it.
    pub message: String,
    /// Lines and columns in the request's text, both from 1.
    pub locations: Vec<(usize, usize)>,
    /// Whether it is about a name that the document does not have.
    pub unknown_name: bool,
}

impl Violation {
    pub(crate) fn new(message: impl Into<String>, span: Option<SourceSpan>, sources: &SourceMap) -> Self {
        // A place in the schema has no source here, and so no location.
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
    /// The text is GraphQL, but not an operation of this document.
    #[error("the request is not valid")]
    Invalid(Vec<Violation>),
    /// The operation is of this document, but a value given to it is not.
    #[error("a value of the request is not valid")]
    BadInput(Vec<Violation>),
    /// The text is too large to be looked at.
    #[error("the request has more than {limit} {what}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much there may be.
        limit: u64,
    },
    /// The operation is built too large.
    #[error("the request has {found} {what}, of at most {limit}")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// How much there may be.
        limit: u64,
        /// How much there is, or was found before the count was given up.
        found: u64,
    },
    /// The operation would cost too much.
    #[error("the request costs {cost}, of at most {limit}")]
    Cost {
        /// What it would cost.
        cost: u64,
        /// What it may cost.
        limit: u64,
    },
}

impl Refusal {
    /// A refusal if there is more than there may be.
    pub(crate) fn over(what: &'static str, limit: u64, found: u64) -> Result<(), Self> {
        if found > limit { Err(Self::Limit { what, limit, found }) } else { Ok(()) }
    }
}

fn bounded(message: String) -> String {
    let line = message.lines().next().unwrap_or_default();
    match line.char_indices().nth(MESSAGE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if line.len() == message.len() => message,
        None => line.to_owned(),
    }
}
