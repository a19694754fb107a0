//! How mail leaves.

use super::error::{SendError, TransportError};
use super::folder::MailFolder;
use super::message::Message;
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
