//! Views of a client's portal by staff.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use portico_actions::sessions::ViewAsStart;
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use secrecy::ExposeSecret;

use crate::act::{UserError, act};
use crate::error::ApiError;
use crate::ids;
use crate::scalars::DateTime;

/// Input of `viewAsStart`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ViewAsStartInput {
    /// Membership of the client, `ProjectClient.id`. The client has `PORTAL` access.
    membership_id: ID,
}

/// Result of `viewAsStart`.
#[gated(STAFF)]
#[derive(SimpleObject)]
pub(crate) struct ViewAsStartPayload {
    /// Bearer token of the view, returned only once. Null on rejection.
    token: Option<String>,
    /// Expiry time; use does not extend it. Null on rejection.
    expires_at: Option<DateTime>,
    /// Reasons the change was rejected; empty on success.
    #[list_size(USER_ERRORS)]
    user_errors: Vec<UserError>,
}

/// Mutations of views of a client's portal.
#[derive(Default)]
pub(crate) struct ViewAsMutations;

/// Mutations of views of a client's portal.
#[gated]
#[Object]
impl ViewAsMutations {
    /// Starts a view of a client's portal: returns a token that reads what this client reads of this project, for 15 minutes, and
    /// changes nothing. It ends with `signOut`, with your session, and with the client's access. The start is in the audit log.
    /// Null in a view: `Viewer.phone`, notification settings, the calendar feed, and addresses of files; there are no sessions.
    #[requires(ACCESS_EXPLAIN)]
    async fn view_as_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `viewAsStart`.")] input: ViewAsStartInput,
    ) -> Result<ViewAsStartPayload, ApiError> {
        let membership = ids::read(&input.membership_id, "input.membershipId")?.of_kind(Tag::PROJECT_MEMBERSHIP);
        let action = ViewAsStart { membership: membership.map(Into::into) };
        Ok(match act(ctx, action).await? {
            Ok(view) => ViewAsStartPayload {
                token: Some(view.token.expose_secret().to_owned()),
                expires_at: Some(view.expires_at.into()),
                user_errors: Vec::new(),
            },
            Err(user_errors) => ViewAsStartPayload { token: None, expires_at: None, user_errors },
        })
    }
}
