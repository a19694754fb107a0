//! The list of projects: its pages, filter and order.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Enum, InputObject};
use portico_core::id::ProjectId;
use portico_core::page::{Paged, Position, SortValue};
use portico_core::projects::{DateRange, ProjectFilter as CoreFilter, ProjectSortKey as CoreSortKey};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::projects::{InternalsOfProject, ProjectCount, ProjectRow};

use super::Project;
use super::enums::{ProjectStage, ProjectStatus};
use crate::error::ApiError;
use crate::page::connection;
use crate::scalars::Date;

/// The longest search, in characters and in words.
const MAX_SEARCH: (usize, usize) = (200, 8);

connection! {
    /// A page of projects.
    ProjectConnection, ProjectEdge of Project(ProjectRow), counted by ProjectCount, shared with (CLIENT, TRADE, STAFF)
}

/// What projects can be sorted by.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreSortKey")]
pub(crate) enum ProjectSortKey {
    /// The name, whatever its case.
    #[shared(CLIENT, TRADE, STAFF)]
    Name,
    /// The number.
    #[shared(CLIENT, TRADE, STAFF)]
    Number,
    /// When work started; projects without a date come last.
    #[shared(CLIENT, TRADE, STAFF)]
    StartedOn,
    /// The budget; projects without one come last.
    #[requires(COSTS_VIEW)]
    Budget,
}

/// One of several states.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectStatusFilter {
    /// One of these.
    #[graphql(name = "in")]
    one_of: Vec<ProjectStatus>,
}

/// One of several stages.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectStageFilter {
    /// One of these.
    #[graphql(name = "in")]
    one_of: Vec<ProjectStage>,
}

/// Bounds of a date. All that are given hold.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct DateFilter {
    /// On this date or later.
    gte: Option<Date>,
    /// Later than this date.
    gt: Option<Date>,
    /// On this date or earlier.
    lte: Option<Date>,
    /// Earlier than this date.
    lt: Option<Date>,
}

impl DateFilter {
    /// The dates; `path` is where the filter stands, for the error.
    pub(crate) fn checked(&self, path: &str) -> Result<DateRange, ApiError> {
        let read =
            |date: &Option<Date>, name| date.as_ref().map(|date| date.checked(&format!("{path}.{name}"))).transpose();
        Ok(DateRange {
            gte: read(&self.gte, "gte")?,
            gt: read(&self.gt, "gt")?,
            lte: read(&self.lte, "lte")?,
            lt: read(&self.lt, "lt")?,
        })
    }
}

/// A condition on projects. All that is given holds together.
#[gated]
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct ProjectFilter {
    /// The status.
    #[shared(CLIENT, TRADE, STAFF)]
    status: Option<ProjectStatusFilter>,
    /// The stage.
    #[shared(CLIENT, TRADE, STAFF)]
    stage: Option<ProjectStageFilter>,
    /// When work started.
    #[shared(CLIENT, TRADE, STAFF)]
    started_on: Option<DateFilter>,
    /// The team's own word for how the project stands.
    #[requires(COSTS_VIEW)]
    internal_status: Option<String>,
    /// All of these hold; an empty list holds for everything.
    #[shared(CLIENT, TRADE, STAFF)]
    and: Option<Vec<ProjectFilter>>,
    /// At least one of these holds; an empty list holds for nothing.
    #[shared(CLIENT, TRADE, STAFF)]
    or: Option<Vec<ProjectFilter>>,
    /// This does not hold.
    #[shared(CLIENT, TRADE, STAFF)]
    not: Option<Box<ProjectFilter>>,
}

impl ProjectFilter {
    /// The condition, or which of its values is wrong.
    pub(crate) fn checked(self, path: &str) -> Result<CoreFilter, ApiError> {
        let all = |filters: Vec<Self>, name: &str| {
            let filters = filters.into_iter().enumerate();
            filters
                .map(|(index, filter)| filter.checked(&format!("{path}.{name}[{index}]")))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(CoreFilter {
            status_in: self.status.map(|status| status.one_of.into_iter().map(Into::into).collect()),
            stage_in: self.stage.map(|stage| stage.one_of.into_iter().map(Into::into).collect()),
            started_on: self.started_on.map(|range| range.checked(&format!("{path}.startedOn"))).transpose()?,
            internal_status: self.internal_status,
            and: all(self.and.unwrap_or_default(), "and")?,
            or: self.or.map(|filters| all(filters, "or")).transpose()?,
            not: self.not.map(|filter| filter.checked(&format!("{path}.not")).map(Box::new)).transpose()?,
        })
    }
}

/// A search that is neither empty nor endless.
pub(crate) fn search_words(query: Option<String>) -> Result<Option<String>, ApiError> {
    let Some(query) = query else { return Ok(None) };
    let (characters, words) = MAX_SEARCH;
    if query.chars().count() > characters || query.split_whitespace().count() > words {
        return Err(ApiError::bad_input("query", format!("is longer than {words} words or {characters} characters")));
    }
    if query.contains('\0') {
        return Err(ApiError::bad_input("query", "holds a character that no text has (U+0000)"));
    }
    Ok(Some(query))
}

/// Where each project of a page stands in the list's order.
pub(crate) async fn sort_position(
    loader: &Loader,
    sort: CoreSortKey,
    page: &Paged<Arc<ProjectRow>>,
) -> Result<impl Fn(&ProjectRow) -> Position + Send + Sync + use<>, ApiError> {
    let mut budgets: HashMap<ProjectId, Option<i64>> = HashMap::new();
    if sort == CoreSortKey::Budget {
        // All at once, so that they leave in one batch.
        let internals = page.rows.iter().map(|row| loader.load(InternalsOfProject(row.id)));
        let internals = futures_util::future::try_join_all(internals).await?;
        budgets.extend(internals.into_iter().flatten().map(|row| (row.project_id, row.budget_minor)));
    }
    Ok(move |row: &ProjectRow| {
        let value = match sort {
            CoreSortKey::Name => SortValue::Text(row.name.clone()),
            CoreSortKey::Number => SortValue::Text(row.number.clone()),
            CoreSortKey::StartedOn => row.started_on.map_or(SortValue::Null, SortValue::Date),
            CoreSortKey::Budget => budgets.get(&row.id).copied().flatten().map_or(SortValue::Null, SortValue::Int),
        };
        Position { value, id: row.id.0 }
    })
}
