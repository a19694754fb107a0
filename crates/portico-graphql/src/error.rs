//! Errors: typed inside, codes for callers, details only in the log.

use std::sync::Arc;

use portico_actions::{ActionError, HeavyError};
use portico_core::access::Permission;
use portico_core::limits::ANSWER_BYTES;
use portico_loader::LoadError;
use portico_loader::StoreError;
use serde::Serialize;

/// Closed list of error codes (API-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorCode {
    /// The token is unknown or has expired.
    Unauthenticated,
    /// A value of the input is not valid; the message names it.
    BadUserInput,
    /// The operation cannot be parsed.
    GraphqlParseFailed,
    /// The operation is not valid in the caller's schema.
    GraphqlValidationFailed,
    /// The cursor belongs to another list, or the caller's access has changed.
    CursorInvalid,
    /// The operation exceeds a limit.
    CostLimit,
    /// The caller exceeds the rate limit.
    Throttled,
    /// The request is too large.
    PayloadTooLarge,
    /// The request took too long.
    Timeout,
    /// A service is unavailable; retry later.
    Unavailable,
    /// The idempotency key was used with another input.
    IdempotencyMismatch,
    /// Deadlock, lock timeout or serialization failure, or a request with the same key in progress; retry.
    Conflict,
    /// The token is of a view of a client's portal, which changes nothing.
    ReadOnly,
    /// Internal error.
    Internal,
}

impl ErrorCode {
    /// The value of `extensions.code`.
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
            Self::ReadOnly => "READ_ONLY",
            Self::Internal => "INTERNAL",
        }
    }

    /// The message for callers, where the details are for the log.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Unavailable => "the service is unavailable: retry in a few seconds",
            Self::Timeout => "the request took too long: request less data, or retry",
            Self::Unauthenticated => "the token is unknown or has expired: sign in again",
            Self::IdempotencyMismatch => {
                "this idempotency key was used with another input: send a new key for a new request"
            }
            Self::ReadOnly => {
                "this token views a client's portal, and changes nothing: use your own token for changes, or end the view with \
                 `signOut`"
            }
            Self::Conflict => "another request is changing the same data: retry",
            Self::GraphqlValidationFailed => "there is no such field, argument or value here",
            _ => "internal error: report the `requestId` to the operator of the service",
        }
    }
}

/// Error of a field. The only error that resolvers return.
///
/// It has no `Display`, and the feature `custom-error-conversion` is on, so that `?` on a foreign error does not compile: its
/// text would reach the caller.
#[derive(Debug, Clone)]
pub enum ApiError {
    /// An argument is not valid.
    BadInput {
        /// Its name, or the path to it: `filter.startedOn.gte`.
        argument: String,
        /// What is wrong and the remedy, as the end of a sentence.
        reason: String,
    },
    /// A cursor belongs to another list or caller.
    CursorInvalid {
        /// The argument with the cursor.
        argument: &'static str,
    },
    /// Rejected by a guard. Admission rejects first, in the same words as for an unknown name.
    NotForViewer {
        /// The field.
        field: String,
        /// The missing permission; for staff only.
        missing: Option<Permission>,
    },
    /// The session has ended since sign-in.
    NotSignedIn,
    /// The idempotency key was used with another input.
    IdempotencyMismatch,
    /// A request with the same idempotency key is in progress.
    Conflict,
    /// The answer is larger than [`ANSWER_BYTES`].
    AnswerTooLarge,
    /// A mutation was carried out, and the answer is larger than [`ANSWER_BYTES`].
    ChangedWithoutAnswer,
    /// The queue for heavy work is full.
    Overloaded,
    /// Rows could not be read.
    Load(LoadError),
    /// Internal error; the text is for the log.
    Internal(String),
}

impl ApiError {
    /// An argument that is not valid.
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
            Self::AnswerTooLarge | Self::ChangedWithoutAnswer => ErrorCode::CostLimit,
            Self::NotSignedIn => ErrorCode::Unauthenticated,
            Self::IdempotencyMismatch => ErrorCode::IdempotencyMismatch,
            Self::Conflict | Self::Load(LoadError::Store(StoreError::Contended(_) | StoreError::Taken(_))) => {
                ErrorCode::Conflict
            }
            Self::Overloaded
            | Self::Load(LoadError::Store(StoreError::Unavailable(_) | StoreError::Rejected(_) | StoreError::Tls(_))) => {
                ErrorCode::Unavailable
            }
            Self::Load(LoadError::Store(StoreError::TimedOut(_))) => ErrorCode::Timeout,
            Self::Load(_) | Self::Internal(_) => ErrorCode::Internal,
        }
    }

    /// The message for callers. Fixed for all but client errors.
    pub fn message(&self) -> String {
        match self {
            Self::BadInput { argument, reason } => format!("argument `{argument}`: {reason}"),
            Self::CursorInvalid { argument: "since" } => {
                "argument `since`: this cursor belongs to another project or reader, or is too old: delete the copy, and fetch \
                 without `since`"
                    .to_owned()
            }
            Self::CursorInvalid { argument } => {
                format!(
                    "argument `{argument}`: this cursor belongs to another list, or your access has changed: request the first \
                     page"
                )
            }
            // An action requires more than its field does; only staff get this far.
            Self::NotForViewer { field, missing: Some(_) } if field.is_empty() => {
                "this requires a permission that you do not have: ask an owner".to_owned()
            }
            Self::AnswerTooLarge => {
                let most = ANSWER_BYTES / (1024 * 1024);
                format!("the answer is larger than {most} MiB: request fewer fields, or fewer items at once")
            }
            Self::ChangedWithoutAnswer => {
                let most = ANSWER_BYTES / (1024 * 1024);
                format!(
                    "this mutation was carried out, but the answer is larger than {most} MiB: query what you need. Mutations \
                     without this error changed nothing"
                )
            }
            Self::NotForViewer { field, .. } => format!("there is no field `{field}` here"),
            Self::NotSignedIn
            | Self::IdempotencyMismatch
            | Self::Conflict
            | Self::Overloaded
            | Self::Load(_)
            | Self::Internal(_) => self.code().message().to_owned(),
        }
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
            ActionError::IdempotencyMismatch => Self::IdempotencyMismatch,
            ActionError::UnderWay => Self::Conflict,
            ActionError::Heavy(HeavyError::Busy | HeavyError::Abandoned) => Self::Overloaded,
            ActionError::Store(error) => Self::Load(LoadError::Store(error)),
            other @ (ActionError::Refused(_) | ActionError::Random(_) | ActionError::Heavy(HeavyError::Failed)) => {
                Self::Internal(other.to_string())
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
