//! A project's clients and their invitations.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::Utc;
use portico_core::clock::Clock;
use portico_core::id::{InvitationId, Tag};
use portico_core::invitations::InvitationState as CoreState;
use portico_core::projects::AccessLevel as CoreAccess;
use portico_graphql_macros::gated;
use portico_loader::invitations::InvitationRow;
use portico_loader::memberships::{ClientInternals, ProjectClientInternalsRow, ProjectClientRow};

use super::SummaryFrequency;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::mail::MailDelivery;
use crate::projects::ClientRelationship;
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

    /// Delivery status of the latest mail. Null if none was sent in the last 180 days.
    #[requires(CLIENTS_INVITE)]
    async fn delivery(&self, ctx: &Context<'_>) -> Result<Option<MailDelivery>, ApiError> {
        match self.id {
            Some(id) => MailDelivery::about(ctx, id.0).await,
            None => Ok(None),
        }
    }
}

/// Columns of a membership's current invitation.
pub(super) struct InvitationColumns {
    pub(super) id: Option<InvitationId>,
    pub(super) state: Option<CoreState>,
    pub(super) sent_at: Option<chrono::DateTime<Utc>>,
    pub(super) expires_at: Option<chrono::DateTime<Utc>>,
}

/// Reads the invitation columns of any row that has them.
macro_rules! invitation_columns {
    ($row:expr) => {
        $crate::people::project_client::InvitationColumns {
            id: $row.invitation_id,
            state: $row.invitation_state,
            sent_at: $row.invitation_sent_at,
            expires_at: $row.invitation_expires_at,
        }
    };
}
pub(super) use invitation_columns;

impl Invitation {
    pub(super) fn of(ctx: &Context<'_>, columns: &InvitationColumns) -> Self {
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

    /// Delivery status of the latest mail. Null if none was sent in the last 180 days.
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

/// Access of a client to a project. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreAccess")]
pub(crate) enum AccessLevel {
    /// Neither portal nor mails.
    #[shared(STAFF)]
    None,
    /// Mails only; the client cannot sign in.
    #[shared(STAFF)]
    EmailOnly,
    /// Portal and mails, after an invitation.
    #[shared(STAFF)]
    Portal,
}

/// Notification defaults of a client, effective until the client changes them.
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct AlertDefaults {
    /// Whether to send alerts immediately. Null if not set.
    instant_alerts: Option<bool>,
    /// Frequency of summary mails. Null if not set.
    summary_frequency: Option<SummaryFrequency>,
}

/// Client's membership of a project.
pub(crate) struct ProjectClient(pub(crate) Arc<ProjectClientRow>);

impl ProjectClient {
    async fn internals(&self, ctx: &Context<'_>) -> Result<Option<Arc<ProjectClientInternalsRow>>, ApiError> {
        load(ctx, ClientInternals(self.0.id)).await
    }
}

/// Client's membership of a project.
#[gated]
#[Object]
impl ProjectClient {
    /// Membership ID; cannot be fetched with `node`.
    #[shared(CLIENT, STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::PROJECT_MEMBERSHIP, self.0.id.0)
    }

    /// Name of the client.
    #[shared(CLIENT, STAFF)]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Relationship of the client to the project.
    #[shared(CLIENT, STAFF)]
    async fn relationship(&self) -> ClientRelationship {
        self.0.relationship.into()
    }

    /// Whether this is the primary client, who clears updates.
    #[shared(CLIENT, STAFF)]
    async fn is_primary(&self) -> bool {
        self.0.is_primary
    }

    /// Contact of the client. Null without `PROJECTS_READ`.
    #[shared(STAFF)]
    async fn contact_id(&self, ctx: &Context<'_>) -> Result<Option<ID>, ApiError> {
        Ok(self.internals(ctx).await?.map(|row| ids::global(Tag::CONTACT, row.contact_id.0)))
    }

    /// Whether the client may see status reports. Null without `PROJECTS_READ`.
    #[shared(STAFF)]
    async fn can_see_status(&self, ctx: &Context<'_>) -> Result<Option<bool>, ApiError> {
        Ok(self.internals(ctx).await?.map(|row| row.can_see_status))
    }

    /// Whether the client may make payments. Null without `PROJECTS_READ`.
    #[shared(STAFF)]
    async fn can_pay(&self, ctx: &Context<'_>) -> Result<Option<bool>, ApiError> {
        Ok(self.internals(ctx).await?.map(|row| row.can_pay))
    }

    /// Access to the project. Null without `PROJECTS_READ`.
    #[shared(STAFF)]
    async fn access_level(&self, ctx: &Context<'_>) -> Result<Option<AccessLevel>, ApiError> {
        Ok(self.internals(ctx).await?.map(|row| row.access_level.into()))
    }

    /// Label for staff, to tell clients apart. Null if there is none.
    #[shared(STAFF)]
    async fn label(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.label.clone()))
    }

    /// Notification defaults. Null without `PROJECTS_READ`.
    #[shared(STAFF)]
    async fn alert_defaults(&self, ctx: &Context<'_>) -> Result<Option<AlertDefaults>, ApiError> {
        Ok(self.internals(ctx).await?.map(|row| AlertDefaults {
            instant_alerts: row.instant_alerts,
            summary_frequency: row.summary_frequency.map(Into::into),
        }))
    }

    /// Current invitation. Null without `PROJECTS_READ`.
    #[shared(STAFF)]
    async fn invitation(&self, ctx: &Context<'_>) -> Result<Option<Invitation>, ApiError> {
        Ok(self.internals(ctx).await?.map(|row| Invitation::of(ctx, &invitation_columns!(row))))
    }
}
