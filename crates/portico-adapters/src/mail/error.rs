//! Errors of mail transports.

use super::message::MessageError;

/// Why a mail server's URL cannot be used. The URL itself, which may hold a password, is not repeated.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The URL is not valid.
    #[error("{0}; addresses are like smtps://user:password@host or smtp://host:25")]
    Unreadable(String),
    /// The password could be read on the network.
    #[error("the password would be sent in plain text; use smtps://, or smtp:// without tls=none")]
    PasswordInClear,
}

/// A failed delivery.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{text}")]
pub struct SendError {
    /// Whether a retry can succeed.
    pub kind: SendErrorKind,
    /// The mail server's reply code; none if there was no reply.
    pub code: Option<u16>,
    /// The mail server's reply or the error. It may repeat the content of the mail.
    pub text: String,
}

/// Whether a retry of a failed delivery can succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendErrorKind {
    /// Permanent failure.
    Refused,
    /// Temporary failure.
    Later,
}

impl SendError {
    pub(crate) fn refused(code: Option<u16>, text: String) -> Self {
        Self { kind: SendErrorKind::Refused, code, text }
    }

    pub(crate) fn later(code: Option<u16>, text: String) -> Self {
        Self { kind: SendErrorKind::Later, code, text }
    }
}

impl From<MessageError> for SendError {
    fn from(error: MessageError) -> Self {
        Self::refused(None, error.to_string())
    }
}
