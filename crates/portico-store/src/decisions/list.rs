//! The decisions of projects: newest first, paged.

use diesel::dsl::count_star;
use diesel::prelude::*;
use portico_core::id::ProjectId;
use portico_core::page::Slice;

use super::DecisionRow;
use super::rows::decisions;
use crate::children::{ParentId, of_each};
use crate::page::SortBy;
use crate::{ReadSession, StoreError};

const NEWEST_FIRST: SortBy =
    SortBy { expression: "decisions.position", folds_case: false, id: "decisions.id", descending: true };

/// The same slice of each project's decisions, in the order in which the slice reads them.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn decisions_of_projects(
    session: &ReadSession,
    projects: Vec<ProjectId>,
    slice: &Slice,
) -> Result<Vec<DecisionRow>, StoreError> {
    let of_one = decisions::table
        .filter(decisions::project_id.eq(ParentId))
        .filter(NEWEST_FIRST.within(slice))
        .order(NEWEST_FIRST.order(slice))
        .limit(slice.limit())
        .select(DecisionRow::as_select());
    session.load(of_each(projects.into_iter().map(|project| project.0), of_one)).await
}

/// The number of decisions of each project. A project without any is omitted.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn count_decisions_of_projects(
    session: &ReadSession,
    projects: Vec<ProjectId>,
) -> Result<Vec<(ProjectId, i64)>, StoreError> {
    let counts = decisions::table
        .filter(decisions::project_id.eq_any(projects))
        .group_by(decisions::project_id)
        .select((decisions::project_id, count_star()));
    session.load(counts).await
}
