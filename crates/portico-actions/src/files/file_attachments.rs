//! Detaches files from records, and hides them there.

use portico_core::access::Permission;
use portico_core::activity::ActivityKind;
use portico_core::id::{CompanyId, FileAttachmentId, FileId};
use portico_store::files::{AttachmentChange, OwnAttachment, change_attachment, delete_attachment, own_attachment};

use super::checks::{event, managed_file};
use crate::member_action::Named;
use crate::{Action, ActionError, Refusal, Work};

/// The company's attachment, with its file locked, as staff who manage files change it.
async fn managed_attachment(
    work: &mut Work<'_>,
    id: FileAttachmentId,
    is_seen: bool,
) -> Result<(CompanyId, OwnAttachment), ActionError> {
    let company = work.staff(Permission::DocumentsManage).await?.company;
    if !is_seen {
        return Err(Refusal::not_found("id").into());
    }
    let found = own_attachment(work.connection(), company, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    managed_file(work, company, found.file, Named::File(found.file, "id")).await?;
    // Again under the lock: another request may have detached it.
    let attachment = own_attachment(work.connection(), company, id).await?;
    Ok((company, attachment.ok_or_else(|| Refusal::not_found("id"))?))
}

/// Detaches a file from a record. The file remains.
#[derive(Debug, Clone, Copy)]
pub struct FileDetach {
    /// The attachment.
    pub id: FileAttachmentId,
    /// Whether the caller sees it.
    pub is_seen: bool,
}

impl Action for FileDetach {
    type Done = FileId;

    async fn write(&self, work: &mut Work<'_>) -> Result<FileId, ActionError> {
        let (company, attachment) = managed_attachment(work, self.id, self.is_seen).await?;
        delete_attachment(work.connection(), attachment.id).await?;
        work.record(event(ActivityKind::FileDetached, company, attachment.project, attachment.file)).await?;
        Ok(attachment.file)
    }
}

/// Hides a file from clients on a record, or shows it (FIL-9). It takes effect at once.
#[derive(Debug, Clone, Copy)]
pub struct FileAttachmentUpdate {
    /// The attachment.
    pub id: FileAttachmentId,
    /// Whether the caller sees it.
    pub is_seen: bool,
    /// Whether clients do not see the file on the record; `None` keeps it.
    pub hidden_from_clients: Option<bool>,
}

impl Action for FileAttachmentUpdate {
    type Done = FileAttachmentId;

    async fn write(&self, work: &mut Work<'_>) -> Result<FileAttachmentId, ActionError> {
        let (company, attachment) = managed_attachment(work, self.id, self.is_seen).await?;
        let change = AttachmentChange { hidden_from_clients: self.hidden_from_clients };
        let changed = change_attachment(work.connection(), attachment.id, change).await?.names;
        let event = event(ActivityKind::FileAttachmentChanged, company, attachment.project, attachment.file);
        work.record_changes(event, &changed).await?;
        Ok(attachment.id)
    }
}
