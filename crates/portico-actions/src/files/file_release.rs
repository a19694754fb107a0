//! Releases files that are withheld.

use portico_core::activity::ActivityKind;
use portico_core::files::FileState;
use portico_core::id::{CompanyId, FileId};
use portico_store::files::{current_content, images_to_make, release_file};

use super::checks::{check_present, event, managed_file};
use crate::member_action::{MemberAction, Named, perform};
use crate::{ActionError, Actor, Work};

/// Makes a file available that is being scanned, or was withheld. Its sharing applies from then on.
#[derive(Debug, Clone, Copy)]
pub struct FileRelease {
    /// The file.
    pub id: FileId,
}

impl FileRelease {
    /// Releases the file.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<FileId, ActionError> {
        perform(actor, &self).await
    }
}

impl MemberAction for FileRelease {
    type Done = FileId;

    fn named(&self) -> Named {
        Named::File(self.id, "id")
    }

    async fn write_in(&self, work: &mut Work<'_>, company: CompanyId) -> Result<FileId, ActionError> {
        let file = managed_file(work, company, self.id, self.named()).await?;
        check_present(&file)?;
        if matches!(file.state, FileState::Checking | FileState::Quarantined) {
            release_file(work.connection(), file.id).await?;
            if let Some(content) = current_content(work.connection(), file.id).await?
                && let Some(job) = images_to_make(work.connection(), content).await?
            {
                work.enqueue(&job).await?;
            }
            work.record(event(ActivityKind::FileReleased, company, file.project, file.id)).await?;
        }
        Ok(file.id)
    }
}
