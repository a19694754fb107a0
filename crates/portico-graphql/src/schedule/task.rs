//! Tasks.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::messages::NotesOfSubject;
use portico_loader::schedule::{
    AssigneesOfTask, BriefOfTask, DependenciesOfTask, InternalsOfTask, MilestoneIn, TaskAssigneeRow, TaskDependencyRow,
    TaskIn, TaskInternalsRow, TaskRow,
};

use super::Milestone;
use super::enums::{AssigneeKind, DependencyKind};
use crate::direct::Direct;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::messages::InternalNote;
use crate::scalars::{Date, Decimal};

/// A piece of work in the schedule.
pub(crate) struct Task(pub(crate) Arc<TaskRow>);

impl Task {
    async fn internals(&self, ctx: &Context<'_>) -> Result<Option<Arc<TaskInternalsRow>>, ApiError> {
        load(ctx, InternalsOfTask(self.0.project_id, self.0.id)).await
    }
}

/// A piece of work in the schedule.
#[gated]
#[Object]
impl Task {
    /// Its id.
    #[shared(CLIENT, TRADE, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::TASK, self.0.id.0)
    }

    /// Its name.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its first day, in the project's time zone.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn start_on(&self) -> Date {
        self.0.start_on.into()
    }

    /// Its last day, in the project's time zone.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn finish_on(&self) -> Date {
        self.0.finish_on.into()
    }

    /// How many days of work it takes.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn work_days(&self) -> i32 {
        self.0.work_days
    }

    /// How much of it is done, in whole percent.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn percent_complete(&self) -> i32 {
        self.0.percent_complete
    }

    /// The milestone to which it belongs.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn milestone(&self, ctx: &Context<'_>) -> Result<Option<Milestone>, ApiError> {
        let Some(id) = self.0.milestone_id else { return Ok(None) };
        Ok(load(ctx, MilestoneIn(self.0.project_id, id)).await?.map(Milestone))
    }

    /// Moves whenever something of the task itself has changed.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Who does it.
    #[shared(TRADE, STAFF)]
    #[list_size(ASSIGNEES)]
    async fn assignees(&self, ctx: &Context<'_>) -> Result<Vec<Assignee>, ApiError> {
        let rows = load(ctx, AssigneesOfTask(self.0.project_id, self.0.id)).await?;
        Ok(rows.iter().map(|row| Assignee(Arc::clone(row))).collect())
    }

    /// What those who do it are told.
    #[shared(TRADE, STAFF)]
    async fn public_notes(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let brief = load(ctx, BriefOfTask(self.0.project_id, self.0.id)).await?;
        Ok(brief.map(|row| row.public_notes.clone()))
    }

    /// What the team alone is told.
    #[shared(STAFF)]
    async fn private_notes(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.private_notes.clone()))
    }

    /// What it waits for.
    #[shared(STAFF)]
    #[list_size(DEPENDENCIES)]
    async fn dependencies(&self, ctx: &Context<'_>) -> Result<Vec<Direct<TaskDependency>>, ApiError> {
        let rows = load(ctx, DependenciesOfTask(self.0.project_id, self.0.id)).await?;
        Ok(rows.iter().map(|row| TaskDependency(Arc::clone(row)).into()).collect())
    }

    /// Whether clients see it, where the schedule is shared.
    #[shared(STAFF)]
    async fn client_viewable(&self) -> Option<bool> {
        self.0.client_viewable
    }

    /// Where its cost is booked.
    #[shared(STAFF)]
    async fn cost_code(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.cost_code.clone()))
    }

    /// How many hours of labor it takes.
    #[shared(STAFF)]
    async fn labor_hours(&self, ctx: &Context<'_>) -> Result<Option<Decimal>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.labor_hours).map(Decimal))
    }

    /// When the team wants it done.
    #[shared(STAFF)]
    async fn internal_deadline(&self, ctx: &Context<'_>) -> Result<Option<Date>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.internal_deadline_on).map(Into::into))
    }

    /// How many days are held back behind it.
    #[shared(STAFF)]
    async fn buffer_days(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.buffer_days))
    }

    /// Notes among staff about it, oldest first.
    #[requires(MESSAGES_INTERNAL)]
    #[list_size(NOTES)]
    async fn internal_notes(&self, ctx: &Context<'_>) -> Result<Vec<Direct<InternalNote>>, ApiError> {
        let rows = load(ctx, NotesOfSubject(self.0.project_id, self.0.id.0)).await?;
        Ok(rows.iter().map(|row| InternalNote(Arc::clone(row)).into()).collect())
    }
}

/// Somebody who does a task.
pub(crate) struct Assignee(Arc<TaskAssigneeRow>);

/// Somebody who does a task.
#[gated]
#[Object]
impl Assignee {
    /// The assignment's id.
    #[shared(TRADE, STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::TASK_ASSIGNEE, self.0.id.0)
    }

    /// Their name.
    #[shared(TRADE, STAFF)]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether they are of the team or a trade partner.
    #[shared(TRADE, STAFF)]
    async fn kind(&self) -> AssigneeKind {
        self.0.kind.into()
    }
}

/// What a task waits for.
pub(crate) struct TaskDependency(Arc<TaskDependencyRow>);

/// What a task waits for.
#[gated]
#[Object]
impl TaskDependency {
    /// Its id, for your cache. `node` does not know it.
    #[shared(STAFF)]
    async fn id(&self) -> ID {
        ids::between(Tag::TASK_DEPENDENCY, self.0.task_id.0, self.0.predecessor_id.0)
    }

    /// The task that it waits for.
    #[shared(STAFF)]
    async fn predecessor(&self, ctx: &Context<'_>) -> Result<Option<Task>, ApiError> {
        Ok(load(ctx, TaskIn(self.0.project_id, self.0.predecessor_id)).await?.map(Task))
    }

    /// Which ends of the two tasks are tied.
    #[shared(STAFF)]
    async fn kind(&self) -> DependencyKind {
        self.0.kind.into()
    }

    /// The days between the two ends; negative where they overlap.
    #[shared(STAFF)]
    async fn lag_days(&self) -> i32 {
        self.0.lag_days
    }
}
