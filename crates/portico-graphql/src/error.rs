//! Errors: typed inside, coded outside, detailed only in the log.

use std::sync::Arc;

use portico_actions::{ActionError, HeavyError};
use portico_core::people::Permission;
use portico_loader::LoadError;
use portico_loader::StoreError;
use serde::Serialize;

/// The closed list of codes that callers can rely on (API-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorCode {
    /// There is no such token, or it has expired.
    Unauthenticated,
    /// A value that the caller sent is wrong; the message names it.
    BadUserInput,
    /// The operation's text cannot be read.
    GraphqlParseFailed,
    /// The operation does not fit the caller's schema.
    GraphqlValidationFailed,
    /// The cursor is not of this list, or not of this caller any more.
    CursorInvalid,
    /// The operation asks for too much.
    CostLimit,
    /// The caller has asked for too much in too short a time.
    Throttled,
    /// The request is too large.
    PayloadTooLarge,
    /// The request took too long.
    Timeout,
    /// Something that is needed is not there right now; it may be worth trying again.
    Unavailable,
    /// The idempotency key was used for something else.
    IdempotencyMismatch,
    /// Somebody is changing the same right now; it may be worth trying again.
    Conflict,
    /// A defect of ours.
    Internal,
}

impl ErrorCode {
    /// As it stands in `extensions.code`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::CursorInvalid => "CURSOR_INVALID",
            Self::CostLimit => "COST_LIMIT",
            Self::Throttled => "THROTTLED",
            Self::PayloadTooLarge => "PAYLOAD_TOO_LARGE",
            Self::Timeout => "TIMEOUT",
            Self::Unavailable => "UNAVAILABLE",
            Self::IdempotencyMismatch => "IDEMPOTENCY_MISMATCH",
            Self::Conflict => "CONFLICT",
            Self::Internal => "INTERNAL",
        }
    }
}

/// Why a field has no value. The only error that resolvers return.
///
/// It has no `Display`, and the feature `custom-error-conversion` is on, so that `?` on anybody else's error does not
/// compile: its text would reach the caller.
#[derive(Debug, Clone)]
pub enum ApiError {
    /// An argument is wrong.
    BadInput {
        /// Its name, or the path to it: `filter.startedOn.gte`.
        argument: String,
        /// What is wrong with it, as the end of a sentence.
        reason: String,
    },
    /// A cursor is not of this list or caller.
    CursorInvalid {
        /// The argument that holds it.
        argument: &'static str,
    },
    /// A guard refused. Admission refuses first, in the same words as for a name that does not exist.
    NotForViewer {
        /// The field.
        field: String,
        /// What would open it; for staff alone to know.
        missing: Option<Permission>,
    },
    /// The session has ended since the request was signed in.
    NotSignedIn,
    /// An idempotency key was used for something else.
    OtherThanBefore,
    /// Somebody is changing the same right now.
    Contended,
    /// Too much heavy work is waiting.
    Overloaded,
    /// Rows could not be had.
    Load(LoadError),
    /// A defect of ours; the text is for the log.
    Defect(String),
}

impl ApiError {
    /// A wrong argument.
    pub(crate) fn bad_input(argument: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::BadInput { argument: argument.into(), reason: reason.into() }
    }

    /// The code for callers.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::BadInput { .. } => ErrorCode::BadUserInput,
            Self::CursorInvalid { .. } => ErrorCode::CursorInvalid,
            Self::NotForViewer { .. } | Self::Load(LoadError::Store(StoreError::Hidden(_))) => {
                ErrorCode::GraphqlValidationFailed
            }
            Self::NotSignedIn => ErrorCode::Unauthenticated,
            Self::OtherThanBefore => ErrorCode::IdempotencyMismatch,
            Self::Contended | Self::Load(LoadError::Store(StoreError::Contended(_) | StoreError::Taken(_))) => {
                ErrorCode::Conflict
            }
            Self::Overloaded | Self::Load(LoadError::Store(StoreError::Unavailable(_))) => ErrorCode::Unavailable,
            Self::Load(LoadError::Store(StoreError::TimedOut(_))) => ErrorCode::Timeout,
            Self::Load(_) | Self::Defect(_) => ErrorCode::Internal,
        }
    }

    /// The sentence for callers. Fixed for all that is not theirs to mend.
    pub fn message(&self) -> String {
        match self {
            Self::BadInput { argument, reason } => format!("argument `{argument}`: {reason}"),
            Self::CursorInvalid { argument } => {
                format!("argument `{argument}`: this cursor is not of this list, or what you may see has changed")
            }
            // An action asks for more than its field does; only staff get this far.
            Self::NotForViewer { field, missing: Some(_) } if field.is_empty() => {
                "this needs a permission that you do not have".to_owned()
            }
            Self::NotForViewer { field, .. } => format!("there is no field `{field}` here"),
            Self::NotSignedIn
            | Self::OtherThanBefore
            | Self::Contended
            | Self::Overloaded
            | Self::Load(_)
            | Self::Defect(_) => sentence(self.code()).to_owned(),
        }
    }
}

/// What callers are told where the details are not theirs.
pub(crate) const fn sentence(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Unavailable => "the service is not available right now; please try again",
        ErrorCode::Timeout => "the request took too long",
        ErrorCode::Unauthenticated => "the token is unknown or has expired",
        ErrorCode::IdempotencyMismatch => {
            "this idempotency key was used with another input: send a new key for a new request"
        }
        ErrorCode::Conflict => "another request is changing the same data; try again",
        ErrorCode::GraphqlValidationFailed => "there is no such field, argument or value here",
        _ => "something went wrong on our side",
    }
}

impl From<LoadError> for ApiError {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

impl From<ActionError> for ApiError {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::NotSignedIn => Self::NotSignedIn,
            ActionError::NotAllowed(permission) => {
                Self::NotForViewer { field: String::new(), missing: Some(permission) }
            }
            ActionError::OtherThanBefore => Self::OtherThanBefore,
            ActionError::UnderWay => Self::Contended,
            ActionError::Heavy(HeavyError::Busy | HeavyError::Abandoned) => Self::Overloaded,
            ActionError::Store(error) => Self::Load(LoadError::Store(error)),
            other @ (ActionError::Refused(_) | ActionError::Random(_) | ActionError::Heavy(HeavyError::Failed)) => {
                Self::Defect(other.to_string())
            }
        }
    }
}

impl From<ApiError> for async_graphql::Error {
    fn from(error: ApiError) -> Self {
        // The text stays empty: what is sent is made from the source, in one place, as the last step.
        Self { message: String::new(), source: Some(Arc::new(error)), extensions: None }
    }
}
