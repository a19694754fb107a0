//! Threads.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::{GlobalId, Tag};
use portico_graphql_macros::gated;
use portico_loader::messages::{ThreadRow, UnreadOfThread};

use super::{MessageConnection, ThreadAudience, ThreadKind, messages_page};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::memberships::{ProjectTrade, project_trade};
use crate::node::{Node, node_by_id};
use crate::page::PageArguments;
use crate::scalars::DateTime;

pub(crate) struct Thread(pub(crate) Arc<ThreadRow>);

/// Conversation in a project, with one audience.
#[gated]
#[Object]
impl Thread {
    #[shared(CLIENT, TRADE, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::THREAD, self.0.id.0)
    }

    /// Project ID.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn project_id(&self) -> ID {
        ids::global(Tag::PROJECT, self.0.project_id.0)
    }

    /// Audience. Cannot be changed.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn audience(&self) -> ThreadAudience;

    /// Kind.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn kind(&self) -> ThreadKind;

    /// Title. Null for comments on a record, and for feedback.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn title(&self) -> Option<&str>;

    /// Record that the thread is about: the project, or one of its records. Null if you have no access to it.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn record(&self, ctx: &Context<'_>) -> Result<Option<Node>, ApiError> {
        node_by_id(ctx, GlobalId::new(self.0.subject_kind.tag(), self.0.subject_id)).await
    }

    /// Trade partner of a thread with a trade partner. Null for other audiences, and after the partner was removed.
    #[requires(MESSAGES_INTERNAL)]
    async fn trade(&self, ctx: &Context<'_>) -> Result<Option<ProjectTrade>, ApiError> {
        match self.0.trade_membership_id {
            Some(id) => project_trade(ctx, id).await,
            None => Ok(None),
        }
    }

    /// Time of the start.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn created_at(&self) -> DateTime;

    /// Time of the last message.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn last_message_at(&self) -> DateTime;

    /// Number of messages that others wrote and you have not read. 0 for API keys.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn unread_count(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(load(ctx, UnreadOfThread(self.0.id)).await?.map_or(0, |row| row.unread_count))
    }

    /// Messages, oldest first.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn messages(&self, ctx: &Context<'_>, page: PageArguments) -> Result<MessageConnection, ApiError> {
        messages_page(ctx, &self.0, page).await
    }
}
