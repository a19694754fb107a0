//! Deletes files, and restores them.

use portico_core::access::Permission;
use portico_core::activity::ActivityKind;
use portico_core::files::FileState;
use portico_core::id::{CompanyId, FileId, ProjectId};
use portico_core::messages::AuthorKind;
use portico_core::portal::Feature;
use portico_core::refusal::RefusalCode;
use portico_store::files::{decisions_holding, lock_file, most_files_beside, set_deleted};

use super::checks::{check_open, event, managed_file};
use super::file_attach::check_count;
use crate::member_action::{MemberAction, Named, author, perform};
use crate::{ActionError, Actor, Refusal, Work};

/// Deletes a file: staff any, clients their own. It is hidden at once, and purged when staff can no longer restore it. One that is evidence
/// of a decision stays (EXP-8).
#[derive(Debug, Clone, Copy)]
pub struct FileDelete {
    /// The file.
    pub id: FileId,
}

impl FileDelete {
    /// Deletes the file. Returns its project.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<ProjectId, ActionError> {
        perform(actor, &self).await
    }
}

impl MemberAction for FileDelete {
    type Done = ProjectId;

    fn named(&self) -> Named {
        Named::File(self.id, "id")
    }

    async fn write_in(&self, work: &mut Work<'_>, company: CompanyId) -> Result<ProjectId, ActionError> {
        let not_found = || self.named().not_found();
        let file = lock_file(work.connection(), company, self.id).await?.ok_or_else(not_found)?;
        let author = author(work, company, file.project, self.named()).await?;
        match author.kind {
            AuthorKind::Company => {
                work.staff(Permission::DocumentsManage).await?;
            }
            AuthorKind::Client => {
                let is_seen = file.shared_with_clients && file.state == FileState::Available;
                if !is_seen || !author.has(Feature::Documents) {
                    return Err(not_found().into());
                }
                if (file.author, file.author_kind) != (Some(author.id), author.kind.into()) {
                    let message = "was uploaded by another person: ask the company to delete it";
                    return Err(Refusal::of(RefusalCode::NotAllowed, "id", message).into());
                }
            }
            AuthorKind::Trade => return Err(not_found().into()),
        }
        check_open(&author)?;
        if file.state == FileState::Deleted {
            return Ok(file.project);
        }
        check_free(&decisions_holding(work.connection(), file.id).await?, author.kind)?;
        let now = work.now();
        set_deleted(work.connection(), file.id, Some(now)).await?;
        work.record(event(ActivityKind::FileDeleted, company, file.project, file.id)).await?;
        Ok(file.project)
    }
}

/// Rejects the deletion of a file that is evidence of the decisions at these positions. All who delete files know all decisions.
fn check_free(positions: &[i32], author: AuthorKind) -> Result<(), Refusal> {
    let numbers: Vec<_> = positions.iter().map(i32::to_string).collect();
    let decisions = match &numbers[..] {
        [] => return Ok(()),
        [number] => format!("decision {number}"),
        [first @ .., last] => format!("decisions {} and {last}", first.join(", ")),
    };
    let remedy = match author {
        AuthorKind::Company => "unshare it with `fileShare` instead",
        AuthorKind::Client | AuthorKind::Trade => "ask the company to unshare it instead",
    };
    let message = format!("is evidence of {decisions} of the project and cannot be deleted: {remedy}");
    Err(Refusal::of(RefusalCode::InvalidState, "id", message))
}

/// Restores a deleted file, with its former sharing.
#[derive(Debug, Clone, Copy)]
pub struct FileRestore {
    /// The file.
    pub id: FileId,
}

impl FileRestore {
    /// Restores the file.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<FileId, ActionError> {
        perform(actor, &self).await
    }
}

impl MemberAction for FileRestore {
    type Done = FileId;

    fn named(&self) -> Named {
        Named::File(self.id, "id")
    }

    async fn write_in(&self, work: &mut Work<'_>, company: CompanyId) -> Result<FileId, ActionError> {
        let file = managed_file(work, company, self.id, self.named()).await?;
        if file.state == FileState::Deleted {
            let most = most_files_beside(work.connection(), file.id).await?;
            check_count(most, "id", AuthorKind::Company)?;
            set_deleted(work.connection(), file.id, None).await?;
            work.record(event(ActivityKind::FileRestored, company, file.project, file.id)).await?;
        }
        Ok(file.id)
    }
}
