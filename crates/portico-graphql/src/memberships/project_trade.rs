//! A project's trade partners.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use futures_util::future::try_join_all;
use portico_core::id::{ProjectMembershipId, Tag};
use portico_graphql_macros::gated;
use portico_loader::memberships::{ProjectTradeRow, TradeById};

use crate::direct::Direct;
use crate::error::ApiError;
use crate::ids;
use crate::invitations::{Invitation, invitation_columns};
use crate::load::load;

/// Trade partner's membership in a project.
pub(crate) struct ProjectTrade(pub(crate) Arc<ProjectTradeRow>);

/// Trade partner's membership in a project.
#[gated]
#[Object]
impl ProjectTrade {
    /// Membership ID; cannot be fetched with `node`.
    #[shared(STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::PROJECT_MEMBERSHIP, self.0.id)
    }

    /// Contact of the trade partner.
    #[shared(STAFF)]
    async fn contact_id(&self) -> ID {
        ids::global(Tag::CONTACT, self.0.contact_id)
    }

    /// Name of the contact.
    #[shared(STAFF)]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether the trade partner may sign in to the project.
    #[shared(STAFF)]
    async fn web_access(&self) -> bool {
        self.0.web_access
    }

    /// Current invitation.
    #[shared(STAFF)]
    async fn invitation(&self, ctx: &Context<'_>) -> Invitation {
        Invitation::of(ctx, &invitation_columns!(self.0))
    }
}

/// A trade partner's current membership row.
pub(crate) async fn project_trade(
    ctx: &Context<'_>,
    id: ProjectMembershipId,
) -> Result<Option<ProjectTrade>, ApiError> {
    Ok(load(ctx, TradeById(id)).await?.map(ProjectTrade))
}

/// The current membership rows of trade partners.
pub(crate) async fn project_trades(
    ctx: &Context<'_>,
    ids: impl Iterator<Item = ProjectMembershipId>,
) -> Result<Vec<Direct<ProjectTrade>>, ApiError> {
    let partners = try_join_all(ids.map(|id| project_trade(ctx, id))).await?;
    Ok(partners.into_iter().flatten().map(Into::into).collect())
}
