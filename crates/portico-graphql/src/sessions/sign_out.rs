//! Sign-out.

use async_graphql::{Context, Object};
use portico_actions::sessions::SignOut;
use portico_graphql_macros::gated;

use crate::act::{act, payload};
use crate::error::ApiError;
use crate::session_change::{SessionChange, note};

payload! {
    /// Result of `signOut`.
    SignOutPayload for (CLIENT, TRADE, STAFF, SUPPORT) {
        /// Whether the session was ended.
        is_signed_out: bool,
    }
}

/// Mutations that sign out.
#[derive(Default)]
pub(crate) struct SignOutMutations;

/// Mutations that sign out.
#[gated]
#[Object]
impl SignOutMutations {
    /// Ends the session of the request.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<SignOutPayload, ApiError> {
        Ok(match act(ctx, SignOut).await? {
            Ok(()) => {
                note(ctx, SessionChange::Ended);
                SignOutPayload::done(true)
            }
            Err(refused) => SignOutPayload::refused(refused),
        })
    }
}
