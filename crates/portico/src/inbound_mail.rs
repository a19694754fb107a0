//! Receives files by mail: reads a mail, verifies its sender, and stores its attachments (FIL-2, docs/decisions/0042).

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use portico_actions::files::{
    LeftOut, MailBegin, MailEnd, MailPlaces, MailSender, MailedFile, NamedAttachment, named_attachment,
};
use portico_actions::{ActionError, Actor};
use portico_adapters::files::{FileStore, FileStoreError};
use portico_adapters::inbound_mail::{
    DnsServers, MailAttachment, MailFault, ParsedMail, SenderVerifier, Verification, identity_of,
};
use portico_core::files::hash::ContentHash;
use portico_core::files::limits::{FileLimits, HEAD_BYTES, OBJECT_BYTES};
use portico_core::files::mail::MailDomain;
use portico_core::id::FileObjectId;
use portico_core::refusal::RefusalCode;
use portico_core::webhooks::WebhookKey;
use portico_store::memberships::RecordPlace;
use tokio::sync::Semaphore;

use crate::jobs::parts_of;

/// Maximum number of mails that are read and stored at once: each takes up to twice its size of memory.
const AT_ONCE: usize = 2;
/// Maximum wait for a turn.
const PATIENCE: Duration = Duration::from_secs(20);
/// Maximum length of a name of an attachment that is left out.
const MAX_SHOWN: usize = 100;
/// Maximum number of projects to which a mail is delivered.
const MAX_PROJECTS: usize = 10;

/// Domain of the demo's addresses.
pub const DEMO_DOMAIN: &str = "mail.portico.example";
/// Mail server whose results the demo trusts.
pub const DEMO_TRUSTED_SERVER: &str = "mx.portico.example";
/// Key of the demo's webhook.
pub const DEMO_KEY: &str = "whsec_ZGVtby1vbmx5LWtub3duLXRvLWV2ZXJ5b25lLTAx";

/// Receives mails of a domain. Cheap to clone.
#[derive(Clone)]
pub struct InboundMail(Arc<Inner>);

struct Inner {
    domain: MailDomain,
    verifier: SenderVerifier,
    webhook_key: Option<WebhookKey>,
    turns: Semaphore,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// Its files were added to this number of projects, or had been before.
    Received(usize),
    /// It is ignored, for this reason.
    Ignored(&'static str),
}

/// Why a mail was not received, with the remedy. Temporary reasons come last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum MailRefused {
    /// It cannot be read, or exceeds a limit.
    #[error("{0}")]
    Unreadable(MailFault),
    /// None of its recipients is the address of a project.
    #[error("no project has this address: the current one is in the portal")]
    NoAddress,
    /// The project is archived.
    #[error("the project is archived and takes no files")]
    Archived,
    /// The project has no space left, or too many files in quarantine.
    #[error("{0}: deliver the mail again later")]
    Full(String),
    /// The database, the store or the DNS does not answer.
    #[error("the mail cannot be received at the moment: deliver it again later")]
    Unavailable,
}

impl MailRefused {
    /// Whether the mail can be received later.
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Full(_) | Self::Unavailable)
    }
}

impl From<ActionError> for MailRefused {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::Refused(refusals) => match refusals.into_iter().next() {
                Some(refusal) if refusal.code == RefusalCode::ProjectClosed => Self::Archived,
                Some(refusal) => Self::Full(refusal.message),
                None => Self::Unavailable,
            },
            other => {
                tracing::error!(error = %other, "a mail cannot be received");
                Self::Unavailable
            }
        }
    }
}

impl From<FileStoreError> for MailRefused {
    fn from(error: FileStoreError) -> Self {
        tracing::error!(%error, "the file store failed");
        Self::Unavailable
    }
}

/// A file of a mail, with its bytes.
struct Attached {
    file: MailedFile,
    bytes: Bytes,
}

