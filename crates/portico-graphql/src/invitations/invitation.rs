//! A project member's current invitation.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use chrono::Utc;
use portico_core::clock::Clock;
use portico_core::id::{InvitationId, Tag};
use portico_core::invitations::InvitationState as CoreState;
use portico_graphql_macros::gated;

use crate::error::ApiError;
use crate::ids;
use crate::mail::MailDelivery;
use crate::scalars::DateTime;

/// State of an invitation. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum InvitationState {
    /// No invitation is pending or accepted.
    #[shared(STAFF)]
    NotInvited,
    /// Sent, and not accepted yet.
    #[shared(STAFF)]
    Invited,
    /// Accepted.
    #[shared(STAFF)]
    Accepted,
    /// Not accepted before its expiry time. It can be sent again.
    #[shared(STAFF)]
    Expired,
    /// Withdrawn before it was accepted.
    #[shared(STAFF)]
    Removed,
    /// Membership removed after the invitation was accepted.
    #[shared(STAFF)]
    Revoked,
}

/// Current invitation of a project member, and its possible operations.
pub(crate) struct Invitation {
    id: Option<InvitationId>,
    state: InvitationState,
    sent_at: Option<DateTime>,
    expires_at: Option<DateTime>,
}

/// Current invitation of a project member, and its possible operations.
#[gated]
#[Object]
impl Invitation {
    /// Invitation ID; cannot be fetched with `node`. Null if none was sent.
    #[shared(STAFF)]
    async fn id(&self) -> Option<ID> {
        self.id.map(|id| ids::global(Tag::INVITATION, id.0))
    }

    /// State.
    #[shared(STAFF)]
    async fn state(&self) -> InvitationState {
        self.state
    }

    /// When it was last sent. Null if it never was.
    #[shared(STAFF)]
    async fn sent_at(&self) -> Option<DateTime> {
        self.sent_at.clone()
    }

    /// Expiry time. Null if it was never sent.
    #[shared(STAFF)]
    async fn expires_at(&self) -> Option<DateTime> {
        self.expires_at.clone()
    }

    /// Whether `invitationSend` is possible.
    #[shared(STAFF)]
    async fn can_send(&self) -> bool {
        self.state == InvitationState::NotInvited
    }

    /// Whether `invitationResend` is possible: until the invitation is accepted.
    #[shared(STAFF)]
    async fn can_resend(&self) -> bool {
        self.is_pending()
    }

    /// Whether `invitationRemove` is possible: until the invitation is accepted.
    #[shared(STAFF)]
    async fn can_remove(&self) -> bool {
        self.is_pending()
    }

    /// Delivery status of the latest email. Null if none was sent in the last 180 days.
    #[requires(CLIENTS_INVITE)]
    async fn delivery(&self, ctx: &Context<'_>) -> Result<Option<MailDelivery>, ApiError> {
        match self.id {
            Some(id) => MailDelivery::about(ctx, id.0).await,
            None => Ok(None),
        }
    }
}

/// Columns of a membership's current invitation.
pub(crate) struct InvitationColumns {
    pub(crate) id: Option<InvitationId>,
    pub(crate) state: Option<CoreState>,
    pub(crate) sent_at: Option<chrono::DateTime<Utc>>,
    pub(crate) expires_at: Option<chrono::DateTime<Utc>>,
}

/// Reads the invitation columns of any row that has them.
macro_rules! invitation_columns {
    ($row:expr) => {
        $crate::invitations::InvitationColumns {
            id: $row.invitation_id,
            state: $row.invitation_state,
            sent_at: $row.invitation_sent_at,
            expires_at: $row.invitation_expires_at,
        }
    };
}
pub(crate) use invitation_columns;

impl Invitation {
    pub(crate) fn of(ctx: &Context<'_>, columns: &InvitationColumns) -> Self {
        let now = ctx.data_unchecked::<Arc<Clock>>().now();
        let is_overdue = columns.expires_at.is_some_and(|expires_at| expires_at <= now);
        let state = match columns.state {
            Some(CoreState::Invited) if is_overdue => InvitationState::Expired,
            Some(CoreState::Invited) => InvitationState::Invited,
            Some(CoreState::Expired) => InvitationState::Expired,
            Some(CoreState::Accepted) => InvitationState::Accepted,
            Some(CoreState::Removed | CoreState::Revoked) | None => InvitationState::NotInvited,
        };
        Self {
            id: columns.id,
            state,
            sent_at: columns.sent_at.map(DateTime),
            expires_at: columns.expires_at.map(DateTime),
        }
    }

    fn is_pending(&self) -> bool {
        matches!(self.state, InvitationState::Invited | InvitationState::Expired)
    }
}
