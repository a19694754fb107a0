//! Notes among staff.

use std::sync::Arc;

use async_graphql::{ID, Object};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::messages::InternalNoteRow;

use crate::ids;
use crate::scalars::DateTime;

/// A note among staff.
pub(crate) struct InternalNote(pub(crate) Arc<InternalNoteRow>);

/// A note among staff.
#[gated]
#[Object]
impl InternalNote {
    /// Its id.
    #[requires(MESSAGES_INTERNAL)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::INTERNAL_NOTE, self.0.id.0)
    }

    /// What it says.
    #[requires(MESSAGES_INTERNAL)]
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// Who wrote it.
    #[requires(MESSAGES_INTERNAL)]
    async fn author_name(&self) -> &str {
        &self.0.author_name
    }

    /// When it was written.
    #[requires(MESSAGES_INTERNAL)]
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}