impl InboundMail {
    /// Receives mail to the demo's addresses. No DNS is asked: only the results of a trusted server verify a sender.
    ///
    /// # Errors
    ///
    /// The reason why not.
    pub fn for_demo() -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let verifier = SenderVerifier::new(vec![DEMO_TRUSTED_SERVER.to_owned()], &DnsServers::None)?;
        Ok(Self::new(DEMO_DOMAIN.parse()?, verifier, Some(WebhookKey::parse(DEMO_KEY)?)))
    }

    /// Receives mail to this domain; by webhook only with a key.
    pub fn new(domain: MailDomain, verifier: SenderVerifier, webhook_key: Option<WebhookKey>) -> Self {
        Self(Arc::new(Inner { domain, verifier, webhook_key, turns: Semaphore::new(AT_ONCE) }))
    }

    /// The domain.
    pub fn domain(&self) -> &MailDomain {
        &self.0.domain
    }

    /// The key of webhooks; without one, mail is received by the command only.
    pub fn webhook_key(&self) -> Option<&WebhookKey> {
        self.0.webhook_key.as_ref()
    }

    /// Receives a mail, as a whole or not at all for each project. One that is delivered again adds nothing. `envelope` has recipients
    /// besides those in the mail.
    ///
    /// # Errors
    ///
    /// [`MailRefused`] has the reason.
    pub async fn receive(
        &self,
        actor: &Actor,
        store: &FileStore,
        raw: Bytes,
        envelope: &[String],
    ) -> Result<Delivered, MailRefused> {
        let Ok(Ok(_turn)) = tokio::time::timeout(PATIENCE, self.0.turns.acquire()).await else {
            return Err(MailRefused::Unavailable);
        };
        let limits = actor.installation.files.unwrap_or_default();
        let source = raw.clone();
        let parsed = tokio::task::spawn_blocking(move || {
            let mail = ParsedMail::parse(&source).map_err(MailRefused::Unreadable)?;
            let identity = mail.from.as_ref().and_then(|from| identity_of(&source, from));
            Ok::<_, MailRefused>((mail, hash_of(&source), identity))
        });
        // A parser that panics is for an operator to repair.
        let (mut mail, sha256, identity) = parsed.await.map_err(|_| MailRefused::Unavailable)??;
        let mut keys: Vec<_> =
            envelope.iter().chain(&mail.recipients).filter_map(|address| self.0.domain.key_of(address)).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.truncate(MAX_PROJECTS);
        if keys.is_empty() {
            return Err(MailRefused::NoAddress);
        }
        if mail.is_automatic {
            return Ok(Delivered::Ignored("it was sent by a program"));
        }
        let places = MailPlaces { keys }.run(actor).await?;
        if places.is_empty() {
            return Err(MailRefused::NoAddress);
        }
        let attachments = std::mem::take(&mut mail.attachments);
        let (files, left_out) = files_of(attachments, &limits);
        if files.is_empty() && left_out.is_empty() {
            return Ok(Delivered::Ignored("it has no attachments"));
        }
        let sender = self.sender(&mail, raw).await?;
        // Someone who has a signed mail can send it on: it proves its sender only where the sender has sent it.
        let named: Vec<_> = mail.addressed.iter().filter_map(|address| self.0.domain.key_of(address)).collect();
        let (mut received, mut refused) = (0, None);
        for (key, place) in &places {
            let is_proven = sender.verified.is_some() && named.contains(key);
            let verified = sender.verified.clone().filter(|_| is_proven);
            let sender = MailSender { shown: sender.shown.clone(), verified };
            // Of a proven mail, what was added on its way makes it no other mail.
            let identity = identity.as_deref().filter(|_| is_proven).unwrap_or(&sha256);
            match add(actor, store, *place, (identity, &sender), &files, &left_out).await {
                Ok(()) => received += 1,
                Err(error) => refused = refused.max(Some(error)),
            }
        }
        match refused {
            // Delivered again, it adds nothing where it was received.
            Some(temporary) if temporary.is_temporary() => Err(temporary),
            Some(permanent) if received == 0 => Err(permanent),
            Some(permanent) => {
                tracing::warn!(reason = %permanent, "a mail was not received in all projects");
                Ok(Delivered::Received(received))
            }
            None => Ok(Delivered::Received(received)),
        }
    }

    /// The sender, verified if the mail proves it.
    async fn sender(&self, mail: &ParsedMail, raw: Bytes) -> Result<MailSender, MailRefused> {
        let shown = match (&mail.from, &mail.from_shown) {
            (Some(from), _) => from.written().to_owned(),
            // Not the name alone, which could be that of a member.
            (None, Some(shown)) => format!("no valid address: {shown}"),
            (None, None) => "no address".to_owned(),
        };
        let Some(from) = &mail.from else { return Ok(MailSender { shown, verified: None }) };
        let verification = self.0.verifier.verify(raw).await.map_err(|error| {
            tracing::warn!(%error, "a mail is not received");
            MailRefused::Unavailable
        })?;
        let verified = match verification {
            Verification::Dkim { .. } | Verification::Dmarc { .. } => Some(from.canonical().to_owned()),
            Verification::Unverified { reason } => {
                tracing::info!(%reason, "the sender of a mail is not verified");
                None
            }
        };
        Ok(MailSender { shown, verified })
    }
}

