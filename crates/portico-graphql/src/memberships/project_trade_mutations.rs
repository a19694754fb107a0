//! Mutations of a project's trade partners.

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::Action;
use portico_actions::memberships::{ProjectTradeAdd, ProjectTradeRemove, ProjectTradeUpdate};
use portico_core::id::{ProjectMembershipId, Tag};
use portico_graphql_macros::gated;
use portico_loader::projects::ProjectById;

use super::project_trade::{ProjectTrade, project_trade};
use crate::act::{Outcome, act, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::projects::Project;

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
