//! Finishes an upload.

use portico_core::activity::ActivityKind;
use portico_core::files::hash::ContentHash;
use portico_core::files::images::FileImagesJob;
use portico_core::files::scan::FileScanJob;
use portico_core::files::sniff::{Content, sniff};
use portico_core::files::{FileKind, ImageSource, RenditionState, head};
use portico_core::id::{CompanyId, FileId, UploadId};
use portico_core::messages::AuthorKind;
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::files::{NewFile, StoredUpload, insert_file, settle};

use super::checks::{check_open, event, own_upload, sha256};
use crate::member_action::{MemberAction, Named, perform};
use crate::{ActionError, Actor, Refusal, Work};

/// Finishes the caller's own upload: checks its content, and adds the file to the project (FIL-1).
#[derive(Debug, Clone, serde::Serialize)]
pub struct FileFinalize {
    /// The upload.
    pub upload: UploadId,
    /// SHA-256 of the content, if the app can compute it.
    pub sha256: Option<String>,
    /// Whether clients will see the file; `None` as the upload says. Files of clients are always shared.
    pub share_with_clients: Option<bool>,
    /// Idempotency key.
    pub idempotency_key: String,
}

impl FileFinalize {
    /// Finishes the upload.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<FileId, ActionError> {
        perform(actor, &self).await
    }

    /// The type and the hash of a complete upload.
    fn check(&self, upload: &StoredUpload) -> Result<(Content, String), ActionError> {
        if upload.received < upload.size {
            let message = format!("{} of {} bytes have been received: upload the rest", upload.received, upload.size);
            return Err(Refusal::of(RefusalCode::InvalidState, "uploadId", message).into());
        }
        let damaged = || StoreError::Failed(format!("the state of upload {} cannot be read", upload.id.0));
        let hash = upload.hash_state.as_deref().and_then(ContentHash::resume).ok_or_else(damaged)?.finish();
        let announced = sha256(self.sha256.as_deref())?;
        if [&announced, &upload.sha256].into_iter().flatten().any(|announced| *announced != hash) {
            let message = format!("does not match the content: the SHA-256 of the received bytes is {hash}");
            return Err(Refusal::of(RefusalCode::Invalid, "sha256", message).into());
        }
        let head = head::decode(&upload.head).ok_or_else(damaged)?;
        let content = sniff(&head, &upload.name);
        let content = content.map_err(|error| Refusal::of(RefusalCode::Invalid, "uploadId", error.to_string()))?;
        Ok((content, hash))
    }
}

impl MemberAction for FileFinalize {
    type Done = FileId;

    fn named(&self) -> Named {
        Named::Upload(self.upload, "uploadId")
    }

    async fn write_in(&self, work: &mut Work<'_>, company: CompanyId) -> Result<FileId, ActionError> {
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        let (author, upload) = own_upload(work, company, self.upload, self.named()).await?;
        // Finished by another request, such as a retry with another key.
        if let Some(file) = upload.file {
            work.answer(&self.idempotency_key, &file).await?;
            return Ok(file);
        }
        check_open(&author)?;
        let (content, hash) = self.check(&upload)?;
        let shared_with_clients = match (author.kind, self.share_with_clients) {
            (AuthorKind::Client, _) => true,
            (_, said) => said.unwrap_or(upload.share_with_clients),
        };
        let renditions = match (content.kind, ImageSource::of_type(content.media_type)) {
            (FileKind::File, _) => RenditionState::None,
            (FileKind::Photo | FileKind::Video, Some(_)) => RenditionState::Pending,
            (FileKind::Photo | FileKind::Video, None) => RenditionState::Failed,
        };
        let (at, is_scanned) = (work.now(), work.actor().installation.scans_files);
        let new = NewFile {
            upload: &upload,
            author_name: &author.name,
            content,
            sha256: &hash,
            shared_with_clients,
            renditions,
            is_scanned,
            at,
        };
        let (file, content) = insert_file(work.connection(), new).await?;
        if is_scanned {
            work.enqueue(&FileScanJob::new(company, content)).await?;
        } else if renditions == RenditionState::Pending {
            work.enqueue(&FileImagesJob::new(company, content)).await?;
        }
        settle(work.connection(), upload.project, upload.size).await?;
        let kind = if shared_with_clients { ActivityKind::FileUploaded } else { ActivityKind::InternalFileUploaded };
        work.record(event(kind, company, upload.project, file)).await?;
        work.answer(&self.idempotency_key, &file).await?;
        Ok(file)
    }
}
