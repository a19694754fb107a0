//! Tasks.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::access::{Permission, Role};
use portico_core::id::{ProjectMembershipId, StaffMembershipId, Tag, TaskAssigneeId};
use portico_core::schedule::AssigneeKind as CoreAssigneeKind;
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::schedule::{
    AssigneesOfTask, BaselineOfTask, BriefOfTask, DependenciesOfTask, InternalsOfTask, MilestoneIn, PlannedAssigneeRow,
    TaskAssigneeRow, TaskBaselineRow, TaskDependencyRow, TaskIn, TaskInternalsRow, TaskRow,
};

use super::Milestone;
use super::enums::{AssigneeKind, DependencyKind, LagUnit};
use crate::direct::Direct;
use crate::error::ApiError;
use crate::files::{FileAttachment, attachments_of};
use crate::ids;
use crate::load::load;
use crate::messages::{Thread, ThreadAudience, threads_about};
use crate::scalars::{Date, Decimal};

pub(crate) struct Task(pub(crate) Arc<TaskRow>);

impl Task {
    async fn internals(&self, ctx: &Context<'_>) -> Result<Option<Arc<TaskInternalsRow>>, ApiError> {
        load(ctx, InternalsOfTask(self.0.project_id, self.0.id)).await
    }
}

/// Task of a schedule.
#[gated]
#[Object]
impl Task {
    #[shared(CLIENT, TRADE, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::TASK, self.0.id.0)
    }

    /// Project ID.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn project_id(&self) -> ID {
        ids::global(Tag::PROJECT, self.0.project_id.0)
    }

    /// Name.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn name(&self) -> &str;

    /// First day, in the project's time zone.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn start_on(&self) -> Date;

    /// Last day, in the project's time zone.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn finish_on(&self) -> Date;

    /// Duration in working days.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn work_days(&self) -> i32;

    /// Percent complete, 0 to 100.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn percent_complete(&self) -> i32;

    /// Milestone of the task. Null if it has none.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn milestone(&self, ctx: &Context<'_>) -> Result<Option<Milestone>, ApiError> {
        let Some(id) = self.0.milestone_id else { return Ok(None) };
        Ok(load(ctx, MilestoneIn(self.0.project_id, id)).await?.map(Milestone))
    }

    #[shared(CLIENT, TRADE, STAFF)]
    async fn version(&self) -> i32;

    /// Dates of the task in the first published schedule, which never change. Null if the task was added later, and if you have no
    /// access to the baseline.
    #[shared(CLIENT, STAFF)]
    async fn baseline(&self, ctx: &Context<'_>) -> Result<Option<TaskBaseline>, ApiError> {
        Ok(load(ctx, BaselineOfTask(self.0.project_id, self.0.id)).await?.map(TaskBaseline))
    }

    /// Assignees, ordered by name.
    #[shared(TRADE, STAFF)]
    #[list_size(ASSIGNEES)]
    async fn assignees(&self, ctx: &Context<'_>) -> Result<Vec<Direct<Assignee>>, ApiError> {
        let rows = load(ctx, AssigneesOfTask(self.0.project_id, self.0.id)).await?;
        Ok(rows.iter().map(|row| Assignee::of_schedule(row).into()).collect())
    }

    /// Whether you can set the progress with `taskProgressSet`. False for trade partners if the company does not accept progress from
    /// them, for staff without `SCHEDULE_EDIT`, for API keys, and in archived projects.
    #[shared(TRADE, STAFF)]
    async fn can_report_progress(&self, ctx: &Context<'_>) -> bool {
        let viewer = ctx.data_unchecked::<Loader>().viewer();
        // API keys are read-only.
        let may_write = !viewer.is_staff()
            || viewer.role != Some(Role::Reporting) && viewer.permissions.contains(Permission::ScheduleEdit);
        may_write && self.0.accepts_progress.unwrap_or(false)
    }

    /// Notes for the assignees. Null if there are none.
    #[shared(TRADE, STAFF)]
    async fn public_notes(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let brief = load(ctx, BriefOfTask(self.0.project_id, self.0.id)).await?;
        Ok(brief.map(|row| row.public_notes.clone()))
    }

    /// Notes for the team only. Null if there are none.
    #[shared(STAFF)]
    async fn private_notes(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.private_notes.clone()))
    }

    /// Dependencies on other tasks, ordered by predecessor.
    #[shared(STAFF)]
    #[list_size(DEPENDENCIES)]
    async fn dependencies(&self, ctx: &Context<'_>) -> Result<Vec<Direct<TaskDependency>>, ApiError> {
        let rows = load(ctx, DependenciesOfTask(self.0.project_id, self.0.id)).await?;
        Ok(rows.iter().map(|row| TaskDependency(Arc::clone(row)).into()).collect())
    }

    /// Whether clients see the task while the schedule is shared.
    #[shared(STAFF)]
    async fn client_viewable(&self) -> Option<bool>;

    /// Cost code. Null if none is set.
    #[shared(STAFF)]
    async fn cost_code(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.cost_code.clone()))
    }

    /// Labor in hours. Null if it is not known.
    #[shared(STAFF)]
    async fn labor_hours(&self, ctx: &Context<'_>) -> Result<Option<Decimal>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.labor_hours).map(Decimal))
    }

    /// Internal deadline. Null if none is set.
    #[shared(STAFF)]
    async fn internal_deadline(&self, ctx: &Context<'_>) -> Result<Option<Date>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.internal_deadline_on).map(Into::into))
    }

    /// Buffer after the task, in days. Null if none is set.
    #[shared(STAFF)]
    async fn buffer_days(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.buffer_days))
    }

    /// Working days by which the task can slip without moving the schedule's finish; negative if the
    /// fixed start of a successor is earlier than the task allows. Null if it is not known.
    #[shared(STAFF)]
    async fn total_float_days(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.total_float_days))
    }

    /// Whether the task is on the critical path: a delay of it delays the schedule's finish. Null if it is not known.
    #[shared(STAFF)]
    async fn is_critical(&self, ctx: &Context<'_>) -> Result<Option<bool>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.is_critical))
    }

    /// Files of the task, in the order in which they were attached: those shared with you.
    #[shared(TRADE, STAFF)]
    #[list_size(ATTACHMENTS)]
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<Direct<FileAttachment>>, ApiError> {
        attachments_of(ctx, self.0.project_id, self.0.id.0).await
    }

    /// Comments on the task: a thread for each trade partner and one for staff, oldest first.
    #[shared(TRADE, STAFF)]
    #[list_size(THREADS)]
    async fn threads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Audience of the threads. Omit for all threads that you have access to.")] audience: Option<
            ThreadAudience,
        >,
    ) -> Result<Vec<Direct<Thread>>, ApiError> {
        threads_about(ctx, self.0.project_id, self.0.id.0, audience).await
    }
}

