//! Plans of schedule versions: for staff who edit schedules.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::schedule::{
    AssigneesOfPlannedTask, DependenciesOfPlannedTask, PlannedDependencyRow, PlannedMilestoneIn, PlannedMilestoneRow,
    PlannedTaskIn, PlannedTaskRow, TaskIn,
};

use super::Task;
use super::enums::{DependencyKind, LagUnit};
use super::task::Assignee;
use crate::direct::Direct;
use crate::error::ApiError;
use crate::files::{FileAttachment, attachments_of};
use crate::ids;
use crate::load::load;
use crate::scalars::{Date, Decimal};

pub(crate) struct PlannedMilestone(pub(crate) Arc<PlannedMilestoneRow>);

/// Milestone in the plan of a schedule version.
#[gated]
#[Object]
impl PlannedMilestone {
    /// Cache key, of this version only; cannot be fetched with `node`.
    #[requires(SCHEDULE_EDIT)]
    async fn id(&self) -> ID {
        ids::global(Tag::PLANNED_MILESTONE, self.0.id.0)
    }

    /// Milestone ID, the same in all versions and in the published schedule.
    #[requires(SCHEDULE_EDIT)]
    async fn milestone_id(&self) -> ID {
        ids::global(Tag::MILESTONE, self.0.milestone_id.0)
    }

    /// Name.
    #[requires(SCHEDULE_EDIT)]
    async fn name(&self) -> &str;

    /// Sort order, lowest first.
    #[requires(SCHEDULE_EDIT)]
    async fn sort(&self) -> i32;

    /// Whether clients see the milestone once the version is published.
    #[requires(SCHEDULE_EDIT)]
    async fn client_viewable(&self) -> bool;

    /// Internal target date. Null if none is set.
    #[requires(SCHEDULE_EDIT)]
    async fn internal_target(&self) -> Option<Date> {
        self.0.internal_target_on.map(Into::into)
    }
}

pub(crate) struct PlannedTask(pub(crate) Arc<PlannedTaskRow>);

