//! Write operations on the delays of schedules.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use portico_actions::schedule::{ScheduleDelayRemove, ScheduleDelaySave};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::schedule::ScheduleDelayById;

use super::delay::{ScheduleDelay, ScheduleDelayCause};
use crate::act::{act, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::projects::{Project, project};
use crate::scalars::{Date, changed};

/// Input of `scheduleDelaySave`. Without `id` it adds a delay and needs `projectId`, `startOn`, `days`, `reason` and
/// `cause`; with `id` it needs `expectedVersion`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ScheduleDelaySaveInput {
    /// Delay to change. Omit to add one.
    id: Option<ID>,
    /// Version that was read. A mismatch is rejected with `CONFLICT`. Omit to add a delay.
    expected_version: Option<i32>,
    /// Project of a new delay. Omit with `id`.
    project_id: Option<ID>,
    /// Delayed task of the project.
    task_id: MaybeUndefined<ID>,
    /// First day, from 2000-01-01 to 2199-12-31. Omit to keep the current value.
    start_on: Option<Date>,
    /// Length in working days, 1 to 365. Omit to keep the current value.
    days: Option<i32>,
    /// Reason, at most 2,000 characters. Clients read it if the delay is client-viewable. Omit to keep the current
    /// value.
    reason: Option<String>,
    /// Cause. Omit to keep the current value.
    cause: Option<ScheduleDelayCause>,
    /// Whether clients see the delay while the schedule is shared. Omit to keep the current value; a new one is hidden.
    client_viewable: Option<bool>,
}

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ScheduleDelayRemoveInput {
    /// ID of the delay.
    id: ID,
}

payload! {
    ScheduleDelaySavePayload for (STAFF) {
        /// The delay. Null on rejection, and without `PROJECTS_READ`.
        schedule_delay: ScheduleDelay,
    }
}

payload! {
    ScheduleDelayRemovePayload for (STAFF) {
        /// The project. Null on rejection, and without `PROJECTS_READ`.
        project: Project,
    }
}

#[derive(Default)]
pub(crate) struct ScheduleDelayMutations;

/// Write operations on the delays of schedules.
#[gated]
#[Object]
impl ScheduleDelayMutations {
    /// Adds or changes a delay of a project's schedule. Moves no dates.
    #[requires(SCHEDULE_EDIT)]
    async fn schedule_delay_save(
        &self,
        ctx: &Context<'_>,
        input: ScheduleDelaySaveInput,
    ) -> Result<ScheduleDelaySavePayload, ApiError> {
        let task = changed(input.task_id);
        let task = task.map(|id| id.map(|id| ids::read_as(&id, "input.taskId", Tag::TASK)).transpose()).transpose()?;
        let action = ScheduleDelaySave {
            id: input.id.map(|id| ids::read_as(&id, "input.id", Tag::SCHEDULE_DELAY)).transpose()?,
            expected_version: input.expected_version,
            project: input.project_id.map(|id| ids::read_as(&id, "input.projectId", Tag::PROJECT)).transpose()?,
            task,
            start_on: input.start_on.map(|date| date.checked("input.startOn")).transpose()?,
            days: input.days,
            reason: input.reason,
            cause: input.cause.map(Into::into),
            client_viewable: input.client_viewable,
        };
        Ok(match act(ctx, action).await? {
            Ok(id) => ScheduleDelaySavePayload::done(load(ctx, ScheduleDelayById(id)).await?.map(ScheduleDelay)),
            Err(refused) => ScheduleDelaySavePayload::refused(refused),
        })
    }

    /// Removes a delay from its project.
    #[requires(SCHEDULE_EDIT)]
    async fn schedule_delay_remove(
        &self,
        ctx: &Context<'_>,
        input: ScheduleDelayRemoveInput,
    ) -> Result<ScheduleDelayRemovePayload, ApiError> {
        let id = ids::read_as(&input.id, "input.id", Tag::SCHEDULE_DELAY)?;
        Ok(match act(ctx, ScheduleDelayRemove { id }).await? {
            Ok(id) => ScheduleDelayRemovePayload::done(project(ctx, id).await?),
            Err(refused) => ScheduleDelayRemovePayload::refused(refused),
        })
    }
}
