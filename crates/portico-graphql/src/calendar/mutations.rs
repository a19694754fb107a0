//! Write operations on calendar feeds.

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::calendar::{CalendarFeedCreate, CalendarFeedRevoke};
use portico_core::id::{ProjectId, Tag};
use portico_graphql_macros::gated;
use portico_loader::projects::ProjectById;

use crate::act::{carry_out, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::projects::Project;

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct CalendarFeedCreateInput {
    /// ID of the project.
    #[shared(CLIENT, TRADE)]
    project_id: ID,
    #[shared(CLIENT, TRADE)]
    idempotency_key: String,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct CalendarFeedRevokeInput {
    /// ID of the project.
    #[shared(CLIENT, TRADE)]
    project_id: ID,
}

payload! {
    CalendarFeedCreatePayload for (CLIENT, TRADE) {
        /// The project, with the feed if it still exists. Null on rejection.
        project: Project,
    }
}

payload! {
    CalendarFeedRevokePayload for (CLIENT, TRADE) {
        /// The project. Null on rejection.
        project: Project,
    }
}

async fn project(ctx: &Context<'_>, id: ProjectId) -> Result<Option<Project>, ApiError> {
    Ok(load(ctx, ProjectById(id)).await?.map(Project))
}

#[derive(Default)]
pub(crate) struct CalendarFeedMutations;

/// Write operations on calendar feeds.
#[gated]
#[Object]
impl CalendarFeedMutations {
    /// Creates your calendar feed of a project, `Project.calendarFeed`. If you have one already, it is replaced: the former address is
    /// refused from then on. After `calendarFeedRevoke`, or a time without access, use a new `idempotencyKey`: a retry creates no other.
    #[shared(CLIENT, TRADE)]
    async fn calendar_feed_create(
        &self,
        ctx: &Context<'_>,
        input: CalendarFeedCreateInput,
    ) -> Result<CalendarFeedCreatePayload, ApiError> {
        let action = CalendarFeedCreate {
            project: ids::read_as(&input.project_id, "input.projectId", Tag::PROJECT)?,
            idempotency_key: input.idempotency_key,
        };
        Ok(match carry_out(ctx, move |actor| action.run(actor)).await? {
            Ok(id) => CalendarFeedCreatePayload::done(project(ctx, id).await?),
            Err(refused) => CalendarFeedCreatePayload::refused(refused),
        })
    }

    /// Revokes your calendar feed of a project: its address is refused from then on.
    #[shared(CLIENT, TRADE)]
    async fn calendar_feed_revoke(
        &self,
        ctx: &Context<'_>,
        input: CalendarFeedRevokeInput,
    ) -> Result<CalendarFeedRevokePayload, ApiError> {
        let action = CalendarFeedRevoke { project: ids::read_as(&input.project_id, "input.projectId", Tag::PROJECT)? };
        Ok(match carry_out(ctx, move |actor| action.run(actor)).await? {
            Ok(id) => CalendarFeedRevokePayload::done(project(ctx, id).await?),
            Err(refused) => CalendarFeedRevokePayload::refused(refused),
        })
    }
}
