//! Rooms and other places.

use std::sync::Arc;

use async_graphql::{ID, Object};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::projects::LocationRow;

use crate::ids;

/// A room or other place of a project.
pub(crate) struct Location(pub(crate) Arc<LocationRow>);

/// A room or other place of a project.
#[gated]
#[Object]
impl Location {
    /// Its id.
    #[shared(CLIENT, TRADE, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::LOCATION, self.0.id.0)
    }

    /// Its name.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its place among the project's locations, the smallest first.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn sort(&self) -> i32 {
        self.0.sort
    }
}
