//! Write operations on threads and messages.

use async_graphql::{Context, ID, InputObject, Object};
use futures_util::future::try_join_all;
use portico_actions::Refusal;
use portico_actions::messages::{FeedbackSend, MessageEdit, MessageFiles, MessageMarkRead, MessagePost, ThreadStart};
use portico_core::id::{MessageId, Tag, TeamMemberId, ThreadId};
use portico_core::limits::caps;
use portico_core::messages::ThreadSubject;
use portico_graphql_macros::gated;
use portico_loader::messages::{MessageById, ThreadById};
use portico_loader::projects::ProjectById;
use uuid::Uuid;

use super::{Message, Thread, ThreadAudience};
use crate::act::{carry_out, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::node::node_by_id;
use crate::projects::Project;

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ThreadStartInput {
    /// ID of the project.
    #[shared(CLIENT, TRADE, STAFF)]
    project_id: ID,
    /// Audience. Cannot be changed.
    #[shared(CLIENT, TRADE, STAFF)]
    audience: ThreadAudience,
    /// Membership of the trade partner, for the audience `TRADE`.
    #[requires(MESSAGES_INTERNAL)]
    trade_id: Option<ID>,
    /// ID of the record that the thread is about: a task or selection of the project, which has one thread for each audience;
    /// a task has none with clients. Omit for the project as a whole.
    #[shared(CLIENT, TRADE, STAFF)]
    record_id: Option<ID>,
    /// Title, one line. Required for a thread about the project; omit it for another record.
    #[shared(CLIENT, TRADE, STAFF)]
    title: Option<String>,
    /// Text of the first message, without formatting, at most 10,000 characters.
    #[shared(CLIENT, TRADE, STAFF)]
    body: String,
    /// IDs of team members to mention, at most 20. They must belong to the company.
    #[shared(CLIENT, TRADE, STAFF)]
    mention_ids: Option<Vec<ID>>,
    /// IDs of files of the project to attach to the first message, at most 50. They must be shared with the readers of the thread.
    #[shared(CLIENT, TRADE, STAFF)]
    file_ids: Option<Vec<ID>>,
    #[shared(CLIENT, TRADE, STAFF)]
    idempotency_key: String,
}

#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct MessagePostInput {
    /// ID of the thread.
    thread_id: ID,
    /// Text, without formatting, at most 10,000 characters.
    body: String,
    /// IDs of team members to mention, at most 20. They must belong to the company.
    mention_ids: Option<Vec<ID>>,
    /// IDs of files of the project to attach, at most 50. They must be shared with the readers of the thread.
    file_ids: Option<Vec<ID>>,
    idempotency_key: String,
}

#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct MessageEditInput {
    /// ID of the message.
    id: ID,
    expected_version: i32,
    /// Text, without formatting, at most 10,000 characters.
    body: String,
}

#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct MessageMarkReadInput {
    /// ID of the thread.
    thread_id: ID,
    /// ID of the last message that was read. Omit for the last message of the thread.
    up_to_id: Option<ID>,
}

#[gated(CLIENT)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct FeedbackSendInput {
    /// ID of the project.
    project_id: ID,
    /// Text, without formatting, at most 10,000 characters.
    body: String,
    /// IDs of files of the project to attach, at most 50. They must be shared with the clients of the project.
    file_ids: Option<Vec<ID>>,
    idempotency_key: String,
}

payload! {
    ThreadStartPayload for (CLIENT, TRADE, STAFF) {
        /// The thread.
        thread: Thread,
    }
}

payload! {
    MessagePostPayload for (CLIENT, TRADE, STAFF) {
        /// The message.
        message: Message,
        /// The thread.
        thread: Thread,
    }
}

payload! {
    MessageEditPayload for (CLIENT, TRADE, STAFF) {
        /// The message.
        message: Message,
    }
}

payload! {
    MessageMarkReadPayload for (CLIENT, TRADE, STAFF) {
        /// The thread, with the changed `unreadCount`.
        thread: Thread,
        /// The project, with the changed `unreadMessageCount`.
        project: Project,
    }
}

payload! {
    FeedbackSendPayload for (CLIENT) {
        /// The thread in which the company answers. Null on rejection, and while the portal has no section for messages.
        thread: Thread,
    }
}

async fn thread(ctx: &Context<'_>, id: ThreadId) -> Result<Option<Thread>, ApiError> {
    Ok(load(ctx, ThreadById(id)).await?.map(Thread))
}

async fn message(ctx: &Context<'_>, id: MessageId) -> Result<Option<Message>, ApiError> {
    Ok(load(ctx, MessageById(id)).await?.map(Message))
}

fn mentions(ids: Option<Vec<ID>>) -> Result<Vec<TeamMemberId>, ApiError> {
    ids.unwrap_or_default().iter().map(|id| ids::read_as(id, "input.mentionIds", Tag::TEAM_MEMBER)).collect()
}

/// The files to attach, and whether the caller sees all of them. Too many are refused by the action.
async fn files(ctx: &Context<'_>, ids: Option<Vec<ID>>) -> Result<MessageFiles, ApiError> {
    let given = ids.unwrap_or_default();
    let read = |id| ids::read(id, "input.fileIds");
    let some = given.iter().take(caps::ATTACHMENTS as usize).map(read).collect::<Result<Vec<_>, _>>()?;
    let seen = try_join_all(some.into_iter().map(|id| node_by_id(ctx, id))).await?;
    let ids = given.iter().map(|id| ids::read_as(id, "input.fileIds", Tag::FILE)).collect::<Result<_, _>>()?;
    Ok(MessageFiles { ids, are_seen: seen.iter().all(Option::is_some) })
}

