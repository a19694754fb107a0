//! Mutations of the caller's sessions.

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::sessions::SessionRevoke;
use portico_core::id::Tag;
use portico_graphql_macros::gated;

use crate::accounts::ViewerNode;
use crate::act::{act, payload};
use crate::error::ApiError;
use crate::ids;

/// Input of `sessionRevoke`.
#[gated(CLIENT, TRADE, STAFF, SUPPORT)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SessionRevokeInput {
    /// Session ID.
    id: ID,
}

payload! {
    /// Result of `sessionRevoke`.
    SessionRevokePayload for (CLIENT, TRADE, STAFF, SUPPORT) {
        /// The caller, with the remaining sessions.
        viewer: ViewerNode,
    }
}

/// Mutations of the caller's sessions.
#[derive(Default)]
pub(crate) struct SessionMutations;

/// Mutations of the caller's sessions.
#[gated]
#[Object]
impl SessionMutations {
    /// Ends one of the caller's own sessions.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn session_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `sessionRevoke`.")] input: SessionRevokeInput,
    ) -> Result<SessionRevokePayload, ApiError> {
        let session = ids::read(&input.id, "input.id")?.of_kind(Tag::SESSION).map(Into::into);
        Ok(match act(ctx, SessionRevoke { session }).await? {
            Ok(()) => SessionRevokePayload::done(ViewerNode),
            Err(refused) => SessionRevokePayload::refused(refused),
        })
    }
}
