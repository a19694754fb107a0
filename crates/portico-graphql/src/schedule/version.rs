//! The published schedule and its versions.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::{ProjectId, Tag};
use portico_core::page::{Position, Slice, SortValue};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::schedule::{
    InternalsOfVersion, MilestonesOfVersion, PlannedTaskCount, PlannedTaskRow, PlannedTasksOfVersion,
    ScheduleVersionRow, TaskCount, TaskIn, TaskRow, TasksOfProject,
};

use super::Task;
use super::enums::{ScheduleVersionState, ScheduleView};
use super::planned::{PlannedMilestone, PlannedTask};
use crate::direct::Direct;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::page::{PageArguments, RequestCursors, connection};
use crate::scalars::{Date, DateTime};

connection! {
    /// Page of tasks.
    TaskConnection, TaskEdge of Task(TaskRow), counted by TaskCount, shared with (CLIENT, TRADE, STAFF)
}

connection! {
    /// Page of the tasks in the plan of a version.
    PlannedTaskConnection, PlannedTaskEdge of PlannedTask(PlannedTaskRow), counted by PlannedTaskCount, shared with (STAFF)
}

async fn tasks_page(
    ctx: &Context<'_>,
    project: ProjectId,
    arguments: PageArguments,
) -> Result<TaskConnection, ApiError> {
    let loader = ctx.data_unchecked::<Loader>();
    let cursors = ctx.data_unchecked::<RequestCursors>().of_list(&loader.viewer(), &format!("tasks|{}", project.0));
    let slice = arguments.slice(&cursors)?;
    let after = position_of(loader, project, slice.after, "after");
    let (after, before) = futures_util::try_join!(after, position_of(loader, project, slice.before, "before"))?;
    let slice = Slice { after, before, ..slice };
    let page = loader.load(TasksOfProject { project, slice }).await?;
    // A cursor holds the task's id only: its sort order would reveal the number of hidden tasks.
    let position = |row: &TaskRow| Position { value: SortValue::Null, id: row.id.0 };
    Ok(TaskConnection::new(page, TaskCount(project), cursors, position))
}

/// Position of a cursor's task, from its current row.
async fn position_of(
    loader: &Loader,
    project: ProjectId,
    cursor: Option<Position>,
    argument: &'static str,
) -> Result<Option<Position>, ApiError> {
    let Some(Position { id, .. }) = cursor else { return Ok(None) };
    let task = loader.load(TaskIn(project, id.into())).await?.ok_or(ApiError::CursorInvalid { argument })?;
    Ok(Some(Position { value: SortValue::Int(task.sort.into()), id }))
}

fn not_numbered() -> ApiError {
    ApiError::Internal("a published schedule without number or date".to_owned())
}

fn not_for_outsiders() -> ApiError {
    ApiError::Internal("a version as outsiders see it".to_owned())
}

pub(crate) struct Schedule(pub(crate) Arc<ScheduleVersionRow>);

/// Published schedule of a project.
#[gated]
#[Object]
impl Schedule {
    /// Cache key, the same for all versions; cannot be fetched with `node`.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::SCHEDULE, self.0.project_id.0)
    }

    /// How the schedule is shared with clients. Null if it is not shared.
    #[shared(CLIENT, STAFF)]
    async fn view(&self) -> Option<ScheduleView> {
        self.0.schedule_share.and_then(ScheduleView::of)
    }

    /// Version number; the first published version is 1.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn version(&self) -> Result<i32, ApiError> {
        self.0.number.ok_or_else(not_numbered)
    }

    /// Time of publication.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn published_at(&self) -> Result<DateTime, ApiError> {
        self.0.published_at.map(DateTime).ok_or_else(not_numbered)
    }

    /// Tasks, in schedule order.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn tasks(&self, ctx: &Context<'_>, page: PageArguments) -> Result<TaskConnection, ApiError> {
        tasks_page(ctx, self.0.project_id, page).await
    }
}

pub(crate) struct ScheduleVersion(pub(crate) Arc<ScheduleVersionRow>);

/// Version of a project's schedule.
#[gated]
#[Object]
impl ScheduleVersion {
    #[requires(SCHEDULE_EDIT)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::SCHEDULE_VERSION, self.0.id.0)
    }

    /// State of the version.
    #[requires(SCHEDULE_EDIT)]
    async fn state(&self) -> ScheduleVersionState;

    /// Version number. Null until it is published.
    #[requires(SCHEDULE_EDIT)]
    async fn number(&self) -> Option<i32>;

    /// Time of publication. Null until then.
    #[requires(SCHEDULE_EDIT)]
    async fn published_at(&self) -> Option<DateTime>;

    /// Time of creation. Null if you have no access to it.
    #[requires(SCHEDULE_EDIT)]
    async fn created_at(&self) -> Option<DateTime>;

    /// Internal notes on the publication. Null if there are none.
    #[requires(SCHEDULE_EDIT)]
    async fn publish_notes(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let internals = load(ctx, InternalsOfVersion(self.0.project_id, self.0.id)).await?;
        Ok(internals.and_then(|row| row.publish_notes.clone()))
    }

    /// First day of tasks with neither predecessors nor a fixed start.
    #[requires(SCHEDULE_EDIT)]
    async fn start_on(&self) -> Result<Date, ApiError> {
        self.0.start_on.map(Into::into).ok_or_else(not_for_outsiders)
    }

    /// Increases with each change of the plan: send it as `expectedVersion`.
    #[requires(SCHEDULE_EDIT)]
    async fn version(&self) -> Result<i32, ApiError> {
        self.0.version.ok_or_else(not_for_outsiders)
    }

    /// Milestones of the plan, in sort order.
    #[requires(SCHEDULE_EDIT)]
    #[list_size(MILESTONES)]
    async fn milestones(&self, ctx: &Context<'_>) -> Result<Vec<Direct<PlannedMilestone>>, ApiError> {
        let rows = load(ctx, MilestonesOfVersion(self.0.project_id, self.0.id)).await?;
        Ok(rows.iter().map(|row| PlannedMilestone(Arc::clone(row)).into()).collect())
    }

    /// Tasks of the plan, in sort order. Progress is in `PlannedTask.task`.
    #[requires(SCHEDULE_EDIT)]
    async fn tasks(&self, ctx: &Context<'_>, page: PageArguments) -> Result<PlannedTaskConnection, ApiError> {
        let (project, version) = (self.0.project_id, self.0.id);
        let loader = ctx.data_unchecked::<Loader>();
        let cursors = ctx.data_unchecked::<RequestCursors>().of_list(&loader.viewer(), &format!("plan|{}", version.0));
        let slice = page.slice(&cursors)?;
        let page = loader.load(PlannedTasksOfVersion { project, version, slice }).await?;
        let position = |row: &PlannedTaskRow| Position { value: SortValue::Int(row.sort.into()), id: row.id.0 };
        Ok(PlannedTaskConnection::new(page, PlannedTaskCount(project, version), cursors, position))
    }
}
