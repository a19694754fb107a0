//! How mail leaves.

use super::folder::MailFolder;
use super::message::{Message, MessageError};
use super::smtp::{self, Smtp};

/// Where mails go.
#[derive(Clone)]
pub enum Transport {
    /// To a mail server.
    Smtp(SmtpServer),
    /// Into a folder, for a demo.
    Folder(MailFolder),
}

/// A mail server.
#[derive(Clone)]
pub struct SmtpServer(Smtp);

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

impl Transport {
    /// To a mail server: `smtp://user:password@host:port` (STARTTLS, unless it is on this machine) or `smtps://..`.
    ///
    /// Connections are made when they are needed.
    ///
    /// # Errors
    ///
    /// [`TransportError`] when the address cannot be used.
    pub fn smtp(url: &str) -> Result<Self, TransportError> {
        smtp::connect_to(url).map(SmtpServer).map(Self::Smtp)
    }

    /// Sends a mail. That it was sent means that a mail server has taken charge of it, or that it lies in the folder.
    ///
    /// # Errors
    ///
    /// [`SendError`] says whether it is worth trying again.
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
