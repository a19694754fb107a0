//! What keeps an action from being done.

use std::time::Duration;

use portico_core::people::Permission;
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;

use crate::HeavyError;

/// What is said of things that are nowhere, and of those that are somebody else's.
const NOWHERE: &str = "there is no such thing";

/// What an action answers that refuses and yet keeps what it wrote: that somebody asked was to be counted (RULE-9).
pub type Counted<T> = Result<T, Refusal>;

/// A business answer: why something is not done, for whoever asked for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// Why, in a word that programs can rely on.
    pub code: RefusalCode,
    /// What of the input it is about: `["input", "email"]`. Empty if it is about all of it.
    pub field: Vec<String>,
    /// Why, in a sentence.
    pub message: String,
    /// After how long it may be tried again.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// About the whole.
    pub fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        Self { code, field: Vec::new(), message: message.into(), retry_after: None }
    }

    /// About one member of the input.
    pub fn of(code: RefusalCode, member: &str, message: impl Into<String>) -> Self {
        let field = ["input"].into_iter().chain(member.split('.')).map(str::to_owned).collect();
        Self { field, ..Self::new(code, message) }
    }

    /// About an argument that stands by itself.
    pub fn of_argument(code: RefusalCode, argument: &str, message: impl Into<String>) -> Self {
        Self { field: vec![argument.to_owned()], ..Self::new(code, message) }
    }

    /// There is no such thing for whoever asks, whatever there may be for others: said of an argument that stands by itself.
    pub fn argument_not_found(argument: &str) -> Self {
        Self::of_argument(RefusalCode::NotFound, argument, NOWHERE)
    }

    /// The same, said of an argument that stands by itself.
    #[must_use]
    pub fn at_argument(self, argument: &str) -> Self {
        Self { field: vec![argument.to_owned()], ..self }
    }

    /// The same about a member of another argument than `input`.
    #[must_use]
    pub fn under(mut self, argument: &str) -> Self {
        if let Some(first) = self.field.first_mut() {
            argument.clone_into(first);
        }
        self
    }

    /// There is no such thing for whoever asks, whatever there may be for others.
    pub fn not_found(member: &str) -> Self {
        Self::of(RefusalCode::NotFound, member, NOWHERE)
    }

    /// Something was left out.
    pub fn blank(member: &str) -> Self {
        Self::of(RefusalCode::Blank, member, "must not be empty")
    }

    /// Something was omitted that is required beside what was given.
    pub fn missing(member: &str, message: &str) -> Self {
        Self::of(RefusalCode::Blank, member, message)
    }

    /// To be tried again later.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }
}

/// Why an action was not done. Then nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// For reasons that whoever asked is told.
    #[error("refused: {0:?}")]
    Refused(Vec<Refusal>),
    /// The session has ended since it was signed in with, or there never was one.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The permission was never given, or has been taken away since.
    #[error("the permission {0} is missing")]
    NotAllowed(Permission),
    /// The key was used before, for something else.
    #[error("the idempotency key was used for something else")]
    OtherThanBefore,
    /// An action with the same key is still under way.
    #[error("a request with this key is in progress")]
    UnderWay,
    /// The pool for heavy work did not do it.
    #[error(transparent)]
    Heavy(#[from] HeavyError),
    /// The machine has no randomness to give.
    #[error("no random bytes could be had: {0}")]
    Random(getrandom::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refusal> for ActionError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

impl From<getrandom::Error> for ActionError {
    fn from(error: getrandom::Error) -> Self {
        Self::Random(error)
    }
}