/// Attachments as files, and those that cannot be.
fn files_of(attachments: Vec<MailAttachment>, limits: &FileLimits) -> (Vec<Attached>, Vec<LeftOut>) {
    let (mut files, mut left_out) = (Vec::new(), Vec::new());
    for (number, MailAttachment { name, media_type, bytes }) in (1..).zip(attachments) {
        let name = name.unwrap_or_else(|| unnamed(number, &media_type));
        let head = &bytes[..bytes.len().min(HEAD_BYTES)];
        match named_attachment(&name, bytes.len(), head, limits) {
            Ok(NamedAttachment { name, content }) => {
                let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
                let file = MailedFile { name, content, sha256: hash_of(&bytes), size, parts: parts_of(size) };
                files.push(Attached { file, bytes });
            }
            Err(reason) => {
                left_out.push(LeftOut { name: shown_name(&name), reason });
            }
        }
    }
    (files, left_out)
}

/// A name for display, on one line.
fn shown_name(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(MAX_SHOWN).collect()
}

/// Name of an attachment that has none.
fn unnamed(number: usize, media_type: &str) -> String {
    let extension = match media_type {
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "image/heic" | "image/heif" => ".heic",
        "application/pdf" => ".pdf",
        "message/rfc822" => ".eml",
        _ => "",
    };
    format!("Attachment {number}{extension}")
}

/// Adds the files to a project: registers objects, stores their bytes, and records the files.
async fn add(
    actor: &Actor,
    store: &FileStore,
    place: RecordPlace,
    (sha256, sender): (&str, &MailSender),
    attached: &[Attached],
    left_out: &[LeftOut],
) -> Result<(), MailRefused> {
    let files: Vec<_> = attached.iter().map(|attached| attached.file.clone()).collect();
    let Some(objects) = (MailBegin { place, sha256, files: &files }).run(actor).await? else { return Ok(()) };
    for (attached, ids) in attached.iter().zip(&objects) {
        put(store, &attached.bytes, ids).await?;
    }
    let end = MailEnd { place, sha256, sender, files: &files, objects: &objects, left_out };
    if let Some(received) = end.run(actor).await? {
        let (files, is_member) = (received.files.len(), received.author.is_some());
        tracing::info!(project = %place.project.0, files, is_member, "a mail with files was received");
    }
    Ok(())
}

async fn put(store: &FileStore, bytes: &Bytes, ids: &[FileObjectId]) -> Result<(), FileStoreError> {
    let mut rest = bytes.clone();
    for id in ids {
        let part = rest.split_to(rest.len().min(OBJECT_BYTES));
        store.put(id.0, vec![part]).await?;
    }
    Ok(())
}

fn hash_of(bytes: &[u8]) -> String {
    let mut hash = ContentHash::new();
    hash.update(bytes);
    hash.finish()
}
