//! A project's clients.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use portico_core::id::Tag;
use portico_core::projects::AccessLevel as CoreAccess;
use portico_graphql_macros::gated;
use portico_loader::memberships::{ClientInternals, ProjectClientInternalsRow, ProjectClientRow};

use crate::accounts::SummaryFrequency;
use crate::error::ApiError;
use crate::ids;
use crate::invitations::{Invitation, invitation_columns};
use crate::load::load;
use crate::projects::ClientRelationship;

/// Access of a client to a project. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreAccess")]
pub(crate) enum AccessLevel {
    /// Neither portal nor emails.
    #[shared(STAFF)]
    None,
    /// Emails only; the client cannot sign in.
    #[shared(STAFF)]
    EmailOnly,
    /// Portal and emails, after an invitation.
    #[shared(STAFF)]
    Portal,
}

/// Notification defaults of a client, effective until the client changes them.
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct AlertDefaults {
    /// Whether to send alerts immediately. Null if not set.
    instant_alerts: Option<bool>,
    /// Frequency of summary emails. Null if not set.
    summary_frequency: Option<SummaryFrequency>,
}

/// Client's membership in a project.
pub(crate) struct ProjectClient(pub(crate) Arc<ProjectClientRow>);

impl ProjectClient {
    async fn internals(&self, ctx: &Context<'_>) -> Result<Option<Arc<ProjectClientInternalsRow>>, ApiError> {
        load(ctx, ClientInternals(self.0.id)).await
    }
}

/// Client's membership in a project.
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

    /// Whether this is the primary client of the project.
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

    /// Whether the client may approve. Null without `PROJECTS_READ`.
    #[shared(STAFF)]
    async fn can_approve(&self, ctx: &Context<'_>) -> Result<Option<bool>, ApiError> {
        Ok(self.internals(ctx).await?.map(|row| row.can_approve))
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
