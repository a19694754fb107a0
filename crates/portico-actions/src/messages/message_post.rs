//! Posts a message in a thread.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::files::AttachmentRecord;
use portico_core::id::{CompanyId, FileId, MessageId, ProjectId, ProjectMembershipId, TeamMemberId, ThreadId};
use portico_core::limits::caps;
use portico_core::messages::{AuthorKind, ThreadAudience};
use portico_core::refusal::RefusalCode;
use portico_store::files::{RecordOfFiles, files_for, insert_attachment};
use portico_store::messages::{find_thread, lock_thread};

use super::writing::{body, check_readers, check_writing, event, mentioned, post};
use crate::files::check_count;
use crate::member_action::{MemberAction, Named, author, perform};
use crate::{ActionError, Actor, Refusal, Work};

/// Posts a message in a thread that the caller sees (MSG-1, MSG-4). Its readers are those of the thread.
#[derive(Debug, Clone, serde::Serialize)]
pub struct MessagePost {
    /// The thread.
    pub thread: ThreadId,
    /// The text.
    pub body: String,
    /// Members of the project's team whom the message mentions.
    pub mentions: Vec<TeamMemberId>,
    /// Files to attach.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileId>,
    /// Whether the caller sees all of these files. Not part of the input: a retry returns the first result also after one was
    /// hidden.
    #[serde(skip)]
    pub sees_files: bool,
    /// Idempotency key.
    pub idempotency_key: String,
}

impl MessagePost {
    /// Posts the message.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<MessageId, ActionError> {
        perform(actor, &self).await
    }

    /// The files to attach, locked: those that the author and all readers of the thread see.
    async fn checked_files(
        &self,
        work: &mut Work<'_>,
        place: (CompanyId, ProjectId),
        readers: (ThreadAudience, Option<ProjectMembershipId>),
        author: AuthorKind,
    ) -> Result<Vec<FileId>, ActionError> {
        const MEMBER: &str = "fileIds";
        let most = caps::ATTACHMENTS;
        if self.files.len() > most as usize {
            let message = format!("must not have more than {most} IDs");
            return Err(Refusal::of(RefusalCode::TooLong, MEMBER, message).into());
        }
        if self.files.is_empty() {
            return Ok(Vec::new());
        }
        let known = files_for(work.connection(), place, &self.files, readers).await?;
        let mut files = Vec::new();
        for id in &self.files {
            let file = known.iter().find(|file| file.id == *id).filter(|_| self.sees_files);
            let file = file.ok_or_else(|| Refusal::not_found(MEMBER))?;
            if !file.is_shared {
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

impl MemberAction for MessagePost {
    type Done = MessageId;

    fn named(&self) -> Named {
        Named::Thread(self.thread, "threadId")
    }

    async fn write_in(&self, work: &mut Work<'_>, company: CompanyId) -> Result<MessageId, ActionError> {
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        let not_found = || self.named().not_found();
        let thread = find_thread(work.connection(), company, self.thread).await?.ok_or_else(not_found)?;
        let author = author(work, company, thread.project, self.named()).await?;
        if !author.sees(thread.audience, thread.partner) {
            return Err(not_found().into());
        }
        check_writing(work, &author, thread.audience).await?;
        let readers = (thread.audience, thread.partner);
        check_readers(work, &author, (company, thread.project), readers, "threadId").await?;
        let text = body(&self.body)?;
        let mentioned = mentioned(work, &author, thread.project, thread.audience, &self.mentions).await?;
        let files = self.checked_files(work, (company, thread.project), readers, author.kind).await?;
        // Last, so that only authors of the thread wait for each other.
        let thread = lock_thread(work.connection(), company, self.thread).await?.ok_or_else(not_found)?;
        let id = post(work, &thread, &author, text, mentioned).await?;
        let record = RecordOfFiles { company, project: thread.project, kind: AttachmentRecord::Message, id: id.0 };
        let now = work.now();
        for file in files {
            insert_attachment(work.connection(), record, file, false, now).await?;
        }
        let kinds = (ActivityKind::MessagePosted, ActivityKind::InternalMessagePosted);
        work.record(event(kinds, &thread, (SubjectKind::Message, id))).await?;
        work.answer(&self.idempotency_key, &id).await?;
        Ok(id)
    }
}
