//! List of decisions: pages, newest first.

use async_graphql::Context;
use portico_core::id::ProjectId;
use portico_core::page::{Position, SortValue};
use portico_loader::Loader;
use portico_loader::decisions::{DecisionCount, DecisionRow, DecisionsOfProject};

use super::Decision;
use crate::error::ApiError;
use crate::page::{PageArguments, RequestCursors, connection};

connection! {
    /// Page of decisions.
    DecisionConnection, DecisionEdge of Decision(DecisionRow), counted by DecisionCount, shared with (CLIENT, STAFF)
}

/// One page of a project's decisions.
pub(crate) async fn decisions_page(
    ctx: &Context<'_>,
    project: ProjectId,
    arguments: PageArguments,
) -> Result<DecisionConnection, ApiError> {
    let loader = ctx.data_unchecked::<Loader>();
    let name = format!("decisions|{}", project.0);
    let cursors = ctx.data_unchecked::<RequestCursors>().of_list(&loader.viewer(), &name);
    let slice = arguments.slice(&cursors)?;
    let page = loader.load(DecisionsOfProject { project, slice }).await?;
    let position = |row: &DecisionRow| Position { value: SortValue::Int(row.position.into()), id: row.id.0 };
    Ok(DecisionConnection::new(page, DecisionCount(project), cursors, position))
}
