//! Posts a message in a thread.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{CompanyId, MessageId, TeamMemberId, ThreadId};
use portico_store::messages::{find_thread, lock_thread};

use super::files::{MessageFiles, attach};
use super::writing::{body, check_readers, check_writing, event, mentioned, post};
use crate::member_action::{MemberAction, Named, author, perform};
use crate::{ActionError, Actor, Work};

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
    #[serde(skip_serializing_if = "MessageFiles::is_empty")]
    pub files: MessageFiles,
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
        let files = self.files.checked(work, (company, thread.project), readers, author.kind).await?;
        // Last, so that only authors of the thread wait for each other.
        let thread = lock_thread(work.connection(), company, self.thread).await?.ok_or_else(not_found)?;
        let id = post(work, &thread, &author, text, mentioned).await?;
        attach(work, &thread, id, files).await?;
        let kinds = (ActivityKind::MessagePosted, ActivityKind::InternalMessagePosted);
        work.record(event(kinds, &thread, (SubjectKind::Message, id))).await?;
        work.answer(&self.idempotency_key, &id).await?;
        Ok(id)
    }
}
