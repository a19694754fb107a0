//! What a client is asked for (PRT-11).

use std::sync::Arc;

use async_graphql::{Context, Enum, Object};
use futures_util::future::try_join_all;
use portico_core::id::ProjectId;
use portico_core::limits::caps;
use portico_core::page::Slice;
use portico_core::projects::{ProjectFilter, ProjectList, ProjectSortKey, ProjectStatus};
use portico_core::selections::{SelectionList, SelectionSortKey, SelectionStatus};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::projects::{ProjectById, ProjectPage, ProjectRow};
use portico_loader::selections::{SelectionRow, SelectionsOfProject};

use super::Selection;
use crate::direct::Direct;
use crate::error::ApiError;
use crate::load::load;
use crate::node::Node;
use crate::projects::Project;
use crate::scalars::Date;

/// Projects of a client of which `Viewer.pendingActions` tells.
const MOST_PROJECTS: u32 = 100;

/// Kind of a pending action. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum PendingActionKind {
    /// A selection waits for a choice, or for its approval.
    #[shared(CLIENT)]
    Selection,
}

pub(crate) struct PendingAction(Arc<SelectionRow>);

/// Action that a project's clients have to take.
#[gated]
#[Object]
impl PendingAction {
    /// Kind.
    #[shared(CLIENT)]
    async fn kind(&self) -> PendingActionKind {
        PendingActionKind::Selection
    }

    /// Record to act on.
    #[shared(CLIENT)]
    async fn subject(&self) -> Node {
        Selection(Arc::clone(&self.0)).into()
    }

    /// Title of the record.
    #[shared(CLIENT)]
    async fn title(&self) -> &str;

    /// Due date, in the project's time zone. Null if there is none.
    #[shared(CLIENT)]
    async fn due_on(&self) -> Option<Date>;

    /// Whether the due date has passed without a choice.
    #[shared(CLIENT)]
    async fn is_overdue(&self) -> bool;

    /// Project.
    #[shared(CLIENT)]
    async fn project(&self, ctx: &Context<'_>) -> Result<Project, ApiError> {
        let project = load(ctx, ProjectById(self.0.project_id)).await?;
        project.map(Project).ok_or_else(|| ApiError::Internal("an action without its project".to_owned()))
    }
}

/// What the clients of these projects are asked for, the most urgent first. In archived projects nothing can be done.
pub(crate) async fn pending_actions(
    ctx: &Context<'_>,
    projects: &[Arc<ProjectRow>],
) -> Result<Vec<Direct<PendingAction>>, ApiError> {
    let loader = ctx.data_unchecked::<Loader>();
    let open = projects.iter().filter(|project| project.status != ProjectStatus::Archived);
    let pages = try_join_all(open.map(|project| loader.load(waiting_in(project.id)))).await?;
    let mut rows: Vec<_> = pages.iter().flat_map(|page| page.rows.iter().map(Arc::clone)).collect();
    rows.sort_by_key(|row| (row.due_on.is_none(), row.due_on));
    rows.truncate(caps::PENDING_ACTIONS as usize);
    Ok(rows.into_iter().map(|row| PendingAction(row).into()).collect())
}

/// What the clients of the caller's projects are asked for, the most urgent first.
pub(crate) async fn own_pending_actions(ctx: &Context<'_>) -> Result<Vec<Direct<PendingAction>>, ApiError> {
    let list =
        ProjectList { filter: ProjectFilter::default(), search: None, sort: ProjectSortKey::Name, descending: false };
    let page = ctx.data_unchecked::<Loader>().load(ProjectPage { list, slice: first(MOST_PROJECTS) }).await?;
    pending_actions(ctx, &page.rows).await
}

fn first(size: u32) -> Slice {
    Slice { size, from_end: false, after: None, before: None }
}

/// The open selections of a project.
fn waiting_in(project: ProjectId) -> SelectionsOfProject {
    let list = SelectionList {
        status_in: Some(vec![SelectionStatus::Shared, SelectionStatus::Chosen]),
        due_on: None,
        location: None,
        category: None,
        chosen_at: None,
        approved_at: None,
        ordered_at: None,
        sort: SelectionSortKey::DueOn,
        descending: false,
    };
    SelectionsOfProject { project, list, slice: first(caps::PENDING_ACTIONS) }
}
