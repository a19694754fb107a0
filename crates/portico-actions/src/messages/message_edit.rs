//! Edits a message.

use chrono::TimeDelta;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{CompanyId, MessageId};
use portico_core::limits::caps;
use portico_core::refusal::RefusalCode;
use portico_store::messages::{change_message, find_thread, lock_message};

use super::writing::{body, check_writing, event};
use crate::member_action::{MemberAction, Named, author, perform};
use crate::{ActionError, Actor, Refusal, Work};

/// How long the author can edit a message (EXP-8).
pub const EDIT_LIFE: TimeDelta = TimeDelta::minutes(15);

/// Edits the caller's own message within [`EDIT_LIFE`]. All who can read the message can read its earlier texts (EXP-8).
#[derive(Debug, Clone)]
pub struct MessageEdit {
    /// The message.
    pub id: MessageId,
    /// The version that was read.
    pub expected_version: i32,
    /// The new text.
    pub body: String,
}

impl MessageEdit {
    /// Edits the message.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<MessageId, ActionError> {
        perform(actor, &self).await
    }
}

impl MemberAction for MessageEdit {
    type Done = MessageId;

    fn named(&self) -> Named {
        Named::Message(self.id, "id")
    }

    async fn write_in(&self, work: &mut Work<'_>, company: CompanyId) -> Result<MessageId, ActionError> {
        let not_found = || self.named().not_found();
        let message = lock_message(work.connection(), company, self.id).await?.ok_or_else(not_found)?;
        let thread = find_thread(work.connection(), company, message.thread).await?.ok_or_else(not_found)?;
        let author = author(work, company, thread.project, self.named()).await?;
        if !author.sees(thread.audience, thread.partner) {
            return Err(not_found().into());
        }
        check_writing(work, &author, thread.audience).await?;
        let invalid = |message: &str| Refusal::of(RefusalCode::InvalidState, "id", message);
        if (author.id, author.kind) != (message.author, message.author_kind) {
            return Err(invalid("is a message of another author: only the author can edit a message").into());
        }
        if message.version != self.expected_version {
            return Err(Refusal::outdated(message.version).into());
        }
        let now = work.now();
        if now > message.created_at + EDIT_LIFE {
            return Err(invalid("is older than 15 minutes and cannot be edited: post another message").into());
        }
        if message.version.unsigned_abs() > caps::MESSAGE_VERSIONS {
            return Err(invalid("has been edited 20 times and cannot be edited again: post another message").into());
        }
        let text = body(&self.body)?;
        if text == message.body {
            return Ok(message.id);
        }
        change_message(work.connection(), &thread, &message, text, now).await?;
        let kinds = (ActivityKind::MessageEdited, ActivityKind::InternalMessageEdited);
        work.record(event(kinds, &thread, (SubjectKind::Message, message.id))).await?;
        Ok(message.id)
    }
}
