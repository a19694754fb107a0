//! What a client is asked for (PRT-11).

use std::sync::Arc;

use async_graphql::{Context, Enum, Object};
use portico_core::id::ProjectId;
use portico_core::limits::caps;
use portico_core::page::Slice;
use portico_core::selections::{SelectionList, SelectionSortKey, SelectionStatus};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::projects::ProjectById;
use portico_loader::selections::{SelectionRow, SelectionsOfProject};

use super::Selection;
use crate::direct::Direct;
use crate::error::ApiError;
use crate::load::load;
use crate::node::Node;
use crate::projects::Project;
use crate::scalars::Date;

/// Kind of a pending action. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum PendingActionKind {
    /// A selection waits for a choice, or for its approval.
    #[shared(CLIENT)]
    Selection,
}

pub(crate) struct PendingAction(Arc<SelectionRow>);

/// What clients of a project are asked for.
#[gated]
#[Object]
impl PendingAction {
    /// Kind.
    #[shared(CLIENT)]
    async fn kind(&self) -> PendingActionKind {
        PendingActionKind::Selection
    }

    /// Record that waits.
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

    /// Whether the due date has passed.
    #[shared(CLIENT)]
    async fn is_overdue(&self) -> bool;

    /// Project.
    #[shared(CLIENT)]
    async fn project(&self, ctx: &Context<'_>) -> Result<Project, ApiError> {
        let project = load(ctx, ProjectById(self.0.project_id)).await?;
        project.map(Project).ok_or_else(|| ApiError::Internal("an action without its project".to_owned()))
    }
}

/// What the clients of a project are asked for, the most urgent first.
pub(crate) async fn pending_actions(
    ctx: &Context<'_>,
    project: ProjectId,
) -> Result<Vec<Direct<PendingAction>>, ApiError> {
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
    let slice = Slice { size: caps::PENDING_ACTIONS, from_end: false, after: None, before: None };
    let page = ctx.data_unchecked::<Loader>().load(SelectionsOfProject { project, list, slice }).await?;
    Ok(page.rows.iter().map(|row| PendingAction(Arc::clone(row)).into()).collect())
}
