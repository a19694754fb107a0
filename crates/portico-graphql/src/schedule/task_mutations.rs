//! Write operations on tasks and milestones.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use portico_actions::schedule::{
    MilestoneDelete, MilestoneSave, TaskDelete, TaskDependencyDraft, TaskProgressSet, TaskSave,
};
use portico_core::id::{GlobalId, ProjectMembershipId, ScheduleVersionId, StaffMembershipId, Tag};
use portico_core::schedule::{LagUnit as CoreLagUnit, VersionAssignee};
use portico_graphql_macros::gated;
use portico_loader::schedule::{PlannedMilestoneIn, PlannedTaskIn, TaskById};

use super::draft_mutations::version;
use super::enums::{DependencyKind, LagUnit};
use super::planned::{PlannedMilestone, PlannedTask};
use super::{ScheduleVersion, Task};
use crate::act::{act, carry_out, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::scalars::{Date, changed};

/// Dependency of a task on a predecessor in the same draft.
#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct TaskDependencyInput {
    /// ID of the predecessor, a task of the same draft.
    #[requires(SCHEDULE_EDIT)]
    predecessor_id: ID,
    /// Kind of dependency. Omit for `FINISH_TO_START`.
    #[requires(SCHEDULE_EDIT)]
    kind: Option<DependencyKind>,
    /// Lag in days, from -365 to 365. A negative one is a lead, which never moves a task before the start of the plan.
    #[requires(SCHEDULE_EDIT)]
    #[graphql(default = 0)]
    lag_days: i32,
    /// Unit of the lag. Omit for `WORKING_DAYS`.
    #[requires(SCHEDULE_EDIT)]
    lag_unit: Option<LagUnit>,
}

/// Input of `taskSave`. Without `taskId` it adds a task and needs `name`. Values that are omitted stay as they are.
#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct TaskSaveInput {
    /// ID of the draft.
    #[requires(SCHEDULE_EDIT)]
    version_id: ID,
    /// `version` of the draft that you read. Omit to save without checking for changes by others; send it to add a task, so that a
    /// retry adds no second one.
    #[requires(SCHEDULE_EDIT)]
    expected_version: Option<i32>,
    /// Task to change, as in `PlannedTask.taskId`. Omit to add one.
    #[requires(SCHEDULE_EDIT)]
    task_id: Option<ID>,
    /// Name.
    #[requires(SCHEDULE_EDIT)]
    name: Option<String>,
    /// Duration in working days, 0 to 5000. A new task has 1.
    #[requires(SCHEDULE_EDIT)]
    work_days: Option<i32>,
    /// Fixed start, whatever the dependencies say: this date or the next working day.
    #[requires(SCHEDULE_EDIT)]
    fixed_start_on: MaybeUndefined<Date>,
    /// ID of a milestone of the same draft, as in `PlannedMilestone.milestoneId`.
    #[requires(SCHEDULE_EDIT)]
    milestone_id: MaybeUndefined<ID>,
    /// Whether clients see the task once it is published and the schedule is shared. A new task is hidden from them.
    #[requires(SCHEDULE_EDIT)]
    client_viewable: Option<bool>,
    /// Notes for the assignees, at most 10,000 characters; the notes of all tasks of a draft together at most 8 MiB.
    #[requires(SCHEDULE_EDIT)]
    public_notes: MaybeUndefined<String>,
    /// Notes for the team only, at most 10,000 characters.
    #[requires(SCHEDULE_EDIT)]
    private_notes: MaybeUndefined<String>,
    /// Cost code.
    #[requires(SCHEDULE_EDIT)]
    cost_code: MaybeUndefined<String>,
    /// Labor in hours, less than 1,000,000, with at most two decimals: `37.5`.
    #[requires(SCHEDULE_EDIT)]
    labor_hours: MaybeUndefined<String>,
    /// Internal deadline.
    #[requires(SCHEDULE_EDIT)]
    internal_deadline: MaybeUndefined<Date>,
    /// Days of buffer after the task, 0 to 365: for information, it moves no dates.
    #[requires(SCHEDULE_EDIT)]
    buffer_days: MaybeUndefined<i32>,
    /// Sort order, lowest first. A new task is last.
    #[requires(SCHEDULE_EDIT)]
    sort: Option<i32>,
    /// All dependencies on other tasks.
    #[requires(SCHEDULE_EDIT)]
    dependencies: Option<Vec<TaskDependencyInput>>,
    /// IDs of all assignees: as in `ProjectTrade.id`, or in `StaffMember.id` or `TeamMember.staffId`.
    #[requires(SCHEDULE_EDIT)]
    assignee_ids: Option<Vec<ID>>,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct TaskDeleteInput {
    /// ID of the draft.
    #[requires(SCHEDULE_EDIT)]
    version_id: ID,
    /// `version` of the draft that you read. Omit to delete the task without checking for changes by others.
    #[requires(SCHEDULE_EDIT)]
    expected_version: Option<i32>,
    /// ID of the task.
    #[requires(SCHEDULE_EDIT)]
    task_id: ID,
}