/// The record that a thread is to be about, and whether the caller sees it; none for a type without threads.
async fn subject(ctx: &Context<'_>, id: &ID) -> Result<Option<((ThreadSubject, Uuid), bool)>, ApiError> {
    let id = ids::read(id, "input.recordId")?;
    let Some(kind) = ThreadSubject::of_tag(id.tag) else { return Ok(None) };
    Ok(Some(((kind, id.uuid), node_by_id(ctx, id).await?.is_some())))
}

#[derive(Default)]
pub(crate) struct ThreadMutations;

/// Write operations on threads and messages.
#[gated]
#[Object]
impl ThreadMutations {
    /// Starts a thread with its first message.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn thread_start(&self, ctx: &Context<'_>, input: ThreadStartInput) -> Result<ThreadStartPayload, ApiError> {
        let partner =
            input.trade_id.map(|id| ids::read_as(&id, "input.tradeId", Tag::PROJECT_MEMBERSHIP)).transpose()?;
        let subject = match &input.record_id {
            Some(id) => match subject(ctx, id).await? {
                Some(subject) => Some(subject),
                None => return Ok(ThreadStartPayload::refused(vec![Refusal::not_found("recordId").into()])),
            },
            None => None,
        };
        let action = ThreadStart {
            project: ids::read_as(&input.project_id, "input.projectId", Tag::PROJECT)?,
            audience: input.audience.into(),
            partner,
            subject: subject.map(|(subject, _)| subject),
            sees_subject: subject.is_some_and(|(_, is_seen)| is_seen),
            title: input.title,
            body: input.body,
            mentions: mentions(input.mention_ids)?,
            files: files(ctx, input.file_ids).await?,
            idempotency_key: input.idempotency_key,
        };
        Ok(match carry_out(ctx, move |actor| action.run(actor)).await? {
            Ok(id) => ThreadStartPayload::done(thread(ctx, id).await?),
            Err(refused) => ThreadStartPayload::refused(refused),
        })
    }

    /// Posts a message in a thread.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn message_post(&self, ctx: &Context<'_>, input: MessagePostInput) -> Result<MessagePostPayload, ApiError> {
        let action = MessagePost {
            thread: ids::read_as(&input.thread_id, "input.threadId", Tag::THREAD)?,
            body: input.body,
            mentions: mentions(input.mention_ids)?,
            files: files(ctx, input.file_ids).await?,
            idempotency_key: input.idempotency_key,
        };
        let posted_in = action.thread;
        Ok(match carry_out(ctx, move |actor| action.run(actor)).await? {
            Ok(id) => MessagePostPayload::done(message(ctx, id).await?, thread(ctx, posted_in).await?),
            Err(refused) => MessagePostPayload::refused(refused),
        })
    }

    /// Edits your own message, within 15 minutes of writing it. Its readers can read the earlier texts.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn message_edit(&self, ctx: &Context<'_>, input: MessageEditInput) -> Result<MessageEditPayload, ApiError> {
        let MessageEditInput { id, expected_version, body } = input;
        let action = MessageEdit { id: ids::read_as(&id, "input.id", Tag::MESSAGE)?, expected_version, body };
        Ok(match carry_out(ctx, move |actor| action.run(actor)).await? {
            Ok(id) => MessageEditPayload::done(message(ctx, id).await?),
            Err(refused) => MessageEditPayload::refused(refused),
        })
    }

    /// Marks the messages of a thread as read by you. Marked messages stay marked.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn message_mark_read(
        &self,
        ctx: &Context<'_>,
        input: MessageMarkReadInput,
    ) -> Result<MessageMarkReadPayload, ApiError> {
        let action = MessageMarkRead {
            thread: ids::read_as(&input.thread_id, "input.threadId", Tag::THREAD)?,
            up_to: input.up_to_id.map(|id| ids::read_as(&id, "input.upToId", Tag::MESSAGE)).transpose()?,
        };
        Ok(match carry_out(ctx, move |actor| action.run(actor)).await? {
            Ok(id) => {
                let thread = thread(ctx, id).await?;
                let project = match &thread {
                    Some(thread) => load(ctx, ProjectById(thread.0.project_id)).await?.map(Project),
                    None => None,
                };
                MessageMarkReadPayload::done(thread, project)
            }
            Err(refused) => MessageMarkReadPayload::refused(refused),
        })
    }

    /// Sends feedback from the help section to the company. All clients of the project can read it.
    #[shared(CLIENT)]
    async fn feedback_send(
        &self,
        ctx: &Context<'_>,
        input: FeedbackSendInput,
    ) -> Result<FeedbackSendPayload, ApiError> {
        let FeedbackSendInput { project_id, body, file_ids, idempotency_key } = input;
        let project = ids::read_as(&project_id, "input.projectId", Tag::PROJECT)?;
        let action = FeedbackSend { project, body, files: files(ctx, file_ids).await?, idempotency_key };
        Ok(match carry_out(ctx, move |actor| action.run(actor)).await? {
            Ok(id) => FeedbackSendPayload::done(thread(ctx, id).await?),
            Err(refused) => FeedbackSendPayload::refused(refused),
        })
    }
}
