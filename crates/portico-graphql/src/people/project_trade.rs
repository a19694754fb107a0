//! A project's trade partners, and a contact's projects, for staff.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use portico_actions::Action;
use portico_actions::memberships::{ProjectTradeAdd, ProjectTradeRemove, ProjectTradeUpdate};
use portico_core::id::{ProjectMembershipId, Tag};
use portico_core::projects::MembershipKind as CoreKind;
use portico_graphql_macros::gated;
use portico_loader::memberships::{ContactMembershipRow, ProjectTradeRow, TradeById};
use portico_loader::projects::ProjectById;

use super::project_client::{Invitation, invitation_columns};
use crate::act::{Outcome, act, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::projects::Project;

/// Kind of a project membership. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreKind")]
pub(crate) enum MembershipKind {
    /// Client.
    #[shared(STAFF)]
    Client,
    /// Trade partner.
    #[shared(STAFF)]
    Trade,
}

/// Trade partner's membership of a project.
pub(crate) struct ProjectTrade(pub(crate) Arc<ProjectTradeRow>);

/// Trade partner's membership of a project.
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

/// Contact's membership of a project.
pub(crate) struct ContactMembership(pub(crate) Arc<ContactMembershipRow>);

/// Contact's membership of a project.
#[gated]
#[Object]
impl ContactMembership {
    /// Membership ID; cannot be fetched with `node`.
    #[requires(CLIENTS_INVITE)]
    async fn id(&self) -> ID {
        ids::global(Tag::PROJECT_MEMBERSHIP, self.0.id)
    }

    /// Client or trade partner.
    #[requires(CLIENTS_INVITE)]
    async fn kind(&self) -> MembershipKind {
        self.0.kind.into()
    }

    /// The project. Null without `PROJECTS_READ`.
    #[requires(CLIENTS_INVITE)]
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<Project>, ApiError> {
        Ok(load(ctx, ProjectById(self.0.project_id)).await?.map(Project))
    }

    /// Current invitation into the project.
    #[requires(CLIENTS_INVITE)]
    async fn invitation(&self, ctx: &Context<'_>) -> Invitation {
        Invitation::of(ctx, &invitation_columns!(self.0))
    }
}

/// Input of `projectTradeAdd`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectTradeAddInput {
    /// The project.
    project_id: ID,
    /// Contact of the trade partner, of the kind `TRADE`.
    contact_id: ID,
    /// Whether the trade partner may sign in to the project.
    /// `true` sends an invitation.
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
    /// Whether the trade partner may sign in to the project.
    /// `true` sends an invitation, `false` revokes access at once.
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
    /// Result of `projectTradeAdd`.
    ProjectTradeAddPayload for (STAFF) {
        /// The membership. Null without `PROJECTS_READ`.
        project_trade: ProjectTrade,
    }
}

payload! {
    /// Result of `projectTradeUpdate`.
    ProjectTradeUpdatePayload for (STAFF) {
        /// The membership. Null without `PROJECTS_READ`.
        project_trade: ProjectTrade,
    }
}

payload! {
    /// Result of `projectTradeRemove`.
    ProjectTradeRemovePayload for (STAFF) {
        /// The project, with the remaining trade partners. Null without `PROJECTS_READ`.
        project: Project,
    }
}

/// A trade partner's current membership row.
pub(super) async fn project_trade(
    ctx: &Context<'_>,
    id: ProjectMembershipId,
) -> Result<Option<ProjectTrade>, ApiError> {
    Ok(load(ctx, TradeById(id)).await?.map(ProjectTrade))
}

/// Performs an action on a trade partner's membership, and reads the membership.
async fn perform<A>(ctx: &Context<'_>, action: A) -> Result<Outcome<Option<ProjectTrade>>, ApiError>
where
    A: Action<Done = ProjectMembershipId>,
{
    Ok(match act(ctx, action).await? {
        Ok(id) => Ok(project_trade(ctx, id).await?),
        Err(refused) => Err(refused),
    })
}

/// Mutations of a project's trade partners.
#[derive(Default)]
pub(crate) struct ProjectTradeMutations;

/// Mutations of a project's trade partners.
#[gated]
#[Object]
impl ProjectTradeMutations {
    /// Adds a trade partner to a project, with or without web access.
    /// Does not count toward the limit of client invitations.
    #[requires(CLIENTS_INVITE)]
    async fn project_trade_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `projectTradeAdd`.")] input: ProjectTradeAddInput,
    ) -> Result<ProjectTradeAddPayload, ApiError> {
        let action = ProjectTradeAdd {
            project: ids::read(&input.project_id, "input.projectId")?.of_kind(Tag::PROJECT).map(Into::into),
            contact: ids::read(&input.contact_id, "input.contactId")?.of_kind(Tag::CONTACT).map(Into::into),
            web_access: input.web_access,
            idempotency_key: input.idempotency_key,
        };
        let outcome = perform(ctx, action).await?;
        Ok(outcome.map_or_else(ProjectTradeAddPayload::refused, ProjectTradeAddPayload::done))
    }

    /// Grants or revokes a trade partner's web access to a project.
    #[requires(CLIENTS_INVITE)]
    async fn project_trade_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `projectTradeUpdate`.")] input: ProjectTradeUpdateInput,
    ) -> Result<ProjectTradeUpdatePayload, ApiError> {
        let id = ids::read(&input.id, "input.id")?.of_kind(Tag::PROJECT_MEMBERSHIP).map(Into::into);
        let action = ProjectTradeUpdate { id, web_access: input.web_access, idempotency_key: input.idempotency_key };
        let outcome = perform(ctx, action).await?;
        Ok(outcome.map_or_else(ProjectTradeUpdatePayload::refused, ProjectTradeUpdatePayload::done))
    }

    /// Removes a trade partner from a project and revokes access.
    /// The contact and the partner's work stay.
    #[requires(CLIENTS_INVITE)]
    async fn project_trade_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `projectTradeRemove`.")] input: ProjectTradeRemoveInput,
    ) -> Result<ProjectTradeRemovePayload, ApiError> {
        let id = ids::read(&input.id, "input.id")?.of_kind(Tag::PROJECT_MEMBERSHIP).map(Into::into);
        Ok(match act(ctx, ProjectTradeRemove { id }).await? {
            Ok(project) => ProjectTradeRemovePayload::done(load(ctx, ProjectById(project)).await?.map(Project)),
            Err(refused) => ProjectTradeRemovePayload::refused(refused),
        })
    }
}
