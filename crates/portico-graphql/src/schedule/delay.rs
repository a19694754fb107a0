//! Delays of schedules (EXP-9).

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use portico_core::id::{ProjectId, Tag};
use portico_core::schedule::DelayCause;
use portico_graphql_macros::gated;
use portico_loader::schedule::{DelaysOfProject, ScheduleDelayRow, TaskIn};

use super::Task;
use crate::direct::Direct;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::scalars::Date;

/// Cause of a delay. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DelayCause")]
pub(crate) enum ScheduleDelayCause {
    /// Weather.
    #[shared(CLIENT, STAFF)]
    Weather,
    /// Change or late decision by the client.
    #[shared(CLIENT, STAFF)]
    Client,
    /// Late or wrong materials.
    #[shared(CLIENT, STAFF)]
    Materials,
    /// Too few workers.
    #[shared(CLIENT, STAFF)]
    Workforce,
    /// Permit that is not granted yet.
    #[shared(CLIENT, STAFF)]
    Permit,
    /// Inspection that is late or was not passed.
    #[shared(CLIENT, STAFF)]
    Inspection,
    /// Conditions of the site that were not known.
    #[shared(CLIENT, STAFF)]
    SiteConditions,
    /// Another cause.
    #[shared(CLIENT, STAFF)]
    Other,
}

pub(crate) struct ScheduleDelay(pub(crate) Arc<ScheduleDelayRow>);

/// The delays of a project, by first day.
pub(crate) async fn delays_of(ctx: &Context<'_>, project: ProjectId) -> Result<Vec<Direct<ScheduleDelay>>, ApiError> {
    let rows = load(ctx, DelaysOfProject(project)).await?;
    Ok(rows.iter().map(|row| ScheduleDelay(Arc::clone(row)).into()).collect())
}

/// Delay of a project's schedule, with its reason. It moves no dates.
#[gated]
#[Object]
impl ScheduleDelay {
    #[shared(CLIENT, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::SCHEDULE_DELAY, self.0.id.0)
    }

    /// Project ID.
    #[shared(CLIENT, STAFF)]
    async fn project_id(&self) -> ID {
        ids::global(Tag::PROJECT, self.0.project_id.0)
    }

    /// First day, in the project's time zone.
    #[shared(CLIENT, STAFF)]
    async fn start_on(&self) -> Date;

    /// Length in working days.
    #[shared(CLIENT, STAFF)]
    async fn days(&self) -> i32;

    /// Reason.
    #[shared(CLIENT, STAFF)]
    async fn reason(&self) -> &str;

    /// Cause.
    #[shared(CLIENT, STAFF)]
    async fn cause(&self) -> ScheduleDelayCause;

    /// Delayed task. Null if the delay concerns the project as a whole, or if you have no access to the task.
    #[shared(CLIENT, STAFF)]
    async fn task(&self, ctx: &Context<'_>) -> Result<Option<Task>, ApiError> {
        let Some(id) = self.0.task_id else { return Ok(None) };
        Ok(load(ctx, TaskIn(self.0.project_id, id)).await?.map(Task))
    }

    /// Whether clients see the delay while the schedule is shared.
    #[shared(STAFF)]
    // Nullable as on tasks and milestones: fields of one name in a selection must have one type.
    async fn client_viewable(&self) -> Option<bool> {
        Some(self.0.client_viewable)
    }

    #[shared(STAFF)]
    async fn version(&self) -> Result<i32, ApiError> {
        self.0.version.ok_or_else(|| ApiError::Internal("a delay without a version".to_owned()))
    }
}
