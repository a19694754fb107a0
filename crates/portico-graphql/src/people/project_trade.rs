//! A project's trade partners, and a contact's projects, for staff.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use portico_actions::people::{ProjectTradeAdd, ProjectTradeRemove, ProjectTradeUpdate};
use portico_core::id::{ProjectMembershipId, Tag};
use portico_core::projects::MembershipKind as CoreKind;
use portico_graphql_macros::gated;
use portico_loader::people::{ContactMembershipRow, ProjectTradeRow, TradeById};
use portico_loader::projects::ProjectById;

use super::project_client::{Invitation, kept_invitation};
use crate::act::{act, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::projects::Project;

/// The side on which a contact belongs to a project. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreKind")]
pub(crate) enum MembershipKind {
    /// A client.
    #[shared(STAFF)]
    Client,
    /// A trade partner.
    #[shared(STAFF)]
    Trade,
}

/// A trade partner's membership of a project.
pub(crate) struct ProjectTrade(pub(crate) Arc<ProjectTradeRow>);

/// A trade partner's membership of a project.
#[gated]
#[Object]
impl ProjectTrade {
    /// Membership id; cannot be fetched with `node`.
    #[shared(STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::PROJECT_MEMBERSHIP, self.0.id)
    }

    /// Your contact of the trade partner.
    #[shared(STAFF)]
    async fn contact_id(&self) -> ID {
        ids::global(Tag::CONTACT, self.0.contact_id)
    }

    /// Name on your contact.
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
        Invitation::of(ctx, &kept_invitation!(self.0))
    }
}

/// A contact's membership of a project.
pub(crate) struct ContactMembership(pub(crate) Arc<ContactMembershipRow>);

/// A contact's membership of a project.
#[gated]
#[Object]
impl ContactMembership {
    /// Membership id; cannot be fetched with `node`.
    #[requires(CLIENTS_INVITE)]
    async fn id(&self) -> ID {
        ids::global(Tag::PROJECT_MEMBERSHIP, self.0.id)
    }

    /// Client or trade partner.
    #[requires(CLIENTS_INVITE)]
    async fn kind(&self) -> MembershipKind {
        self.0.kind.into()
    }

    /// The project.
    #[requires(CLIENTS_INVITE)]
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<Project>, ApiError> {
        Ok(load(ctx, ProjectById(self.0.project_id)).await?.map(Project))
    }

    /// Current invitation into the project.
    #[requires(CLIENTS_INVITE)]
    async fn invitation(&self, ctx: &Context<'_>) -> Invitation {
        Invitation::of(ctx, &kept_invitation!(self.0))
    }
}

/// Input of `projectTradeAdd`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectTradeAddInput {
    /// The project.
    project_id: ID,
    /// Your contact of the trade partner, of the kind `TRADE`.
    contact_id: ID,
    /// Whether the trade partner may sign in to the project. They are invited by mail at once.
    #[graphql(default = true)]
    web_access: bool,
    /// Idempotency key: a retry with the same key returns the first result.
    idempotency_key: String,
}

/// Input of `projectTradeUpdate`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectTradeUpdateInput {
    /// The membership.
    id: ID,
    /// Whether the trade partner may sign in to the project: `true` invites them by mail, `false` ends their access at once.
    web_access: bool,
    /// Idempotency key: a retry with the same key returns the first result.
    idempotency_key: String,
}

/// Input of `projectTradeRemove`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectTradeRemoveInput {
    /// The membership.
    id: ID,
}

payload! {
    /// Result of `projectTradeAdd` and `projectTradeUpdate`.
    ProjectTradePayload for (STAFF) {
        /// The membership. Null if you may not read projects.
        project_trade: ProjectTrade,
    }
}

payload! {
    /// Result of `projectTradeRemove`.
    ProjectTradeRemovePayload for (STAFF) {
        /// The project, with the trade partners who are left. Null if you may not read projects.
        project: Project,
    }
}

/// A trade partner's membership, as it is now.
pub(super) async fn project_trade(
    ctx: &Context<'_>,
    id: ProjectMembershipId,
) -> Result<Option<ProjectTrade>, ApiError> {
    Ok(load(ctx, TradeById(id)).await?.map(ProjectTrade))
}

/// Write operations on projects' trade partners.
#[derive(Default)]
pub(crate) struct ProjectTradeMutations;

/// Write operations on projects' trade partners.
#[gated]
#[Object]
impl ProjectTradeMutations {
    /// Adds a trade partner to a project, with or without web access. Does not count toward the limit of client invitations.
    #[requires(CLIENTS_INVITE)]
    async fn project_trade_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The trade partner and the project.")] input: ProjectTradeAddInput,
    ) -> Result<ProjectTradePayload, ApiError> {
        let action = ProjectTradeAdd {
            project: ids::read(&input.project_id, "input.projectId")?.of_kind(Tag::PROJECT).map(Into::into),
            contact: ids::read(&input.contact_id, "input.contactId")?.of_kind(Tag::CONTACT).map(Into::into),
            web_access: input.web_access,
            idempotency_key: input.idempotency_key,
        };
        Ok(match act(ctx, action).await? {
            Ok(id) => ProjectTradePayload::done(project_trade(ctx, id).await?),
            Err(refused) => ProjectTradePayload::refused(refused),
        })
    }

    /// Grants or revokes a trade partner's web access to a project. Revocation takes effect at once.
    #[requires(CLIENTS_INVITE)]
    async fn project_trade_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The membership and its web access.")] input: ProjectTradeUpdateInput,
    ) -> Result<ProjectTradePayload, ApiError> {
        let id = ids::read(&input.id, "input.id")?.of_kind(Tag::PROJECT_MEMBERSHIP).map(Into::into);
        let action = ProjectTradeUpdate { id, web_access: input.web_access, idempotency_key: input.idempotency_key };
        Ok(match act(ctx, action).await? {
            Ok(id) => ProjectTradePayload::done(project_trade(ctx, id).await?),
            Err(refused) => ProjectTradePayload::refused(refused),
        })
    }

    /// Removes a trade partner from a project. Their access ends at once; your contact and their work stay.
    #[requires(CLIENTS_INVITE)]
    async fn project_trade_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The membership.")] input: ProjectTradeRemoveInput,
    ) -> Result<ProjectTradeRemovePayload, ApiError> {
        let id = ids::read(&input.id, "input.id")?.of_kind(Tag::PROJECT_MEMBERSHIP).map(Into::into);
        Ok(match act(ctx, ProjectTradeRemove { id }).await? {
            Ok(project) => ProjectTradeRemovePayload::done(load(ctx, ProjectById(project)).await?.map(Project)),
            Err(refused) => ProjectTradeRemovePayload::refused(refused),
        })
    }
}
