//! Attaches files to records.

use portico_core::access::Permission;
use portico_core::activity::ActivityKind;
use portico_core::files::{AttachmentRecord, FileState};
use portico_core::id::{CompanyId, FileAttachmentId, FileId, TaskId};
use portico_core::limits::caps;
use portico_core::messages::AuthorKind;
use portico_core::portal::Feature;
use portico_core::refusal::RefusalCode;
use portico_store::files::{
    LockedFile, RecordOfFiles, assigned_partners, attachments_like, delete_attachment, insert_attachment,
    is_shared_selection, lock_drafted_task, lock_file, lock_record, share_with_trades, trades_of_file,
};
use portico_store::memberships::Author;
use serde_json::json;
use uuid::Uuid;

use super::checks::{check_open, event};
use crate::member_action::{MemberAction, Named, author, perform};
use crate::{ActionError, Actor, Refusal, Work};

/// Member of the input that names the record.
const RECORD: &str = "recordId";

/// Attaches a file to a selection, one of its options, or a task (FIL-3). Who sees the file stays as it is.
#[derive(Debug, Clone, serde::Serialize)]
pub struct FileAttach {
    /// The file.
    pub file: FileId,
    /// The record; `None` if its type has no files.
    pub record: Option<(AttachmentRecord, Uuid)>,
    /// Whether the caller sees the file. Not part of the input: a retry returns the first result also after it was hidden.
    #[serde(skip)]
    pub sees_file: bool,
    /// Whether the caller sees the record.
    #[serde(skip)]
    pub sees_record: bool,
    /// Whether clients do not see the file on this record (FIL-9).
    pub hidden_from_clients: bool,
    /// Whether to share the file with the trade partners to whom the task is assigned.
    pub shares_with_assignees: bool,
    /// Idempotency key.
    pub idempotency_key: String,
}

impl FileAttach {
    /// Attaches the file.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<FileAttachmentId, ActionError> {
        perform(actor, &self).await
    }

    /// The record, if this author may attach the file to it.
    async fn record_for(
        &self,
        work: &mut Work<'_>,
        author: &Author,
        file: &LockedFile,
    ) -> Result<(AttachmentRecord, Uuid), ActionError> {
        let not_found = || Refusal::not_found(RECORD);
        match author.kind {
            AuthorKind::Company => {
                work.staff(Permission::DocumentsManage).await?;
                if file.state == FileState::Deleted {
                    let message = "is deleted: restore it with `fileRestore` first";
                    return Err(Refusal::of(RefusalCode::InvalidState, "fileId", message).into());
                }
            }
            AuthorKind::Client => {
                let is_shared = file.shared_with_clients && file.state == FileState::Available;
                if !self.sees_file || !is_shared {
                    return Err(self.named().not_found().into());
                }
            }
            AuthorKind::Trade => return Err(self.named().not_found().into()),
        }
        check_open(author)?;
        let plans = self.plans_tasks(work, author).await?;
        let is_open =
            |(kind, _): &(AttachmentRecord, Uuid)| self.sees_record || (plans && *kind == AttachmentRecord::Task);
        let (kind, id) = self.record.filter(is_open).ok_or_else(not_found)?;
        let invalid = |message: &str| ActionError::from(Refusal::of(RefusalCode::Invalid, RECORD, message));
        match kind {
            AttachmentRecord::Message => Err(invalid("is a message: its author attaches files with `messagePost`")),
            AttachmentRecord::Task | AttachmentRecord::SelectionOption if author.kind == AuthorKind::Client => {
                Err(invalid("is not a selection: you can attach files to selections only"))
            }
            AttachmentRecord::Selection if author.kind == AuthorKind::Client => {
                let is_seen =
                    author.has(Feature::Selections) && is_shared_selection(work.connection(), id.into()).await?;
                if is_seen { Ok((kind, id)) } else { Err(not_found().into()) }
            }
            AttachmentRecord::Task | AttachmentRecord::Selection | AttachmentRecord::SelectionOption => Ok((kind, id)),
        }
    }

    /// Whether the author may attach the file to tasks of the draft, which has no type of its own among the records.
    async fn plans_tasks(&self, work: &mut Work<'_>, author: &Author) -> Result<bool, ActionError> {
        let staff = work.person().await?.staff;
        let edits = staff.is_some_and(|staff| staff.permissions.contains(Permission::ScheduleEdit));
        Ok(edits && author.kind == AuthorKind::Company && self.sees_file)
    }

    /// Locks the record. A task that is only part of the draft is there for those who edit schedules.
    async fn lock(&self, work: &mut Work<'_>, author: &Author, record: RecordOfFiles) -> Result<(), ActionError> {
        if lock_record(work.connection(), record).await? {
            return Ok(());
        }
        let is_draft = record.kind == AttachmentRecord::Task
            && self.plans_tasks(work, author).await?
            && lock_drafted_task(work.connection(), record).await?;
        if !is_draft {
            return Err(Refusal::not_found(RECORD).into());
        }
        // They would see the file before the task.
        if self.shares_with_assignees {
            let message = "is for published tasks: share the file with `fileShare` when the draft is published";
            return Err(Refusal::of(RefusalCode::InvalidState, "shareWithAssignees", message).into());
        }
        Ok(())
    }

    /// Shares the file with the trade partners to whom the task is assigned, if they have web access.
    async fn share(&self, work: &mut Work<'_>, file: &LockedFile, record: RecordOfFiles) -> Result<(), ActionError> {
        if record.kind != AttachmentRecord::Task {
            let message = "is for tasks only: omit it";
            return Err(Refusal::of(RefusalCode::Invalid, "shareWithAssignees", message).into());
        }
        let known = trades_of_file(work.connection(), file.id).await?;
        let mut added = assigned_partners(work.connection(), TaskId(record.id)).await?;
        added.retain(|partner| !known.contains(partner));
        if added.is_empty() {
            return Ok(());
        }
        share_with_trades(work.connection(), (record.company, record.project, file.id), &added, &[]).await?;
        let shared = event(ActivityKind::FileShared, record.company, record.project, file.id);
        work.record_changes(shared, &["sharedWithTrades"]).await
    }
}

