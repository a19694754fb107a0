//! Mail that goes no further than a folder: a file as mail programs read it, and one beside it as a page shows it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use portico_core::id::JobId;
use serde::{Deserialize, Serialize};
use tokio::fs;

use super::message::{MailAddress, Message};

/// A folder of mails, one `.eml` and one `.json` each, by the id of the delivery: what is sent again replaces itself.
#[derive(Debug, Clone)]
pub struct MailFolder(Arc<Path>);

/// A mail in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderMail {
    /// The delivery.
    pub id: JobId,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// From whom.
    pub from: String,
    /// To whom.
    pub to: String,
    /// Its title.
    pub subject: String,
    /// The plain part.
    pub text: String,
    /// The other one. Whoever shows it must not trust it.
    pub html: String,
    /// The address of its link.
    pub link: Option<String>,
}

impl MailFolder {
    /// The folder at a path, made if it is not there.
    ///
    /// # Errors
    ///
    /// That it cannot be made.
    pub async fn at(path: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&path).await?;
        Ok(Self(path.into()))
    }

    /// All mails, the newest first. Whatever else lies there is left alone.
    ///
    /// # Errors
    ///
    /// That the folder cannot be read.
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

    /// One mail; none if it is not there.
    ///
    /// # Errors
    ///
    /// That it cannot be read.
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
        // Last: what has this file is there.
        self.write(message.id, "json", &serde_json::to_vec_pretty(&mail)?).await
    }

    /// Under another name first, so that nobody reads half of it.
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
