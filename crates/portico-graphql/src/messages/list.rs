//! Lists of threads and messages: pages and filter.

use async_graphql::{Context, ID, InputObject};
use portico_core::id::ProjectId;
use portico_core::messages::ThreadList;
use portico_core::page::{Position, SortValue};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::messages::{
    MessageCount, MessageRow, MessagesOfThread, ThreadCount, ThreadRow, ThreadsOfProject, UnreadInProject,
};
use uuid::Uuid;

use super::{Message, Thread, ThreadAudience};
use crate::error::ApiError;
use crate::ids;
use crate::node::node_by_id;
use crate::page::{PageArguments, RequestCursors, connection};
use crate::projects::search_words;

connection! {
    /// Page of threads.
    ThreadConnection, ThreadEdge of Thread(ThreadRow), counted by ThreadCount, shared with (CLIENT, TRADE, STAFF)
}

connection! {
    /// Page of messages.
    MessageConnection, MessageEdge of Message(MessageRow), counted by MessageCount, shared with (CLIENT, TRADE, STAFF)
}

/// Filter of threads. Conditions are combined with AND.
#[gated]
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct ThreadFilter {
    /// Audience.
    #[shared(CLIENT, TRADE, STAFF)]
    audience: Option<ThreadAudience>,
    /// ID of the record that the thread is about.
    #[shared(CLIENT, TRADE, STAFF)]
    record_id: Option<ID>,
}

impl ThreadFilter {
    async fn list(self, ctx: &Context<'_>, query: Option<String>) -> Result<ThreadList, ApiError> {
        let subject = match self.record_id {
            Some(id) => {
                let id = ids::read(&id, "filter.recordId")?;
                // A thread about a record that the caller may not see is not found by it.
                let is_known = node_by_id(ctx, id).await?.is_some();
                Some(if is_known { id.uuid } else { Uuid::nil() })
            }
            None => None,
        };
        Ok(ThreadList { audience: self.audience.map(Into::into), subject, search: search_words(query)? })
    }
}

/// One page of a project's threads, by their last message, newest first.
pub(crate) async fn threads_page(
    ctx: &Context<'_>,
    project: ProjectId,
    arguments: PageArguments,
    filter: Option<ThreadFilter>,
    query: Option<String>,
) -> Result<ThreadConnection, ApiError> {
    let loader = ctx.data_unchecked::<Loader>();
    let list = filter.unwrap_or_default().list(ctx, query).await?;
    let name = format!("threads|{}|{list:?}", project.0);
    let cursors = ctx.data_unchecked::<RequestCursors>().of_list(&loader.viewer(), &name);
    let slice = arguments.slice(&cursors)?;
    let page = loader.load(ThreadsOfProject { project, list: list.clone(), slice }).await?;
    let position =
        |row: &ThreadRow| Position { value: SortValue::Int(row.last_message_at.timestamp_micros()), id: row.id.0 };
    Ok(ThreadConnection::new(page, ThreadCount { project, list }, cursors, position))
}

/// One page of a thread's messages, oldest first.
pub(crate) async fn messages_page(
    ctx: &Context<'_>,
    thread: &ThreadRow,
    arguments: PageArguments,
) -> Result<MessageConnection, ApiError> {
    let loader = ctx.data_unchecked::<Loader>();
    let cursors = ctx.data_unchecked::<RequestCursors>();
    let cursors = cursors.of_list(&loader.viewer(), &format!("messages|{}", thread.id.0));
    let slice = arguments.slice(&cursors)?;
    let page = loader.load(MessagesOfThread { project: thread.project_id, thread: thread.id, slice }).await?;
    let position = |row: &MessageRow| Position { value: SortValue::Int(row.position.into()), id: row.id.0 };
    Ok(MessageConnection::new(page, MessageCount(thread.project_id, thread.id), cursors, position))
}

/// The viewer's unread messages in a project.
pub(crate) async fn unread_in_project(
    ctx: &Context<'_>,
    project: ProjectId,
    audience: Option<ThreadAudience>,
) -> Result<i64, ApiError> {
    let key = UnreadInProject { project, audience: audience.map(Into::into) };
    Ok(ctx.data_unchecked::<Loader>().load(key).await?)
}