/// Input of `milestoneSave`. Without `milestoneId` it adds a milestone and needs `name`. Values that are omitted stay as they are.
#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct MilestoneSaveInput {
    /// ID of the draft.
    #[requires(SCHEDULE_EDIT)]
    version_id: ID,
    /// `version` of the draft that you read. Omit to save without checking for changes by others.
    #[requires(SCHEDULE_EDIT)]
    expected_version: Option<i32>,
    /// Milestone to change. Omit to add one.
    #[requires(SCHEDULE_EDIT)]
    milestone_id: Option<ID>,
    /// Name.
    #[requires(SCHEDULE_EDIT)]
    name: Option<String>,
    /// Whether clients see the milestone once it is published. A new milestone is shown to them.
    #[requires(SCHEDULE_EDIT)]
    client_viewable: Option<bool>,
    /// Internal target date.
    #[requires(SCHEDULE_EDIT)]
    internal_target: MaybeUndefined<Date>,
    /// Sort order, lowest first. A new milestone is last.
    #[requires(SCHEDULE_EDIT)]
    sort: Option<i32>,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct MilestoneDeleteInput {
    /// ID of the draft.
    #[requires(SCHEDULE_EDIT)]
    version_id: ID,
    /// `version` of the draft that you read. Omit to delete the milestone without checking for changes by others.
    #[requires(SCHEDULE_EDIT)]
    expected_version: Option<i32>,
    /// ID of the milestone.
    #[requires(SCHEDULE_EDIT)]
    milestone_id: ID,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct TaskProgressSetInput {
    /// ID of the task.
    #[shared(TRADE)]
    #[requires(SCHEDULE_EDIT)]
    task_id: ID,
    /// `version` of the task that you read. Omit to set it without checking for changes by others.
    #[shared(TRADE)]
    #[requires(SCHEDULE_EDIT)]
    expected_version: Option<i32>,
    /// Percent complete, 0 to 100.
    #[shared(TRADE)]
    #[requires(SCHEDULE_EDIT)]
    percent_complete: i32,
}

payload! {
    TaskSavePayload for (STAFF) {
        /// The task in the draft. Null on rejection, and without `PROJECTS_READ`.
        task: PlannedTask,
        /// The draft. Null on rejection, and without `PROJECTS_READ`.
        schedule_version: ScheduleVersion,
    }
}

payload! {
    TaskDeletePayload for (STAFF) {
        /// The draft. Null on rejection, and without `PROJECTS_READ`.
        schedule_version: ScheduleVersion,
    }
}

payload! {
    MilestoneSavePayload for (STAFF) {
        /// The milestone in the draft. Null on rejection, and without `PROJECTS_READ`.
        milestone: PlannedMilestone,
        /// The draft. Null on rejection, and without `PROJECTS_READ`.
        schedule_version: ScheduleVersion,
    }
}

payload! {
    MilestoneDeletePayload for (STAFF) {
        /// The draft. Null on rejection, and without `PROJECTS_READ`.
        schedule_version: ScheduleVersion,
    }
}

payload! {
    TaskProgressSetPayload for (TRADE, STAFF) {
        /// The task. Null on rejection, and without access to it.
        task: Task,
    }
}

fn read_version(id: &ID) -> Result<ScheduleVersionId, ApiError> {
    ids::read_as(id, "input.versionId", Tag::SCHEDULE_VERSION)
}

/// A date that may be cleared.
fn changed_date(date: MaybeUndefined<Date>, argument: &str) -> Result<Option<Option<chrono::NaiveDate>>, ApiError> {
    changed(date).map(|date| super::draft_mutations::date(date, argument)).transpose()
}

/// An assignee by ID. An ID of another type is answered like one that does not exist.
fn read_assignee(id: &ID) -> Result<VersionAssignee, ApiError> {
    const ARGUMENT: &str = "input.assigneeIds";
    match GlobalId::parse(id.as_str()) {
        Ok(GlobalId { tag: Tag::STAFF_MEMBERSHIP, uuid }) => {
            Ok(VersionAssignee::StaffMembershipId(StaffMembershipId(uuid)))
        }
        _ => Ok(VersionAssignee::ProjectMembershipId(ids::read_as::<ProjectMembershipId>(
            id,
            ARGUMENT,
            Tag::PROJECT_MEMBERSHIP,
        )?)),
    }
}

impl TaskDependencyInput {
    fn read(&self) -> Result<TaskDependencyDraft, ApiError> {
        Ok(TaskDependencyDraft {
            predecessor: ids::read_as(&self.predecessor_id, "input.dependencies.predecessorId", Tag::TASK)?,
            kind: self.kind.map_or(portico_core::schedule::DependencyKind::FinishToStart, Into::into),
            lag_days: self.lag_days,
            lag_unit: self.lag_unit.map_or(CoreLagUnit::WorkingDays, Into::into),
        })
    }
}

impl TaskSaveInput {
    fn read(self) -> Result<TaskSave, ApiError> {
        let milestone = changed(self.milestone_id)
            .map(|milestone| milestone.map(|id| ids::read_as(&id, "input.milestoneId", Tag::MILESTONE)).transpose());
        let dependencies =
            self.dependencies.map(|all| all.iter().map(TaskDependencyInput::read).collect::<Result<_, _>>());
        Ok(TaskSave {
            version: read_version(&self.version_id)?,
            expected_version: self.expected_version,
            task: self.task_id.map(|id| ids::read_as(&id, "input.taskId", Tag::TASK)).transpose()?,
            name: self.name,
            work_days: self.work_days,
            fixed_start_on: changed_date(self.fixed_start_on, "input.fixedStartOn")?,
            milestone: milestone.transpose()?,
            client_viewable: self.client_viewable,
            public_notes: changed(self.public_notes),
            private_notes: changed(self.private_notes),
            cost_code: changed(self.cost_code),
            labor_hours: changed(self.labor_hours),
            internal_deadline_on: changed_date(self.internal_deadline, "input.internalDeadline")?,
            buffer_days: changed(self.buffer_days),
            sort: self.sort,
            dependencies: dependencies.transpose()?,
            assignees: self
                .assignee_ids
                .map(|ids| ids.iter().map(read_assignee).collect::<Result<_, _>>())
                .transpose()?,
        })
    }
}

#[derive(Default)]
pub(crate) struct TaskMutations;

/// Write operations on tasks and milestones.
#[gated]
#[Object]
impl TaskMutations {
    /// Adds a task to a draft of a schedule, or changes one, and computes the dates of all its tasks.
    #[requires(SCHEDULE_EDIT)]
    async fn task_save(&self, ctx: &Context<'_>, input: TaskSaveInput) -> Result<TaskSavePayload, ApiError> {
        let action = input.read()?;
        let draft = action.version;
        Ok(match act(ctx, action).await? {
            Ok((project, row)) => {
                let task = load(ctx, PlannedTaskIn(project, row)).await?.map(PlannedTask);
                TaskSavePayload::done(task, version(ctx, draft).await?)
            }
            Err(refused) => TaskSavePayload::refused(refused),
        })
    }

    /// Removes a task from a draft, with the dependencies of others on it. It leaves the published schedule when the draft is
    /// published.
    #[requires(SCHEDULE_EDIT)]
    async fn task_delete(&self, ctx: &Context<'_>, input: TaskDeleteInput) -> Result<TaskDeletePayload, ApiError> {
        let action = TaskDelete {
            version: read_version(&input.version_id)?,
            expected_version: input.expected_version,
            task: ids::read_as(&input.task_id, "input.taskId", Tag::TASK)?,
        };
        Ok(match act(ctx, action).await? {
            Ok(id) => TaskDeletePayload::done(version(ctx, id).await?),
            Err(refused) => TaskDeletePayload::refused(refused),
        })
    }

    /// Adds a milestone to a draft of a schedule, or changes one.
    #[requires(SCHEDULE_EDIT)]
    async fn milestone_save(
        &self,
        ctx: &Context<'_>,
        input: MilestoneSaveInput,
    ) -> Result<MilestoneSavePayload, ApiError> {
        let draft = read_version(&input.version_id)?;
        let action = MilestoneSave {
            version: draft,
            expected_version: input.expected_version,
            milestone: input
                .milestone_id
                .map(|id| ids::read_as(&id, "input.milestoneId", Tag::MILESTONE))
                .transpose()?,
            name: input.name,
            client_viewable: input.client_viewable,
            internal_target_on: changed_date(input.internal_target, "input.internalTarget")?,
            sort: input.sort,
        };
        Ok(match act(ctx, action).await? {
            Ok((project, row)) => {
                let milestone = load(ctx, PlannedMilestoneIn(project, row)).await?.map(PlannedMilestone);
                MilestoneSavePayload::done(milestone, version(ctx, draft).await?)
            }
            Err(refused) => MilestoneSavePayload::refused(refused),
        })
    }

    /// Removes a milestone from a draft. Its tasks stay, without a milestone.
    #[requires(SCHEDULE_EDIT)]
    async fn milestone_delete(
        &self,
        ctx: &Context<'_>,
        input: MilestoneDeleteInput,
    ) -> Result<MilestoneDeletePayload, ApiError> {
        let action = MilestoneDelete {
            version: read_version(&input.version_id)?,
            expected_version: input.expected_version,
            milestone: ids::read_as(&input.milestone_id, "input.milestoneId", Tag::MILESTONE)?,
        };
        Ok(match act(ctx, action).await? {
            Ok(id) => MilestoneDeletePayload::done(version(ctx, id).await?),
            Err(refused) => MilestoneDeletePayload::refused(refused),
        })
    }

    /// Sets the progress of a task of the published schedule, without a new version. Trade partners set that of tasks that are
    /// assigned to them, if the company allows it.
    #[shared(TRADE)]
    #[requires(SCHEDULE_EDIT)]
    async fn task_progress_set(
        &self,
        ctx: &Context<'_>,
        input: TaskProgressSetInput,
    ) -> Result<TaskProgressSetPayload, ApiError> {
        let action = TaskProgressSet {
            task: ids::read_as(&input.task_id, "input.taskId", Tag::TASK)?,
            expected_version: input.expected_version,
            percent_complete: input.percent_complete,
        };
        Ok(match carry_out(ctx, |actor| action.run(actor)).await? {
            Ok(id) => TaskProgressSetPayload::done(load(ctx, TaskById(id)).await?.map(Task)),
            Err(refused) => TaskProgressSetPayload::refused(refused),
        })
    }
}
