//! Ends an upload without a file.

use portico_core::id::{CompanyId, ProjectId, UploadId};
use portico_core::refusal::RefusalCode;
use portico_store::files::{StoredUpload, delete_upload, free};

use super::checks::own_upload;
use crate::member_action::{MemberAction, Named, perform};
use crate::{ActionError, Actor, Refusal, Work};

/// Ends the caller's own upload. Its bytes are deleted.
#[derive(Debug, Clone)]
pub struct StagedUploadCancel {
    /// The upload.
    pub upload: UploadId,
}

impl StagedUploadCancel {
    /// Ends the upload. Returns its project.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<ProjectId, ActionError> {
        perform(actor, &self).await
    }
}

impl MemberAction for StagedUploadCancel {
    type Done = ProjectId;

    fn named(&self) -> Named {
        Named::Upload(self.upload, "uploadId")
    }

    async fn write_in(&self, work: &mut Work<'_>, company: CompanyId) -> Result<ProjectId, ActionError> {
        let (_, upload) = own_upload(work, company, self.upload, self.named()).await?;
        if upload.file.is_some() {
            let message = "is finished: delete the file with `fileDelete`";
            return Err(Refusal::of(RefusalCode::InvalidState, "uploadId", message).into());
        }
        end(work, &upload).await?;
        Ok(upload.project)
    }
}

/// Deletes an unfinished upload, and frees its reservation.
pub(super) async fn end(work: &mut Work<'_>, upload: &StoredUpload) -> Result<(), ActionError> {
    delete_upload(work.connection(), upload.id).await?;
    Ok(free(work.connection(), upload.project, upload.size).await?)
}
