//! List of projects: pages, filter and order.

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

/// Maximum length of a search, in characters and in words.
const MAX_SEARCH: (usize, usize) = (200, 8);

connection! {
    /// Page of projects.
    ProjectConnection, ProjectEdge of Project(ProjectRow), counted by ProjectCount, shared with (CLIENT, TRADE, STAFF)
}

/// Sort orders of projects.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreSortKey")]
pub(crate) enum ProjectSortKey {
    /// Name, ignoring case.
    #[shared(CLIENT, TRADE, STAFF)]
    Name,
    /// Project number.
    #[shared(CLIENT, TRADE, STAFF)]
    Number,
    /// First day of work; projects without one come last.
    #[shared(CLIENT, TRADE, STAFF)]
    StartedOn,
    /// Budget; projects without one come last.
    #[requires(COSTS_VIEW)]
    Budget,
}

/// Filter by lifecycle status.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectStatusFilter {
    #[graphql(name = "in")]
    one_of: Vec<ProjectStatus>,
}

/// Filter by construction phase.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectStageFilter {
    #[graphql(name = "in")]
    one_of: Vec<ProjectStage>,
}

/// Date range. Bounds are combined with AND.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct DateFilter {
    /// On or after this date.
    gte: Option<Date>,
    /// After this date.
    gt: Option<Date>,
    /// On or before this date.
    lte: Option<Date>,
    /// Before this date.
    lt: Option<Date>,
}

impl DateFilter {
    /// The dates; `path` is that of the filter, for errors.
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

/// Filter of projects. Conditions are combined with AND.
#[gated]
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct ProjectFilter {
    /// Lifecycle status.
    #[shared(CLIENT, TRADE, STAFF)]
    status: Option<ProjectStatusFilter>,
    /// Construction phase.
    #[shared(CLIENT, TRADE, STAFF)]
    stage: Option<ProjectStageFilter>,
    /// First day of work.
    #[shared(CLIENT, TRADE, STAFF)]
    started_on: Option<DateFilter>,
    /// Exact internal status.
    #[requires(COSTS_VIEW)]
    internal_status: Option<String>,
    #[shared(CLIENT, TRADE, STAFF)]
    and: Option<Vec<ProjectFilter>>,
    #[shared(CLIENT, TRADE, STAFF)]
    or: Option<Vec<ProjectFilter>>,
    #[shared(CLIENT, TRADE, STAFF)]
    not: Option<Box<ProjectFilter>>,
}

impl ProjectFilter {
    /// The conditions, or an error for a value that is not valid; `path` is that of the filter.
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

/// Checks the length and characters of a search.
pub(crate) fn search_words(query: Option<String>) -> Result<Option<String>, ApiError> {
    let Some(query) = query else { return Ok(None) };
    let (characters, words) = MAX_SEARCH;
    if query.chars().count() > characters || query.split_whitespace().count() > words {
        return Err(ApiError::bad_input(
            "query",
            format!("must have at most {words} words and {characters} characters"),
        ));
    }
    if query.contains('\0') {
        return Err(ApiError::bad_input("query", "must not have the character U+0000"));
    }
    Ok(Some(query))
}

/// Cursor position of each project of a page.
pub(crate) async fn sort_position(
    loader: &Loader,
    sort: CoreSortKey,
    page: &Paged<Arc<ProjectRow>>,
) -> Result<impl Fn(&ProjectRow) -> Position + Send + Sync + use<>, ApiError> {
    let mut budgets: HashMap<ProjectId, Option<i64>> = HashMap::new();
    if sort == CoreSortKey::Budget {
        // Together, so that they load in one batch.
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
