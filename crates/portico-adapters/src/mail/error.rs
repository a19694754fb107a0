//! Why a mail does not leave.

use super::message::MessageError;

/// Why a mail server's address cannot be used. The address itself, which may hold a password, is not repeated.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// It is not an address.
    #[error("{0}; addresses are like smtps://user:password@host or smtp://host:25")]
    Unreadable(String),
    /// Anybody on the way could read the password.
    #[error("the password would be sent in the clear; use smtps://, or smtp:// without tls=none")]
    PasswordInClear,
}

/// A mail did not leave.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{text}")]
pub struct SendError {
    /// Whether it ever will.
    pub kind: SendErrorKind,
    /// The mail server's code, if it said one.
    pub code: Option<u16>,
    /// What it said. It may repeat what stands in the mail.
    pub text: String,
}

/// Whether a mail that did not leave ever will.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendErrorKind {
    /// The mail server refused it, and would again.
    Refused,
    /// Not now.
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
