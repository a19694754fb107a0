//! The published schedule, and all its versions.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::Tag;
use portico_core::page::{Position, Slice, SortValue};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::schedule::{
    InternalsOfVersion, MilestonesOfVersion, ScheduleVersionRow, TaskCount, TaskIn, TaskRow, TasksOfVersion,
};

use super::enums::{ScheduleView, VersionState};
use super::{Milestone, Task};
use crate::direct::Direct;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::page::{PageArguments, RequestCursors, connection};
use crate::scalars::DateTime;

connection! {
    /// A page of tasks.
    TaskConnection, TaskEdge of Task(TaskRow), counted by TaskCount, shared with (CLIENT, TRADE, STAFF)
}

async fn tasks_page(
    ctx: &Context<'_>,
    row: &ScheduleVersionRow,
    arguments: PageArguments,
) -> Result<TaskConnection, ApiError> {
    let loader = ctx.data_unchecked::<Loader>();
    let (project, version) = (row.project_id, row.id);
    let name = format!("tasks|{}", version.0);
    let cursors = ctx.data_unchecked::<RequestCursors>().of_list(loader.viewer(), &name);
    let slice = arguments.slice(&cursors)?;
    let after = placed(loader, row, slice.after, "after");
    let (after, before) = futures_util::try_join!(after, placed(loader, row, slice.before, "before"))?;
    let slice = Slice { after, before, ..slice };
    let page = loader.load(TasksOfVersion { project, version, slice }).await?;
    // A cursor names its task and no more. Where the task stands among all, hidden ones counted, is not the caller's.
    let position = |row: &TaskRow| Position { value: SortValue::Null, id: row.id.0 };
    Ok(TaskConnection::new(page, TaskCount(project, version), cursors, position))
}

/// The place of the task that a cursor names, read anew.
async fn placed(
    loader: &Loader,
    version: &ScheduleVersionRow,
    cursor: Option<Position>,
    argument: &'static str,
) -> Result<Option<Position>, ApiError> {
    let Some(Position { id, .. }) = cursor else { return Ok(None) };
    let task = loader.load(TaskIn(version.project_id, id.into())).await?.filter(|row| row.version_id == version.id);
    let task = task.ok_or(ApiError::CursorInvalid { argument })?;
    Ok(Some(Position { value: SortValue::Int(task.sort.into()), id }))
}

fn unnumbered() -> ApiError {
    ApiError::Defect("a published schedule without number or date".to_owned())
}

/// A project's published schedule.
pub(crate) struct Schedule(pub(crate) Arc<ScheduleVersionRow>);

/// A project's published schedule.
#[gated]
#[Object]
impl Schedule {
    /// Its id, the same for all its versions, for your cache. `node` does not know it.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::SCHEDULE, self.0.project_id.0)
    }

    /// How it is shared with clients. Null where it is not.
    #[shared(CLIENT, STAFF)]
    async fn view(&self) -> Option<ScheduleView> {
        self.0.schedule_share.and_then(ScheduleView::of)
    }

    /// Its number: the first one published is 1.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn version(&self) -> Result<i32, ApiError> {
        self.0.number.ok_or_else(unnumbered)
    }

    /// When it was published.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn published_at(&self) -> Result<DateTime, ApiError> {
        self.0.published_at.map(DateTime).ok_or_else(unnumbered)
    }

    /// Its tasks, in order.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the first so many; 25 unless you say otherwise, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "Only the last so many; 100 at most.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<TaskConnection, ApiError> {
        tasks_page(ctx, &self.0, PageArguments { first, after, last, before }).await
    }
}

/// One version of a project's schedule, published or not.
pub(crate) struct ScheduleVersion(pub(crate) Arc<ScheduleVersionRow>);

/// One version of a project's schedule, published or not.
#[gated]
#[Object]
impl ScheduleVersion {
    /// Its id.
    #[requires(SCHEDULE_EDIT)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::SCHEDULE_VERSION, self.0.id.0)
    }

    /// Whether it is being worked on, published, or was published before.
    #[requires(SCHEDULE_EDIT)]
    async fn state(&self) -> VersionState {
        self.0.state.into()
    }

    /// Its number, given when it is published.
    #[requires(SCHEDULE_EDIT)]
    async fn number(&self) -> Option<i32> {
        self.0.number
    }

    /// When it was published.
    #[requires(SCHEDULE_EDIT)]
    async fn published_at(&self) -> Option<DateTime> {
        self.0.published_at.map(DateTime)
    }

    /// When work on it was begun.
    #[requires(SCHEDULE_EDIT)]
    async fn created_at(&self) -> Option<DateTime> {
        self.0.created_at.map(DateTime)
    }

    /// Why it was published, for the team.
    #[requires(SCHEDULE_EDIT)]
    async fn publish_notes(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let internals = load(ctx, InternalsOfVersion(self.0.project_id, self.0.id)).await?;
        Ok(internals.and_then(|row| row.publish_notes.clone()))
    }

    /// Its milestones, in order.
    #[requires(SCHEDULE_EDIT)]
    #[list_size(MILESTONES)]
    async fn milestones(&self, ctx: &Context<'_>) -> Result<Vec<Direct<Milestone>>, ApiError> {
        let rows = load(ctx, MilestonesOfVersion(self.0.project_id, self.0.id)).await?;
        Ok(rows.iter().map(|row| Milestone(Arc::clone(row)).into()).collect())
    }

    /// Its tasks, in order.
    #[requires(SCHEDULE_EDIT)]
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the first so many; 25 unless you say otherwise, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "Only the last so many; 100 at most.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<TaskConnection, ApiError> {
        tasks_page(ctx, &self.0, PageArguments { first, after, last, before }).await
    }
}