impl MemberAction for FileAttach {
    type Done = FileAttachmentId;

    fn named(&self) -> Named {
        Named::File(self.file, "fileId")
    }

    async fn write_in(&self, work: &mut Work<'_>, company: CompanyId) -> Result<FileAttachmentId, ActionError> {
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        let not_found = || self.named().not_found();
        let file = lock_file(work.connection(), company, self.file).await?.ok_or_else(not_found)?;
        let project = file.project;
        let author = author(work, company, project, self.named()).await?;
        let (kind, id) = self.record_for(work, &author, &file).await?;
        let record = RecordOfFiles { company, project, kind, id };
        // After the file: actions that lock both do so in this order.
        self.lock(work, &author, record).await?;
        let (known, of_record, of_file) = attachments_like(work.connection(), file.id, id).await?;
        let is_client = author.kind == AuthorKind::Client;
        let attachment = match known {
            Some((known, is_hidden)) if !(is_client && is_hidden) => known,
            _ => {
                // Clients do not learn that staff have hidden the file here: it is attached as if it had not been.
                if let Some((hidden, _)) = known {
                    delete_attachment(work.connection(), hidden).await?;
                } else {
                    check_count(of_record.max(of_file), RECORD, author.kind)?;
                }
                let (is_hidden, now) = (self.hidden_from_clients, work.now());
                let new = insert_attachment(work.connection(), record, file.id, is_hidden, now).await?;
                let attached = event(ActivityKind::FileAttached, company, project, file.id);
                work.record(attached.with(json!({ "recordKind": kind }))).await?;
                new
            }
        };
        if self.shares_with_assignees {
            self.share(work, &file, record).await?;
        }
        work.answer(&self.idempotency_key, &attachment).await?;
        Ok(attachment)
    }
}

/// Rejects a further attachment of a record or file that has the maximum number.
pub(crate) fn check_count(count: usize, member: &str, author: AuthorKind) -> Result<(), Refusal> {
    let most = caps::ATTACHMENTS;
    if count < most as usize {
        return Ok(());
    }
    // Some of them may be hidden from others than staff.
    if author != AuthorKind::Company {
        let message = "this file cannot be attached here: ask the company";
        return Err(Refusal::of(RefusalCode::InvalidState, member, message));
    }
    let message =
        format!("a record has at most {most} files, and a file is on at most {most} records: detach one first");
    Err(Refusal::of(RefusalCode::InvalidState, member, message))
}
