//! Write operations on projects.

use async_graphql::{Context, MaybeUndefined, Object};
use portico_actions::projects::{AddressChange, ProjectCreate, ProjectFigures, ProjectUpdate};
use portico_core::id::{ProjectId, Tag};
use portico_graphql_macros::gated;
use portico_loader::projects::ProjectById;

use super::Project;
use super::input::{AddressUpdateInput, ProjectCreateInput, ProjectUpdateInput};
use crate::act::{act, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::scalars::changed;

payload! {
    ProjectCreatePayload for (STAFF) {
        /// The project. Null on rejection, and without `PROJECTS_READ`.
        project: Project,
    }
}

payload! {
    ProjectUpdatePayload for (STAFF) {
        /// The project. Null on rejection, and without `PROJECTS_READ`.
        project: Project,
    }
}

/// The project, read after the mutation.
pub(crate) async fn project(ctx: &Context<'_>, id: ProjectId) -> Result<Option<Project>, ApiError> {
    Ok(load(ctx, ProjectById(id)).await?.map(Project))
}

#[derive(Default)]
pub(crate) struct ProjectMutations;

/// Write operations on projects.
#[gated]
#[Object]
impl ProjectMutations {
    /// Creates a project. Clients have no access and get no email before they are invited.
    #[requires(PROJECTS_WRITE)]
    async fn project_create(
        &self,
        ctx: &Context<'_>,
        input: ProjectCreateInput,
    ) -> Result<ProjectCreatePayload, ApiError> {
        let draft = input.checked("input")?;
        Ok(match act(ctx, ProjectCreate(draft)).await? {
            Ok(id) => ProjectCreatePayload::done(project(ctx, id).await?),
            Err(refused) => ProjectCreatePayload::refused(refused),
        })
    }

    /// Changes a project.
    #[requires(PROJECTS_WRITE)]
    async fn project_update(
        &self,
        ctx: &Context<'_>,
        input: ProjectUpdateInput,
    ) -> Result<ProjectUpdatePayload, ApiError> {
        let ProjectUpdateInput {
            id,
            expected_version,
            number,
            name,
            address,
            status,
            stage,
            time_zone,
            started_on,
            ..
        } = input;
        let figures = ProjectFigures {
            contract_total: changed(input.contract_total).map(|total| total.map(Into::into)),
            budget: changed(input.budget).map(|budget| budget.map(Into::into)),
            target_margin: changed(input.target_margin),
            internal_status: changed(input.internal_status),
            risk_notes: changed(input.risk_notes),
            lead_source: changed(input.lead_source),
        };
        let id: ProjectId = ids::read(&id, "input.id")?.of_kind(Tag::PROJECT).unwrap_or_default().into();
        let started_on = match started_on {
            MaybeUndefined::Value(date) => MaybeUndefined::Value(date.checked("input.startedOn")?),
            MaybeUndefined::Null => MaybeUndefined::Null,
            MaybeUndefined::Undefined => MaybeUndefined::Undefined,
        };
        let action = ProjectUpdate {
            project: id,
            expected_version,
            number,
            name,
            address: address.map(AddressUpdateInput::into_change).unwrap_or_else(AddressChange::default),
            status: status.map(Into::into),
            stage: stage.map(Into::into),
            time_zone,
            started_on: changed(started_on),
            figures,
        };
        Ok(match act(ctx, action).await? {
            Ok(()) => ProjectUpdatePayload::done(project(ctx, id).await?),
            Err(refused) => ProjectUpdatePayload::refused(refused),
        })
    }
}
