//! Mail transports.

use super::folder::MailFolder;
use super::message::{Message, MessageError};
use super::smtp::{self, Smtp};

/// Destination of mails.
#[derive(Clone)]
pub enum Transport {
    /// A mail server.
    Smtp(SmtpServer),
    /// A folder, for a demo.
    Folder(MailFolder),
}

/// A mail server.
#[derive(Clone)]
pub struct SmtpServer(Smtp);

/// Why a mail server's URL cannot be used. The URL itself, which may hold a password, is not repeated.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The URL is not valid.
    #[error("{0}; addresses are like smtps://user:password@host or smtp://host:25")]
    Unreadable(String),
    /// The password could be read on the network.
    #[error("the password would be sent in the clear; use smtps://, or smtp:// without tls=none")]
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

impl Transport {
    /// Creates the transport to a mail server: `smtp://user:password@host:port` (STARTTLS, unless it is on this
    /// machine) or `smtps://..`.
    ///
    /// Connects when a mail is sent.
    ///
    /// # Errors
    ///
    /// [`TransportError`] if the URL cannot be used.
    pub fn smtp(url: &str) -> Result<Self, TransportError> {
        smtp::connect_to(url).map(SmtpServer).map(Self::Smtp)
    }

    /// Sends a mail. Success means that a mail server has accepted it, or that it is in the folder.
    ///
    /// # Errors
    ///
    /// [`SendError`] says whether a retry can succeed.
    pub async fn send(&self, message: &Message) -> Result<(), SendError> {
        let built = message.build()?;
        match self {
            Self::Smtp(SmtpServer(server)) => smtp::send(server, built).await,
            Self::Folder(folder) => {
                let put = folder.put(message, &built.formatted()).await;
                put.map_err(|error| SendError::later(None, format!("the folder cannot be written: {error}")))
            }
        }
    }
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Smtp(_) => "Smtp(..)",
            Self::Folder(_) => "Folder(..)",
        })
    }
}
