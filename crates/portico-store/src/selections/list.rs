//! The selections of projects: filtered, sorted, paged.

use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, Bool, Text, Uuid};
use portico_core::id::ProjectId;
use portico_core::page::Slice;
use portico_core::selections::{SelectionList, SelectionSortKey};

use super::SelectionRow;
use crate::children::{ParentId, of_each};
use crate::fragment::{free_expression, push_date_range, push_time_range};
use crate::page::SortBy;
use crate::selections::rows::selections;
use crate::{ReadSession, StoreError};

/// The same slice of the same list of each project, in the order in which the slice reads them.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn selections_of_projects(
    session: &ReadSession,
    projects: Vec<ProjectId>,
    list: &SelectionList,
    slice: &Slice,
) -> Result<Vec<SelectionRow>, StoreError> {
    let sort = sort_by(list);
    let of_one = selections::table
        .filter(selections::project_id.eq(ParentId))
        .filter(Matching(list.clone()))
        .filter(sort.within(slice))
        .order(sort.order(slice))
        .limit(slice.limit())
        .select(SelectionRow::as_select());
    session.load(of_each(projects.into_iter().map(|project| project.0), of_one)).await
}

/// The number of selections of each project in a list, in the same role view. A project without any is omitted.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn count_selections_of_projects(
    session: &ReadSession,
    projects: Vec<ProjectId>,
    list: &SelectionList,
) -> Result<Vec<(ProjectId, i64)>, StoreError> {
    session
        .load(
            selections::table
                .filter(selections::project_id.eq_any(projects))
                .filter(Matching(list.clone()))
                .group_by(selections::project_id)
                .select((selections::project_id, count_star())),
        )
        .await
}

/// SQL of a list's conditions.
#[derive(Debug, Clone)]
struct Matching(SelectionList);

free_expression!(Matching, Bool);

impl QueryFragment<Pg> for Matching {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("TRUE");
        if let Some(states) = &self.0.status_in {
            out.push_sql(" AND selections.status = ANY(");
            out.push_bind_param::<Array<Text>, _>(states)?;
            out.push_sql(")");
        }
        if let Some(range) = &self.0.due_on {
            push_date_range(&mut out, "selections.due_on", range)?;
        }
        if let Some(location) = &self.0.location {
            out.push_sql(" AND selections.location_id = ");
            out.push_bind_param::<Uuid, _>(location)?;
        }
        if let Some(category) = &self.0.category {
            out.push_sql(" AND lower(selections.category) = lower(");
            out.push_bind_param::<Text, _>(category)?;
            out.push_sql(")");
        }
        let times = [
            ("selections.chosen_at", &self.0.chosen_at),
            ("selections.approved_at", &self.0.approved_at),
            ("selections.ordered_at", &self.0.ordered_at),
        ];
        for (column, range) in times {
            if let Some(range) = range {
                push_time_range(&mut out, column, range)?;
            }
        }
        Ok(())
    }
}

fn sort_by(list: &SelectionList) -> SortBy {
    let expression = match list.sort {
        SelectionSortKey::Number => "selections.number",
        SelectionSortKey::DueOn => "selections.due_on",
        SelectionSortKey::Title => "lower(selections.title)",
        SelectionSortKey::ChosenAt => "(extract(epoch from selections.chosen_at) * 1000000)::bigint",
        SelectionSortKey::ApprovedAt => "(extract(epoch from selections.approved_at) * 1000000)::bigint",
        SelectionSortKey::OrderedAt => "(extract(epoch from selections.ordered_at) * 1000000)::bigint",
    };
    SortBy {
        expression,
        folds_case: list.sort == SelectionSortKey::Title,
        id: "selections.id",
        descending: list.descending,
    }
}