/// Task in the plan of a schedule version.
#[gated]
#[Object]
impl PlannedTask {
    /// Cache key, of this version only; cannot be fetched with `node`.
    #[requires(SCHEDULE_EDIT)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::PLANNED_TASK, self.0.id.0)
    }

    /// Task ID, the same in all versions and in the published schedule.
    #[requires(SCHEDULE_EDIT)]
    async fn task_id(&self) -> ID {
        ids::global(Tag::TASK, self.0.task_id.0)
    }

    /// The task in the published schedule. Null if it is not part of it.
    #[requires(SCHEDULE_EDIT)]
    async fn task(&self, ctx: &Context<'_>) -> Result<Option<Task>, ApiError> {
        Ok(load(ctx, TaskIn(self.0.project_id, self.0.task_id)).await?.map(Task))
    }

    /// Milestone of the task. Null if it has none.
    #[requires(SCHEDULE_EDIT)]
    async fn milestone(&self, ctx: &Context<'_>) -> Result<Option<PlannedMilestone>, ApiError> {
        let Some(id) = self.0.planned_milestone_id else { return Ok(None) };
        Ok(load(ctx, PlannedMilestoneIn(self.0.project_id, id)).await?.map(PlannedMilestone))
    }

    /// Name.
    #[requires(SCHEDULE_EDIT)]
    async fn name(&self) -> &str;

    /// Sort order, lowest first.
    #[requires(SCHEDULE_EDIT)]
    async fn sort(&self) -> i32;

    /// Duration in working days. A task of 0 days marks a date.
    #[requires(SCHEDULE_EDIT)]
    async fn work_days(&self) -> i32;

    /// Fixed start: this date or the next working day. Null if the start follows from the dependencies.
    #[requires(SCHEDULE_EDIT)]
    async fn fixed_start_on(&self) -> Option<Date>;

    /// First day, in the project's time zone.
    #[requires(SCHEDULE_EDIT)]
    async fn start_on(&self) -> Date;

    /// Last day, in the project's time zone.
    #[requires(SCHEDULE_EDIT)]
    async fn finish_on(&self) -> Date;

    /// Working days by which the task can slip without moving the plan's finish. Negative if the
    /// fixed start of a successor is earlier than the task allows.
    #[requires(SCHEDULE_EDIT)]
    async fn total_float_days(&self) -> i32;

    /// Whether the task is on the critical path: a delay of it delays the plan's finish.
    #[requires(SCHEDULE_EDIT)]
    async fn is_critical(&self) -> bool;

    /// Whether the fixed start is before what the dependencies allow.
    #[requires(SCHEDULE_EDIT)]
    async fn is_too_early(&self) -> bool;

    /// Whether clients see the task once the version is published and the schedule is shared.
    #[requires(SCHEDULE_EDIT)]
    async fn client_viewable(&self) -> bool;

    /// Notes for the assignees. Null if there are none.
    #[requires(SCHEDULE_EDIT)]
    async fn public_notes(&self) -> Option<&str>;

    /// Notes for the team only. Null if there are none.
    #[requires(SCHEDULE_EDIT)]
    async fn private_notes(&self) -> Option<&str>;

    /// Cost code. Null if none is set.
    #[requires(SCHEDULE_EDIT)]
    async fn cost_code(&self) -> Option<&str>;

    /// Labor in hours. Null if it is not known.
    #[requires(SCHEDULE_EDIT)]
    async fn labor_hours(&self) -> Option<Decimal> {
        self.0.labor_hours.map(Decimal)
    }

    /// Internal deadline. Null if none is set.
    #[requires(SCHEDULE_EDIT)]
    async fn internal_deadline(&self) -> Option<Date> {
        self.0.internal_deadline_on.map(Into::into)
    }

    /// Buffer after the task, in days. Null if none is set.
    #[requires(SCHEDULE_EDIT)]
    async fn buffer_days(&self) -> Option<i32>;

    /// Assignees, ordered by name.
    #[requires(SCHEDULE_EDIT)]
    #[list_size(ASSIGNEES)]
    async fn assignees(&self, ctx: &Context<'_>) -> Result<Vec<Direct<Assignee>>, ApiError> {
        let rows = load(ctx, AssigneesOfPlannedTask(self.0.project_id, self.0.id)).await?;
        Ok(rows.iter().map(|row| Assignee::of_plan(row).into()).collect())
    }

    /// Dependencies on other tasks, ordered by predecessor.
    #[requires(SCHEDULE_EDIT)]
    #[list_size(DEPENDENCIES)]
    async fn dependencies(&self, ctx: &Context<'_>) -> Result<Vec<Direct<PlannedDependency>>, ApiError> {
        let rows = load(ctx, DependenciesOfPlannedTask(self.0.project_id, self.0.id)).await?;
        Ok(rows.iter().map(|row| PlannedDependency(Arc::clone(row)).into()).collect())
    }

    /// Files of the task, the same in all versions, in the order in which they were attached. `fileAttach` takes the `taskId`, also before
    /// the task is published.
    #[requires(SCHEDULE_EDIT)]
    #[list_size(ATTACHMENTS)]
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<Direct<FileAttachment>>, ApiError> {
        attachments_of(ctx, self.0.project_id, self.0.task_id.0).await
    }
}

pub(crate) struct PlannedDependency(Arc<PlannedDependencyRow>);

/// Dependency of a planned task on a predecessor in the same version.
#[gated]
#[Object]
impl PlannedDependency {
    /// Cache key; cannot be fetched with `node`.
    #[requires(SCHEDULE_EDIT)]
    async fn id(&self) -> ID {
        ids::between(Tag::TASK_DEPENDENCY, self.0.planned_task_id.0, self.0.predecessor_id.0)
    }

    /// Predecessor. Null if you have no access to it.
    #[requires(SCHEDULE_EDIT)]
    async fn predecessor(&self, ctx: &Context<'_>) -> Result<Option<PlannedTask>, ApiError> {
        Ok(load(ctx, PlannedTaskIn(self.0.project_id, self.0.predecessor_id)).await?.map(PlannedTask))
    }

    /// Kind of dependency.
    #[requires(SCHEDULE_EDIT)]
    async fn kind(&self) -> DependencyKind;

    /// Lag in days; negative for a lead.
    #[requires(SCHEDULE_EDIT)]
    async fn lag_days(&self) -> i32;

    /// Unit of the lag.
    #[requires(SCHEDULE_EDIT)]
    async fn lag_unit(&self) -> LagUnit;
}
