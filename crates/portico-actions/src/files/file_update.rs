//! Changes the name of a file.

use portico_core::activity::ActivityKind;
use portico_core::files::name;
use portico_core::id::{CompanyId, FileId};
use portico_core::refusal::RefusalCode;
use portico_store::files::rename_file;

use super::checks::{check_present, event, managed_file};
use crate::member_action::{MemberAction, Named, perform};
use crate::{ActionError, Actor, Refusal, Work};

/// Changes the name of a file.
#[derive(Debug, Clone)]
pub struct FileUpdate {
    /// The file.
    pub id: FileId,
    /// The version that was read.
    pub expected_version: i32,
    /// The name; `None` keeps it.
    pub name: Option<String>,
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
        let Some(name) = self.name.as_deref().map(name::repaired).filter(|name| *name != file.name) else {
            return Ok(file.id);
        };
        if name::is_program(&name) {
            let message = "is the name of a program";
            return Err(Refusal::of(RefusalCode::Invalid, "name", message).into());
        }
        rename_file(work.connection(), &file, &name).await?;
        let event = event(ActivityKind::FileChanged, company, file.project, file.id);
        work.record_changes(event, &["name"]).await?;
        Ok(file.id)
    }
}
