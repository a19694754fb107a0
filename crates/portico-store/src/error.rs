//! What can go wrong with the database. The texts are for the log: none of them reaches a caller.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::sqlstate::code_of;

/// Why a statement gave no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// No connection could be had, or the one in use was lost. Trying again may help.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// The statement ran for longer than a statement may.
    #[error("a statement was cut off: {0}")]
    TimedOut(String),
    /// The statement would filter or sort by something that the viewer may not see.
    #[error("`{0}` is not for this viewer")]
    Hidden(&'static str),
    /// There is such a row already; the name of the constraint that says so.
    #[error("there is such a row already: {0}")]
    Taken(String),
    /// Others were changing the same rows. Trying again may help.
    #[error("others were changing the same: {0}")]
    Contended(String),
    /// Everything else: a defect of ours.
    #[error("a statement failed: {0}")]
    Failed(String),
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(
                DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection,
                info,
            ) => Self::Unavailable(info.message().to_owned()),
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                Self::Taken(info.constraint_name().unwrap_or_default().to_owned())
            }
            DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, info) => {
                Self::Contended(info.message().to_owned())
            }
            // diesel does not pass on the SQLSTATE, and the text is in the server's language: the code stands in front of it.
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, info) => match code_of(info.message()) {
                Some((code, _)) => Self::coded(code, info.message().to_owned()),
                None => Self::Failed(info.message().to_owned()),
            },
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl StoreError {
    /// Whether the role of the connection lacks a right (`insufficient_privilege`). A migration that fails repeats the code within a
    /// text of its own.
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::Failed(text) if text.split_whitespace().any(|word| word == "42501"))
    }

    /// An error that PostgreSQL gave this SQLSTATE (appendix A of its manual).
    fn coded(code: &str, text: String) -> Self {
        match code {
            // query_canceled: what cancels statements here is their timeout.
            "57014" => Self::TimedOut(text),
            // deadlock_detected, serialization_failure, lock_not_available
            "40P01" | "40001" | "55P03" => Self::Contended(text),
            // idle sessions and transactions that were ended, and a transaction that took too long
            "25P03" | "25P04" | "57P05" => Self::Unavailable(text),
            // connection exceptions, insufficient resources, and what an operator does
            _ if ["08", "53", "57"].iter().any(|class| code.starts_with(class)) => Self::Unavailable(text),
            _ => Self::Failed(text),
        }
    }
}

/// From what runs without diesel, which does tell the server's own code.
impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(told) => {
                let detail = told.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
                Self::Failed(format!("{}{detail}", told.message()))
            }
            None => Self::Unavailable(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lack_of_rights_is_found_by_its_code() {
        for denied in ["42501 keine Berechtigung", "Failed to run 0001_people with: 42501 permission denied"] {
            assert!(StoreError::Failed(denied.to_owned()).is_denied(), "{denied}");
        }
        for other in ["42601 syntax error", "row 425012 is odd"] {
            assert!(!StoreError::Failed(other.to_owned()).is_denied(), "{other}");
        }
    }
}
