//! The list of projects: filtered, sorted, searched and paged.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, Bool, Text};
use portico_core::access::{Permission, Viewer};
use portico_core::page::Slice;
use portico_core::projects::{ProjectFilter, ProjectList, ProjectSortKey};

use super::ProjectRow;
use crate::fragment::{free_expression, push_date_range};
use crate::page::SortBy;
use crate::projects::rows::projects;
use crate::search::found;
use crate::{ReadSession, StoreError};

/// One slice of a list of projects, in the order in which the slice reads them.
///
/// # Errors
///
/// [`StoreError::Hidden`] if the list filters or sorts by a column that the viewer may not see.
pub async fn list_projects(
    session: &ReadSession,
    list: &ProjectList,
    slice: &Slice,
) -> Result<Vec<ProjectRow>, StoreError> {
    refuse_hidden(list, session.viewer())?;
    let sort = sort_by(list);
    session
        .load(
            listed(list)
                .filter(sort.within(slice))
                .order(sort.order(slice))
                .limit(slice.limit())
                .select(ProjectRow::as_select()),
        )
        .await
}

/// The number of projects in a list, in the same role view.
///
/// # Errors
///
/// As [`list_projects`].
pub async fn count_projects(session: &ReadSession, list: &ProjectList) -> Result<i64, StoreError> {
    refuse_hidden(list, session.viewer())?;
    let counts = session.load::<_, i64>(listed(list).select(diesel::dsl::count_star())).await?;
    Ok(counts.first().copied().unwrap_or_default())
}

/// Rejects filters and orders by hidden columns: the order and number of rows would disclose their values.
fn refuse_hidden(list: &ProjectList, viewer: &Viewer) -> Result<(), StoreError> {
    let may_see_costs = viewer.is_staff() && viewer.permissions.contains(Permission::CostsView);
    if list.filter.any(&|filter| filter.internal_status.is_some()) && !may_see_costs {
        return Err(StoreError::Hidden("ProjectFilter.internalStatus"));
    }
    if list.sort == ProjectSortKey::Budget && !may_see_costs {
        return Err(StoreError::Hidden("ProjectSortKey.BUDGET"));
    }
    Ok(())
}

fn listed(list: &ProjectList) -> projects::BoxedQuery<'static, Pg> {
    let mut query = projects::table.filter(Matching(list.filter.clone())).into_boxed();
    if let Some(words) = &list.search {
        query = query.filter(found("projects.search_text", words));
    }
    query
}

fn sort_by(list: &ProjectList) -> SortBy {
    let expression = match list.sort {
        ProjectSortKey::Name => "lower(projects.name)",
        ProjectSortKey::Number => "projects.number",
        ProjectSortKey::StartedOn => "projects.started_on",
        ProjectSortKey::Budget => "(select x.budget_minor from project_internals x where x.project_id = projects.id)",
    };
    SortBy { expression, folds_case: list.sort == ProjectSortKey::Name, id: "projects.id", descending: list.descending }
}

/// SQL of a filter.
#[derive(Debug, Clone)]
struct Matching(ProjectFilter);

free_expression!(Matching, Bool);

impl QueryFragment<Pg> for Matching {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        push_filter(&mut out, &self.0)
    }
}

fn push_filter<'b>(out: &mut AstPass<'_, 'b, Pg>, filter: &'b ProjectFilter) -> QueryResult<()> {
    out.push_sql("(TRUE");
    if let Some(states) = &filter.status_in {
        out.push_sql(" AND projects.status = ANY(");
        out.push_bind_param::<Array<Text>, _>(states)?;
        out.push_sql(")");
    }
    if let Some(stages) = &filter.stage_in {
        out.push_sql(" AND projects.stage = ANY(");
        out.push_bind_param::<Array<Text>, _>(stages)?;
        out.push_sql(")");
    }
    if let Some(range) = &filter.started_on {
        push_date_range(out, "projects.started_on", range)?;
    }
    if let Some(word) = &filter.internal_status {
        out.push_sql(
            " AND EXISTS (SELECT FROM project_internals x WHERE x.project_id = projects.id AND x.internal_status = ",
        );
        out.push_bind_param::<Text, _>(word)?;
        out.push_sql(")");
    }
    for inner in &filter.and {
        out.push_sql(" AND ");
        push_filter(out, inner)?;
    }
    if let Some(alternatives) = &filter.or {
        // An empty list of alternatives matches nothing.
        out.push_sql(" AND (FALSE");
        for inner in alternatives {
            out.push_sql(" OR ");
            push_filter(out, inner)?;
        }
        out.push_sql(")");
    }
    if let Some(inner) = filter.not.as_deref() {
        // A row whose value is null does not match a negated filter either.
        out.push_sql(" AND (");
        push_filter(out, inner)?;
        out.push_sql(") IS NOT TRUE");
    }
    out.push_sql(")");
    Ok(())
}
