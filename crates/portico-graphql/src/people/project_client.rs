//! A project's clients, and their invitations.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::Utc;
use portico_core::clock::Clock;
use portico_core::id::{InvitationId, Tag};
use portico_core::people::InvitationState as CoreState;
use portico_core::projects::AccessLevel as CoreAccess;
use portico_graphql_macros::gated;
use portico_loader::people::{ClientInternals, InvitationRow, ProjectClientInternalsRow, ProjectClientRow};

use super::SummaryFrequency;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::mail::MailDelivery;
use crate::projects::ClientRelationship;
use crate::scalars::DateTime;

/// How somebody's invitation into a project stands. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum InvitationState {
    /// None was sent.
    #[shared(STAFF)]
    NotInvited,
    /// It was sent, and not yet taken up.
    #[shared(STAFF)]
    Invited,
    /// It was taken up.
    #[shared(STAFF)]
    Accepted,
    /// It was not taken up in time.
    #[shared(STAFF)]
    Expired,
    /// It was taken back before it was taken up.
    #[shared(STAFF)]
    Removed,
    /// The place was taken away after it had been taken up.
    #[shared(STAFF)]
    Revoked,
}

/// A client's invitation into a project, and what can be done with it.
pub(crate) struct Invitation {
    id: Option<InvitationId>,
    state: InvitationState,
    sent_at: Option<DateTime>,
    expires_at: Option<DateTime>,
}

/// A client's invitation into a project, and what can be done with it.
#[gated]
#[Object]
impl Invitation {
    /// Its id, to send it again or withdraw it by. Null if none was sent. `node` does not know it.
    #[shared(STAFF)]
    async fn id(&self) -> Option<ID> {
        self.id.map(|id| ids::global(Tag::INVITATION, id.0))
    }

    /// State of the invitation.
    #[shared(STAFF)]
    async fn state(&self) -> InvitationState {
        self.state
    }

    /// Time when it was last sent. Null if it never was.
    #[shared(STAFF)]
    async fn sent_at(&self) -> Option<DateTime> {
        self.sent_at.clone()
    }

    /// Expiry time. Null if it was never sent.
    #[shared(STAFF)]
    async fn expires_at(&self) -> Option<DateTime> {
        self.expires_at.clone()
    }

    /// Whether it can be sent for the first time.
    #[shared(STAFF)]
    async fn can_send(&self) -> bool {
        self.state == InvitationState::NotInvited
    }

    /// Whether it can be sent again: until the client has signed in, also when its mail was refused.
    #[shared(STAFF)]
    async fn can_resend(&self) -> bool {
        self.is_open()
    }

    /// Whether it can be withdrawn: until the client has signed in.
    #[shared(STAFF)]
    async fn can_remove(&self) -> bool {
        self.is_open()
    }

    /// What became of its latest mail. Null if none was sent.
    #[requires(CLIENTS_INVITE)]
    async fn delivery(&self, ctx: &Context<'_>) -> Result<Option<MailDelivery>, ApiError> {
        match self.id {
            Some(id) => MailDelivery::about(ctx, id.0).await,
            None => Ok(None),
        }
    }
}

/// The current invitation of a membership, as its row has it.
pub(super) struct KeptInvitation {
    pub(super) id: Option<InvitationId>,
    pub(super) state: Option<CoreState>,
    pub(super) sent_at: Option<chrono::DateTime<Utc>>,
    pub(super) expires_at: Option<chrono::DateTime<Utc>>,
}

/// Takes an invitation from any row that has its columns.
macro_rules! kept_invitation {
    ($row:expr) => {
        $crate::people::project_client::KeptInvitation {
            id: $row.invitation_id,
            state: $row.invitation_state,
            sent_at: $row.invitation_sent_at,
            expires_at: $row.invitation_expires_at,
        }
    };
}
pub(super) use kept_invitation;

impl Invitation {
    pub(super) fn of(ctx: &Context<'_>, kept: &KeptInvitation) -> Self {
        let now = ctx.data_unchecked::<Arc<Clock>>().now();
        let is_late = kept.expires_at.is_some_and(|expires_at| expires_at <= now);
        let state = match kept.state {
            Some(CoreState::Invited) if is_late => InvitationState::Expired,
            Some(CoreState::Invited) => InvitationState::Invited,
            Some(CoreState::Expired) => InvitationState::Expired,
            Some(CoreState::Accepted) => InvitationState::Accepted,
            Some(CoreState::Removed | CoreState::Revoked) | None => InvitationState::NotInvited,
        };
        Self { id: kept.id, state, sent_at: kept.sent_at.map(DateTime), expires_at: kept.expires_at.map(DateTime) }
    }

    fn is_open(&self) -> bool {
        matches!(self.state, InvitationState::Invited | InvitationState::Expired)
    }
}

/// An invitation into a project, whatever became of it.
pub(crate) struct ProjectInvitation(pub(crate) Arc<InvitationRow>);

