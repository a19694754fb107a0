//! Internal notes.

use std::sync::Arc;

use async_graphql::{ID, Object};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::messages::InternalNoteRow;

use crate::ids;
use crate::scalars::DateTime;

pub(crate) struct InternalNote(pub(crate) Arc<InternalNoteRow>);

/// Internal note among staff.
#[gated]
#[Object]
impl InternalNote {
    #[requires(MESSAGES_INTERNAL)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::INTERNAL_NOTE, self.0.id.0)
    }

    /// Text, without formatting.
    #[requires(MESSAGES_INTERNAL)]
    async fn body(&self) -> &str;

    /// Name of the author.
    #[requires(MESSAGES_INTERNAL)]
    async fn author_name(&self) -> &str;

    /// Time of creation.
    #[requires(MESSAGES_INTERNAL)]
    async fn created_at(&self) -> DateTime;
}
