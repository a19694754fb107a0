//! The caller's sessions.

use std::sync::Arc;

use async_graphql::{ID, Object};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::sessions::SessionRow;

use crate::ids;
use crate::scalars::DateTime;

pub(crate) struct Session(pub(crate) Arc<SessionRow>);

/// Session of the caller, in a browser or an app.
#[gated]
#[Object]
impl Session {
    /// Session ID; cannot be fetched with `node`.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn id(&self) -> ID {
        ids::global(Tag::SESSION, self.0.id.0)
    }

    /// Device name sent by the browser or app. Null if none was sent.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn device(&self) -> Option<&str>;

    /// Whether this is the session of the request.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn is_current(&self) -> bool {
        self.0.is_current.unwrap_or_default()
    }

    /// Sign-in time.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn created_at(&self) -> DateTime;

    /// Time of the last use, to the hour.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn last_seen_at(&self) -> DateTime;

    /// Expiry time; each use extends it.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn expires_at(&self) -> DateTime;
}