/// An invitation into a project, whatever became of it.
#[gated]
#[Object]
impl ProjectInvitation {
    /// Its id. `node` does not know it.
    #[shared(STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::INVITATION, self.0.id.0)
    }

    /// Your card of whoever was invited.
    #[shared(STAFF)]
    async fn contact_id(&self) -> ID {
        ids::global(Tag::CONTACT, self.0.contact_id.0)
    }

    /// Their name.
    #[shared(STAFF)]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How it stands.
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

    /// When it was sent, the last time.
    #[shared(STAFF)]
    async fn sent_at(&self) -> DateTime {
        DateTime(self.0.sent_at)
    }

    /// Until when it is open, or was.
    #[shared(STAFF)]
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// What became of its latest mail.
    #[requires(CLIENTS_INVITE)]
    async fn delivery(&self, ctx: &Context<'_>) -> Result<Option<MailDelivery>, ApiError> {
        MailDelivery::about(ctx, self.0.id.0).await
    }

    /// When it was taken up. Null if it was not.
    #[shared(STAFF)]
    async fn accepted_at(&self) -> Option<DateTime> {
        self.0.accepted_at.map(DateTime)
    }

    /// When it was taken back, or its place away. Null if neither was done.
    #[shared(STAFF)]
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(DateTime)
    }
}

/// How a client hears of a project. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreAccess")]
pub(crate) enum AccessLevel {
    /// Not at all.
    #[shared(STAFF)]
    None,
    /// By mail alone: they cannot sign in.
    #[shared(STAFF)]
    EmailOnly,
    /// They were invited, and have the portal.
    #[shared(STAFF)]
    Portal,
}

/// How a client is told of news until they say so themselves.
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct AlertDefaults {
    /// Whether they are told at once. Null if nothing is settled.
    instant_alerts: Option<bool>,
    /// How often the news is summed up by mail. Null if nothing is settled.
    summary_frequency: Option<SummaryFrequency>,
}

/// A client's place in a project.
pub(crate) struct ProjectClient(pub(crate) Arc<ProjectClientRow>);

impl ProjectClient {
    async fn internals(&self, ctx: &Context<'_>) -> Result<Option<Arc<ProjectClientInternalsRow>>, ApiError> {
        load(ctx, ClientInternals(self.0.id)).await
    }
}

/// A client's place in a project.
#[gated]
#[Object]
impl ProjectClient {
    /// Its id. `node` does not know it.
    #[shared(CLIENT, STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::PROJECT_MEMBERSHIP, self.0.id.0)
    }

    /// The person's name.
    #[shared(CLIENT, STAFF)]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What they are to the project.
    #[shared(CLIENT, STAFF)]
    async fn relationship(&self) -> ClientRelationship {
        self.0.relationship.into()
    }

    /// Whether they are the one who clears updates.
    #[shared(CLIENT, STAFF)]
    async fn is_primary(&self) -> bool {
        self.0.is_primary
    }

    /// The company's card of them.
    #[shared(STAFF)]
    async fn contact_id(&self, ctx: &Context<'_>) -> Result<Option<ID>, ApiError> {
        Ok(self.internals(ctx).await?.map(|row| ids::global(Tag::CONTACT, row.contact_id.0)))
    }

    /// Whether they may see the status reports.
    #[shared(STAFF)]
    async fn can_see_status(&self, ctx: &Context<'_>) -> Result<Option<bool>, ApiError> {
        Ok(self.internals(ctx).await?.map(|row| row.can_see_status))
    }

    /// Whether they may pay.
    #[shared(STAFF)]
    async fn can_pay(&self, ctx: &Context<'_>) -> Result<Option<bool>, ApiError> {
        Ok(self.internals(ctx).await?.map(|row| row.can_pay))
    }

    /// How they hear of the project.
    #[shared(STAFF)]
    async fn access_level(&self, ctx: &Context<'_>) -> Result<Option<AccessLevel>, ApiError> {
        Ok(self.internals(ctx).await?.map(|row| row.access_level.into()))
    }

    /// How you tell them apart. Null if you have said nothing.
    #[shared(STAFF)]
    async fn label(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.label.clone()))
    }

    /// How they are told of news until they say so themselves.
    #[shared(STAFF)]
    async fn alert_defaults(&self, ctx: &Context<'_>) -> Result<Option<AlertDefaults>, ApiError> {
        Ok(self.internals(ctx).await?.map(|row| AlertDefaults {
            instant_alerts: row.instant_alerts,
            summary_frequency: row.summary_frequency.map(Into::into),
        }))
    }

    /// How their invitation stands.
    #[shared(STAFF)]
    async fn invitation(&self, ctx: &Context<'_>) -> Result<Option<Invitation>, ApiError> {
        Ok(self.internals(ctx).await?.map(|row| Invitation::of(ctx, &kept_invitation!(row))))
    }
}