pub(crate) struct TaskBaseline(Arc<TaskBaselineRow>);

/// Dates of a task in the first published schedule.
#[gated]
#[Object]
impl TaskBaseline {
    /// First day, in the project's time zone.
    #[shared(CLIENT, STAFF)]
    async fn start_on(&self) -> Date;

    /// Last day, in the project's time zone.
    #[shared(CLIENT, STAFF)]
    async fn finish_on(&self) -> Date;

    /// Duration in working days.
    #[shared(CLIENT, STAFF)]
    async fn work_days(&self) -> i32;
}

/// Assignee of a task, in the schedule or in a plan.
pub(crate) struct Assignee {
    id: TaskAssigneeId,
    trade: Option<ProjectMembershipId>,
    staff: Option<StaffMembershipId>,
    kind: CoreAssigneeKind,
    name: String,
}

impl Assignee {
    fn of_schedule(row: &TaskAssigneeRow) -> Self {
        let &TaskAssigneeRow { id, project_membership_id: trade, staff_membership_id: staff, kind, .. } = row;
        Self { id, trade, staff, kind, name: row.name.clone() }
    }

    pub(super) fn of_plan(row: &PlannedAssigneeRow) -> Self {
        let &PlannedAssigneeRow { id, project_membership_id: trade, staff_membership_id: staff, kind, .. } = row;
        Self { id, trade, staff, kind, name: row.name.clone() }
    }
}

/// Assignee of a task.
#[gated]
#[Object]
impl Assignee {
    /// Assignment ID; cannot be fetched with `node`.
    #[shared(TRADE, STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::TASK_ASSIGNEE, self.id.0)
    }

    /// Name.
    #[shared(TRADE, STAFF)]
    async fn name(&self) -> &str {
        &self.name
    }

    /// Team member or trade partner.
    #[shared(TRADE, STAFF)]
    async fn kind(&self) -> AssigneeKind {
        self.kind.into()
    }

    /// ID of the member of staff or of the project's trade partner, as in `assigneeIds`. Null if you have no access to it.
    #[shared(STAFF)]
    async fn member_id(&self) -> Option<ID> {
        let trade = self.trade.map(|trade| ids::global(Tag::PROJECT_MEMBERSHIP, trade.0));
        trade.or_else(|| self.staff.map(|staff| ids::global(Tag::STAFF_MEMBERSHIP, staff.0)))
    }
}

pub(crate) struct TaskDependency(Arc<TaskDependencyRow>);

/// Dependency of a task on a predecessor.
#[gated]
#[Object]
impl TaskDependency {
    /// Cache key; cannot be fetched with `node`.
    #[shared(STAFF)]
    async fn id(&self) -> ID {
        ids::between(Tag::TASK_DEPENDENCY, self.0.task_id.0, self.0.predecessor_id.0)
    }

    /// Task that this one waits for. Null if you have no access to it.
    #[shared(STAFF)]
    async fn predecessor(&self, ctx: &Context<'_>) -> Result<Option<Task>, ApiError> {
        Ok(load(ctx, TaskIn(self.0.project_id, self.0.predecessor_id)).await?.map(Task))
    }

    /// Kind of dependency.
    #[shared(STAFF)]
    async fn kind(&self) -> DependencyKind;

    /// Lag in days; negative for a lead.
    #[shared(STAFF)]
    async fn lag_days(&self) -> i32;

    /// Unit of the lag.
    #[shared(STAFF)]
    async fn lag_unit(&self) -> LagUnit;
}
