//! Mail transports.

use super::error::{SendError, TransportError};
use super::folder::MailFolder;
use super::message::Message;
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
