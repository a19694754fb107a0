//! Starts an upload.

use portico_core::files::limits::{OPEN_UPLOADS, PROJECT_FILES, RESERVED_BYTES, UPLOAD_LIFE, rounded_size, shown_size};
use portico_core::id::{CompanyId, ProjectId, UploadId};
use portico_core::messages::AuthorKind;
use portico_core::portal::Feature;
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::files::{
    NewUpload, Quota, StoredUpload, find_upload, insert_upload, open_uploads, reserve, shares_by_default, stored_bytes,
};
use portico_store::memberships::{Author, has_section};

use super::checks::{check_open, checked_name, limits, sha256, uploader};
use crate::member_action::{MemberAction, Named, perform};
use crate::sessions::attempts;
use crate::{ActionError, Actor, Refusal, Work};

/// Starts the upload of a file (FIL-1). Its size is reserved, so that all uploads that were started can be finished.
#[derive(Debug, Clone, serde::Serialize)]
pub struct StagedUploadCreate {
    /// The project.
    pub project: ProjectId,
    /// The name of the file.
    pub name: String,
    /// Its size in bytes.
    pub size: i64,
    /// SHA-256 of the content, if it is known.
    pub sha256: Option<String>,
    /// Whether clients will see it; `None` for the company's default. Files of clients are always shared (FIL-4).
    pub share_with_clients: Option<bool>,
    /// Idempotency key.
    pub idempotency_key: String,
}

/// An upload, with those who will see the file.
#[derive(Debug, Clone)]
pub struct StagedUpload {
    /// The upload.
    pub upload: StoredUpload,
    /// Whether clients will see the file.
    pub for_clients: bool,
}

impl StagedUpload {
    pub(super) async fn of(work: &mut Work<'_>, upload: StoredUpload) -> Result<Self, ActionError> {
        let has_section = has_section(work.connection(), upload.project, Feature::Documents).await?;
        Ok(Self { for_clients: upload.share_with_clients && has_section, upload })
    }
}

impl StagedUploadCreate {
    /// Starts the upload.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<StagedUpload, ActionError> {
        perform(actor, &self).await
    }

    async fn share_with_clients(
        &self,
        work: &mut Work<'_>,
        author: &Author,
        company: CompanyId,
    ) -> Result<bool, ActionError> {
        Ok(match (author.kind, self.share_with_clients) {
            (AuthorKind::Client, _) => true,
            (_, Some(is_shared)) => is_shared,
            (_, None) => shares_by_default(work.connection(), company).await?,
        })
    }

    /// Rejects uploads that the person or the project has no room for, and reserves the bytes of others.
    async fn reserve(&self, work: &mut Work<'_>, author: &Author, company: CompanyId) -> Result<(), ActionError> {
        let limits = limits(work)?;
        let now = work.now();
        let (open, bytes) = open_uploads(work.connection(), author.id, now).await?;
        let invalid = |message: String| Refusal::new(RefusalCode::InvalidState, message);
        if i64::try_from(open).unwrap_or(i64::MAX) >= OPEN_UPLOADS || bytes.saturating_add(self.size) > RESERVED_BYTES {
            let message = format!(
                "you have {open} uploads in progress, and may have {OPEN_UPLOADS} with {} together: finish or cancel one",
                shown_size(RESERVED_BYTES)
            );
            return Err(invalid(message).into());
        }
        let quota = Quota { bytes: limits.project_quota, files: PROJECT_FILES };
        if reserve(work.connection(), (company, self.project), self.size, quota).await? {
            return Ok(());
        }
        // Clients do not learn how much others have uploaded.
        if author.kind != AuthorKind::Company {
            let message = "the project has no space left for this file: ask the company".to_owned();
            return Err(invalid(message).into());
        }
        let used = stored_bytes(work.connection(), self.project).await?;
        let message = format!(
            "the project has no space left for this file: it uses {} of {} and may have {PROJECT_FILES} files, deleted ones included \
             until they are purged; ask the operator for more space",
            rounded_size(used),
            shown_size(limits.project_quota)
        );
        Err(invalid(message).into())
    }
}

impl MemberAction for StagedUploadCreate {
    type Done = StagedUpload;

    fn named(&self) -> Named {
        Named::Project(self.project, "projectId")
    }

    async fn write_in(&self, work: &mut Work<'_>, company: CompanyId) -> Result<StagedUpload, ActionError> {
        if let Some(known) = work.answered::<UploadId, _>(&self.idempotency_key, self).await? {
            let upload = find_upload(work.connection(), company, known).await?;
            let upload = upload.ok_or_else(|| {
                let message = "this upload has ended: start another one with a new `idempotencyKey`";
                Refusal::of(RefusalCode::InvalidState, "idempotencyKey", message)
            })?;
            return StagedUpload::of(work, upload).await;
        }
        let author = uploader(work, company, self.project, self.named()).await?;
        attempts::count_upload(work.actor(), author.id).await?;
        check_open(&author)?;
        let max_size = limits(work)?.max_size;
        if self.size <= 0 {
            let message = "must be at least 1 byte: empty files cannot be uploaded";
            return Err(Refusal::of(RefusalCode::Invalid, "size", message).into());
        }
        if self.size > max_size {
            let message = format!("must not be larger than {}", shown_size(max_size));
            return Err(Refusal::of(RefusalCode::Invalid, "size", message).into());
        }
        let name = checked_name(&self.name)?;
        let sha256 = sha256(self.sha256.as_deref())?;
        let share_with_clients = self.share_with_clients(work, &author, company).await?;
        self.reserve(work, &author, company).await?;
        let created_at = work.now();
        let new = NewUpload {
            company,
            project: self.project,
            author: author.id,
            author_kind: author.kind,
            name,
            size: self.size,
            sha256,
            share_with_clients,
            created_at,
            expires_at: created_at + UPLOAD_LIFE,
        };
        let id = insert_upload(work.connection(), new).await?;
        work.answer(&self.idempotency_key, &id).await?;
        let upload = find_upload(work.connection(), company, id).await?;
        let upload = upload.ok_or_else(|| StoreError::Failed("an upload that was inserted is gone".to_owned()))?;
        StagedUpload::of(work, upload).await
    }
}
