//! What can go wrong with the database. The texts are for the log: none of them reaches a caller.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

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
            // diesel does not pass on the SQLSTATE, so that these are told by their text, which PostgreSQL writes in
            // English for logins without a setting of their own.
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, info) => match info.message() {
                message if message.contains("due to statement timeout") => Self::TimedOut(message.to_owned()),
                message if message.contains("deadlock detected") || message.contains("due to lock timeout") => {
                    Self::Contended(message.to_owned())
                }
                message if message.starts_with("terminating connection") || message.contains("is shutting down") => {
                    Self::Unavailable(message.to_owned())
                }
                message => Self::Failed(message.to_owned()),
            },
            _ => Self::Failed(error.to_string()),
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
