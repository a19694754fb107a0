//! Marks the messages of a thread as read.

use portico_core::id::{CompanyId, MessageId, ThreadId};
use portico_store::messages::{find_thread, position_of_message};

use super::writing::mark;
use crate::member_action::{MemberAction, Named, author, perform};
use crate::{ActionError, Actor, Refusal, Work};

/// Marks a thread as read by the caller, up to a message. It is not recorded in the audit log: it changes nothing for others.
#[derive(Debug, Clone)]
pub struct MessageMarkRead {
    /// The thread.
    pub thread: ThreadId,
    /// The last message that was read; `None` for the last one of the thread.
    pub up_to: Option<MessageId>,
}

impl MessageMarkRead {
    /// Marks the messages.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<ThreadId, ActionError> {
        perform(actor, &self).await
    }
}

impl MemberAction for MessageMarkRead {
    type Done = ThreadId;

    fn named(&self) -> Named {
        Named::Thread(self.thread, "threadId")
    }

    async fn write_in(&self, work: &mut Work<'_>, company: CompanyId) -> Result<ThreadId, ActionError> {
        let not_found = || self.named().not_found();
        let thread = find_thread(work.connection(), company, self.thread).await?.ok_or_else(not_found)?;
        let reader = author(work, company, thread.project, self.named()).await?;
        if !reader.sees(thread.audience, thread.partner) {
            return Err(not_found().into());
        }
        let position = match self.up_to {
            Some(message) => {
                let position = position_of_message(work.connection(), thread.id, message).await?;
                position.ok_or_else(|| Refusal::not_found("upToId"))?
            }
            None => thread.message_count,
        };
        mark(work, &thread, &reader, position).await
    }
}
