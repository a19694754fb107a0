//! Messages.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::messages::{MentionsOfMessage, MessageRow, MessageVersionRow, VersionsOfMessage};

use super::MessageAuthorKind;
use crate::direct::Direct;
use crate::error::ApiError;
use crate::files::{FileAttachment, attachments_of};
use crate::ids;
use crate::load::load;
use crate::scalars::DateTime;

pub(crate) struct Message(pub(crate) Arc<MessageRow>);

/// Message of a thread.
#[gated]
#[Object]
impl Message {
    #[shared(CLIENT, TRADE, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::MESSAGE, self.0.id.0)
    }

    /// Project ID.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn project_id(&self) -> ID {
        ids::global(Tag::PROJECT, self.0.project_id.0)
    }

    /// Thread of the message.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn thread_id(&self) -> ID {
        ids::global(Tag::THREAD, self.0.thread_id.0)
    }

    /// Name of the author at the time of writing.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn author_name(&self) -> &str;

    /// Capacity in which the author wrote.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn author_kind(&self) -> MessageAuthorKind;

    /// Whether you wrote it.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn is_own(&self, ctx: &Context<'_>) -> bool {
        let viewer = ctx.data_unchecked::<Loader>().viewer();
        viewer.person.as_ref().is_some_and(|person| person.id == self.0.author_id.0)
    }

    /// Text, without formatting.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn body(&self) -> &str;

    /// Time of writing.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn created_at(&self) -> DateTime;

    /// Time of the last edit. Null if the message was not edited.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn edited_at(&self) -> Option<DateTime>;

    #[shared(CLIENT, TRADE, STAFF)]
    async fn version(&self) -> i32;

    /// Earlier texts of an edited message, oldest first.
    #[shared(CLIENT, TRADE, STAFF)]
    #[list_size(MESSAGE_VERSIONS)]
    async fn earlier_versions(&self, ctx: &Context<'_>) -> Result<Vec<Direct<MessageVersion>>, ApiError> {
        // Hardly any message has been edited.
        if self.0.version == 1 {
            return Ok(Vec::new());
        }
        let rows = load(ctx, VersionsOfMessage(self.0.project_id, self.0.id)).await?;
        Ok(rows.iter().map(|row| MessageVersion(Arc::clone(row)).into()).collect())
    }

    /// Files of the message, in the order in which they were attached: those shared with you.
    #[shared(CLIENT, TRADE, STAFF)]
    #[list_size(ATTACHMENTS)]
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<Direct<FileAttachment>>, ApiError> {
        attachments_of(ctx, self.0.project_id, self.0.id.0).await
    }

    /// Names of the members of staff whom the message mentions, in alphabetical order.
    #[shared(STAFF)]
    #[list_size(MENTIONS)]
    async fn mentioned_names(&self, ctx: &Context<'_>) -> Result<Vec<String>, ApiError> {
        let rows = load(ctx, MentionsOfMessage(self.0.project_id, self.0.id)).await?;
        Ok(rows.iter().map(|row| row.name.clone()).collect())
    }
}

pub(crate) struct MessageVersion(Arc<MessageVersionRow>);

/// Earlier text of an edited message.
#[gated]
#[Object]
impl MessageVersion {
    /// Version of the message that had this text.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn version(&self) -> i32;

    /// Text, without formatting.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn body(&self) -> &str;

    /// Time at which this text was written.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn written_at(&self) -> DateTime;
}
