//! Rejections and errors of actions.

use std::time::Duration;

use portico_core::access::Permission;
use portico_core::id::ContactId;
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;

use crate::HeavyError;

/// Message for records that do not exist, and for those of other tenants alike.
const UNKNOWN: &str = "does not exist: check the ID";
/// Message for changes of an archived project.
pub(crate) const ARCHIVED: &str = "the project is archived and cannot be changed";
/// Start of the error for a system without random numbers.
pub(crate) const NO_RANDOM_BYTES: &str = "the operating system returned no random bytes";

/// Result of an action that commits although it rejects, since the attempt is counted (RULE-9).
pub type Counted<T> = Result<T, Refusal>;

/// Reason for rejecting an action, for the caller.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The reason, for programs.
    pub code: RefusalCode,
    /// The path in the arguments: `["input", "email"]`. Empty for the input as a whole.
    pub field: Vec<String>,
    /// The reason and remedy, for people.
    pub message: String,
    /// The wait before a retry.
    pub retry_after: Option<Duration>,
    /// The contact that has the email address already, for staff.
    pub contact: Option<ContactId>,
}

impl Refusal {
    /// A rejection of the input as a whole.
    pub fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        Self { code, field: Vec::new(), message: message.into(), retry_after: None, contact: None }
    }

    /// A rejection of one member of the input.
    pub fn of(code: RefusalCode, member: &str, message: impl Into<String>) -> Self {
        let field = ["input"].into_iter().chain(member.split('.')).map(str::to_owned).collect();
        Self { field, ..Self::new(code, message) }
    }

    /// The rejection, moved to another member of the input.
    #[must_use]
    pub fn at(self, member: &str) -> Self {
        Self { field: vec!["input".to_owned(), member.to_owned()], ..self }
    }

    /// The rejection, moved under a member of the input that is an object.
    #[must_use]
    pub fn under(mut self, member: &str) -> Self {
        if !self.field.is_empty() {
            self.field.insert(1, member.to_owned());
        }
        self
    }

    /// The record does not exist for the caller.
    pub fn not_found(member: &str) -> Self {
        Self::of(RefusalCode::NotFound, member, UNKNOWN)
    }

    /// The record has been changed since the caller read it.
    pub(crate) fn outdated(version: i32) -> Self {
        let message = format!("is outdated: the current version is {version}; read it again and retry");
        Self::of(RefusalCode::Conflict, "expectedVersion", message)
    }

    /// A required value is blank.
    pub fn blank(member: &str) -> Self {
        Self::of(RefusalCode::Blank, member, "must not be empty")
    }

    /// A value was omitted that is required here.
    pub fn missing(member: &str, message: &str) -> Self {
        Self::of(RefusalCode::Blank, member, message)
    }

    /// Adds the wait before a retry.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }

    /// Names the contact that has the email address already.
    #[must_use]
    pub(crate) fn about_contact(self, contact: ContactId) -> Self {
        Self { contact: Some(contact), ..self }
    }
}

/// Reasons why an action was not performed; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// Rejected, with reasons for the caller.
    #[error("refused: {0:?}")]
    Refused(Vec<Refusal>),
    /// The session has ended since sign-in, or there was none.
    #[error("the caller is not signed in")]
    NotSignedIn,
    /// The caller does not have the permission, or lost it.
    #[error("the permission {0} is missing")]
    NotAllowed(Permission),
    /// The idempotency key was used with another input.
    #[error("the idempotency key was used with another input")]
    IdempotencyMismatch,
    /// Another request with the same key is in progress.
    #[error("a request with this key is in progress")]
    UnderWay,
    /// The pool for heavy work is busy or failed.
    #[error(transparent)]
    Heavy(#[from] HeavyError),
    /// The operating system returned no random bytes.
    #[error("{NO_RANDOM_BYTES}: {0}")]
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
