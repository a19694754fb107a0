//! Files of messages.

use portico_core::files::AttachmentRecord;
use portico_core::id::{CompanyId, FileId, MessageId, ProjectId, ProjectMembershipId};
use portico_core::limits::caps;
use portico_core::messages::{AuthorKind, ThreadAudience};
use portico_core::refusal::RefusalCode;
use portico_store::files::{RecordOfFiles, files_for, insert_attachment};
use portico_store::messages::StoredThread;

use crate::files::check_count;
use crate::{ActionError, Refusal, Work};

/// Member of the input that names the files.
const MEMBER: &str = "fileIds";

/// Files to attach to a message.
#[derive(Debug, Clone, Default, serde::Serialize)]
#[serde(transparent)]
pub struct MessageFiles {
    /// The files.
    pub ids: Vec<FileId>,
    /// Whether the caller sees all of them. Not part of the input: a retry returns the first result also after one was hidden.
    #[serde(skip)]
    pub are_seen: bool,
}

impl MessageFiles {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The files to attach, locked: those that the author and all readers of the thread see. Call it before a record or thread is locked:
    /// actions that lock a file as well do so in this order.
    pub(super) async fn checked(
        &self,
        work: &mut Work<'_>,
        place: (CompanyId, ProjectId),
        readers: (ThreadAudience, Option<ProjectMembershipId>),
        author: AuthorKind,
    ) -> Result<Vec<FileId>, ActionError> {
        let most = caps::ATTACHMENTS;
        if self.ids.len() > most as usize {
            let message = format!("must not have more than {most} IDs");
            return Err(Refusal::of(RefusalCode::TooLong, MEMBER, message).into());
        }
        if self.ids.is_empty() {
            return Ok(Vec::new());
        }
        let known = files_for(work.connection(), place, &self.ids, readers).await?;
        let mut files = Vec::new();
        for id in &self.ids {
            let file = known.iter().find(|file| file.id == *id).filter(|_| self.are_seen);
            let file = file.ok_or_else(|| Refusal::not_found(MEMBER))?;
            if !file.is_shared {
                // Unshared since they saw it: others than staff learn nothing of it any longer.
                if author != AuthorKind::Company {
                    return Err(Refusal::not_found(MEMBER).into());
                }
                let message = format!(
                    "{} is not shared with the readers of this thread: share it with `fileShare` first",
                    file.name
                );
                return Err(Refusal::of(RefusalCode::Invalid, MEMBER, message).into());
            }
            if !files.contains(id) {
                check_count(file.records, MEMBER, author)?;
                files.push(*id);
            }
        }
        Ok(files)
    }
}

/// Attaches files to a message, in their order.
pub(super) async fn attach(
    work: &mut Work<'_>,
    thread: &StoredThread,
    message: MessageId,
    files: Vec<FileId>,
) -> Result<(), ActionError> {
    let (company, project) = (thread.company, thread.project);
    let (record, now) =
        (RecordOfFiles { company, project, kind: AttachmentRecord::Message, id: message.0 }, work.now());
    for file in files {
        insert_attachment(work.connection(), record, file, false, now).await?;
    }
    Ok(())
}
