//! A project's invitations.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::clock::Clock;
use portico_core::id::Tag;
use portico_core::invitations::InvitationState as CoreState;
use portico_graphql_macros::gated;
use portico_loader::invitations::InvitationRow;

use super::InvitationState;
use crate::error::ApiError;
use crate::ids;
use crate::mail::MailDelivery;
use crate::scalars::DateTime;

/// Invitation to a project, current or past.
pub(crate) struct ProjectInvitation(pub(crate) Arc<InvitationRow>);

/// Invitation to a project, current or past.
#[gated]
#[Object]
impl ProjectInvitation {
    /// Invitation ID; cannot be fetched with `node`.
    #[shared(STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::INVITATION, self.0.id.0)
    }

    /// Contact of the invited person.
    #[shared(STAFF)]
    async fn contact_id(&self) -> ID {
        ids::global(Tag::CONTACT, self.0.contact_id.0)
    }

    /// Name of the invited person.
    #[shared(STAFF)]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// State.
    #[shared(STAFF)]
    async fn state(&self, ctx: &Context<'_>) -> InvitationState {
        match self.0.state {
            CoreState::Invited if self.0.expires_at <= ctx.data_unchecked::<Arc<Clock>>().now() => {
                InvitationState::Expired
            }
            CoreState::Invited => InvitationState::Invited,
            CoreState::Accepted => InvitationState::Accepted,
            CoreState::Expired => InvitationState::Expired,
            CoreState::Removed => InvitationState::Removed,
            CoreState::Revoked => InvitationState::Revoked,
        }
    }

    /// When it was last sent.
    #[shared(STAFF)]
    async fn sent_at(&self) -> DateTime {
        DateTime(self.0.sent_at)
    }

    /// Expiry time.
    #[shared(STAFF)]
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// Delivery status of the latest email. Null if none was sent in the last 180 days.
    #[requires(CLIENTS_INVITE)]
    async fn delivery(&self, ctx: &Context<'_>) -> Result<Option<MailDelivery>, ApiError> {
        MailDelivery::about(ctx, self.0.id.0).await
    }

    /// When it was accepted. Null until then.
    #[shared(STAFF)]
    async fn accepted_at(&self) -> Option<DateTime> {
        self.0.accepted_at.map(DateTime)
    }

    /// When it was withdrawn, or the membership removed. Null until then.
    #[shared(STAFF)]
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(DateTime)
    }
}
