//! Rooms and other locations.

use std::sync::Arc;

use async_graphql::{ID, Object};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::projects::LocationRow;

use crate::ids;

pub(crate) struct Location(pub(crate) Arc<LocationRow>);

/// Room or other location of a project.
#[gated]
#[Object]
impl Location {
    #[shared(CLIENT, TRADE, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::LOCATION, self.0.id.0)
    }

    /// Project ID.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn project_id(&self) -> ID {
        ids::global(Tag::PROJECT, self.0.project_id.0)
    }

    /// Name.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn name(&self) -> &str;

    /// Sort order within the project, lowest first.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn sort(&self) -> i32;
}
