//! Mail delivery to a folder: a file for mail programs, and one for the demo's page.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use portico_core::id::JobId;
use serde::{Deserialize, Serialize};
use tokio::fs;

use super::message::{MailAddress, Message};

/// A folder with an `.eml` and a `.json` file per mail, named by delivery id: a resent mail replaces its files.
#[derive(Debug, Clone)]
pub struct MailFolder(Arc<Path>);

/// A mail in the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderMail {
    /// The delivery.
    pub id: JobId,
    /// When the mail was written.
    pub at: DateTime<Utc>,
    /// The sender.
    pub from: String,
    /// The recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The plain-text part.
    pub text: String,
    /// The HTML part. Pages that show it must not trust it.
    pub html: String,
    /// The URL of its link.
    pub link: Option<String>,
}

impl MailFolder {
    /// Opens the folder at a path, and creates it if needed.
    ///
    /// # Errors
    ///
    /// If the folder cannot be created.
    pub async fn at(path: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&path).await?;
        Ok(Self(path.into()))
    }

    /// Lists all mails, newest first. Other files are ignored.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read.
    pub async fn list(&self) -> io::Result<Vec<FolderMail>> {
        let (mut mails, mut entries) = (Vec::new(), fs::read_dir(&self.0).await?);
        while let Some(entry) = entries.next_entry().await? {
            let path = entry.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                mails.extend(parsed(&fs::read(path).await?));
            }
        }
        mails.sort_by_key(|mail| std::cmp::Reverse((mail.at, mail.id)));
        Ok(mails)
    }

    /// Reads one mail; none if it does not exist.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub async fn read(&self, id: JobId) -> io::Result<Option<FolderMail>> {
        match fs::read(self.file(id, "json")).await {
            Ok(bytes) => Ok(parsed(&bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn put(&self, message: &Message, formatted: &[u8]) -> io::Result<()> {
        let mail = FolderMail {
            id: message.id,
            at: message.at,
            from: shown(&message.from),
            to: shown(&message.to),
            subject: message.content.subject.clone(),
            text: message.content.text.clone(),
            html: message.content.html.clone(),
            link: message.link.clone(),
        };
        self.write(message.id, "eml", formatted).await?;
        // Last: a mail with this file is complete.
        self.write(message.id, "json", &serde_json::to_vec_pretty(&mail)?).await
    }

    /// Writes under a temporary name first, so that no reader sees half a file.
    async fn write(&self, id: JobId, ending: &str, bytes: &[u8]) -> io::Result<()> {
        let (draft, path) = (self.file(id, &format!("{ending}.draft")), self.file(id, ending));
        fs::write(&draft, bytes).await?;
        fs::rename(draft, path).await
    }

    fn file(&self, id: JobId, ending: &str) -> PathBuf {
        self.0.join(format!("{}.{ending}", id.0))
    }
}

fn parsed(bytes: &[u8]) -> Option<FolderMail> {
    serde_json::from_slice(bytes).ok()
}

fn shown(party: &MailAddress) -> String {
    match &party.name {
        Some(name) => format!("{name} <{}>", party.address),
        None => party.address.clone(),
    }
}
