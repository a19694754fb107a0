//! Changes the name and album of a file.

use portico_core::activity::ActivityKind;
use portico_core::id::{AlbumId, CompanyId, FileId};
use portico_store::files::{LockedFile, move_to_album, project_of_album, rename_file};

use super::checks::{check_present, checked_name, event, managed_file};
use crate::member_action::{MemberAction, Named, perform};
use crate::{ActionError, Actor, Refusal, Work};

/// Changes the name of a file, or puts it into an album of its project.
#[derive(Debug, Clone)]
pub struct FileUpdate {
    /// The file.
    pub id: FileId,
    /// The version that was read.
    pub expected_version: i32,
    /// The name; `None` keeps it.
    pub name: Option<String>,
    /// The album; `None` keeps it, `Some(None)` takes the file out of its album.
    pub album: Option<Option<AlbumId>>,
}

impl FileUpdate {
    /// The new name, if it differs.
    fn new_name(&self, file: &LockedFile) -> Result<Option<String>, Refusal> {
        let name = self.name.as_deref().map(checked_name).transpose()?;
        Ok(name.filter(|name| *name != file.name))
    }

    /// The new album, if it differs.
    async fn new_album(
        &self,
        work: &mut Work<'_>,
        company: CompanyId,
        file: &LockedFile,
    ) -> Result<Option<Option<AlbumId>>, ActionError> {
        let Some(album) = self.album.filter(|album| *album != file.album) else { return Ok(None) };
        if let Some(album) = album {
            let project = project_of_album(work.connection(), company, album).await?;
            if project != Some(file.project) {
                return Err(Refusal::not_found("albumId").into());
            }
        }
        Ok(Some(album))
    }
}

impl FileUpdate {
    /// Changes the file.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<FileId, ActionError> {
        perform(actor, &self).await
    }
}

impl MemberAction for FileUpdate {
    type Done = FileId;

    fn named(&self) -> Named {
        Named::File(self.id, "id")
    }

    async fn write_in(&self, work: &mut Work<'_>, company: CompanyId) -> Result<FileId, ActionError> {
        let file = managed_file(work, company, self.id, self.named()).await?;
        check_present(&file)?;
        if file.version != self.expected_version {
            return Err(Refusal::outdated(file.version).into());
        }
        let (name, album) = (self.new_name(&file)?, self.new_album(work, company, &file).await?);
        let mut changed = Vec::new();
        if let Some(name) = name {
            rename_file(work.connection(), &file, &name).await?;
            changed.push("name");
        }
        // The version stays: clients would learn of albums that they do not see.
        if let Some(album) = album {
            move_to_album(work.connection(), file.id, album).await?;
            changed.push("albumId");
        }
        let event = event(ActivityKind::FileChanged, company, file.project, file.id);
        work.record_changes(event, &changed).await?;
        Ok(file.id)
    }
}
