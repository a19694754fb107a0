//! Errors of the database. Their texts are for the log, never for callers.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::sqlstate::code_of;

/// Why a statement failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// No connection was available, or it was lost. A retry may succeed.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// The database rejected a login. A retry may succeed after an operator has corrected its password or rights.
    #[error("the database rejected the login: {0}")]
    Rejected(String),
    /// `migrate` of an earlier version, with the migrations that it does not know.
    #[error("the database is of a later version of Portico, which has {0}: run `portico migrate` of that version")]
    LaterVersion(String),
    /// TLS failed: a fault of a certificate or of a setting, with its remedy. A retry may succeed after it.
    #[error("the database cannot be reached by TLS: {0}")]
    Tls(String),
    /// The statement exceeded its timeout.
    #[error("a statement timed out: {0}")]
    TimedOut(String),
    /// A filter or sort order uses a column that the viewer may not see.
    #[error("the viewer may not see `{0}`")]
    Hidden(&'static str),
    /// Unique violation, with the name of the constraint.
    #[error("a unique constraint is violated: {0}")]
    Taken(String),
    /// Deadlock, lock timeout or serialization failure. A retry may succeed.
    #[error("a deadlock, lock timeout or serialization failure: {0}")]
    Contended(String),
    /// Any other error: a bug.
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
            // diesel does not pass on the SQLSTATE, and the text is localized: the connection puts the code before it.
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, info) => match code_of(info.message()) {
                Some((code, _)) => Self::coded(code, info.message().to_owned()),
                None => Self::Failed(info.message().to_owned()),
            },
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl StoreError {
    /// Whether the login lacks a privilege (`insufficient_privilege`). A failed migration repeats the code within its
    /// own text.
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::Failed(text) if text.split_whitespace().any(|word| word == "42501"))
    }

    /// Classifies an error by its SQLSTATE (appendix A of PostgreSQL's manual).
    fn coded(code: &str, text: String) -> Self {
        match code {
            // query_canceled: statements are canceled by their timeout only.
            "57014" => Self::TimedOut(text),
            // deadlock_detected, serialization_failure, lock_not_available
            "40P01" | "40001" | "55P03" => Self::Contended(text),
            // terminated idle sessions and transactions, and a transaction timeout
            "25P03" | "25P04" | "57P05" => Self::Unavailable(text),
            // connection exceptions, insufficient resources, operator intervention
            _ if ["08", "53", "57"].iter().any(|class| code.starts_with(class)) => Self::Unavailable(text),
            _ => Self::Failed(text),
        }
    }
}

/// For statements run without diesel, whose errors have the server's code.
impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(server) => {
                let detail = server.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
                Self::Failed(format!("{}{detail}", server.message()))
            }
            None => Self::Unavailable(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_privilege_is_known_by_code() {
        for denied in ["42501 keine Berechtigung", "Failed to run 0001_people with: 42501 permission denied"] {
            assert!(StoreError::Failed(denied.to_owned()).is_denied(), "{denied}");
        }
        for other in ["42601 syntax error", "row 425012 is odd"] {
            assert!(!StoreError::Failed(other.to_owned()).is_denied(), "{other}");
        }
    }
}
