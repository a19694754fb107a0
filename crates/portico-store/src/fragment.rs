//! Conditions written as SQL, because their shape depends on the request.
//!
//! The SQL text is constant; values from callers are bound.

use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::result::QueryResult;
use diesel::sql_types::{Date, Timestamptz};
use portico_core::activity::TimeRange;
use portico_core::projects::DateRange;

diesel::define_sql_function! {
    /// PostgreSQL's `lower`, as in indexes.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// Allows a fragment in queries on any table. diesel must not cache its SQL, which depends on its value.
macro_rules! free_expression {
    ($name:ty, $sql_type:ty) => {
        $crate::fragment::free_expression!(constant $name, $sql_type);
        impl diesel::query_builder::QueryId for $name {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }
    };
    // The same for constant SQL, whose type derives `QueryId`.
    (constant $name:ty, $sql_type:ty) => {
        impl diesel::expression::Expression for $name {
            type SqlType = $sql_type;
        }
        impl<Tables> diesel::expression::AppearsOnTable<Tables> for $name {}
        impl<Tables> diesel::expression::SelectableExpression<Tables> for $name {}
        impl<GroupBy> diesel::expression::ValidGrouping<GroupBy> for $name {
            type IsAggregate = diesel::expression::is_aggregate::No;
        }
    };
}
pub(crate) use free_expression;

/// Adds ` AND column >= $1 ..` for each given bound of a range of instants.
pub(crate) fn push_time_range<'b>(
    out: &mut AstPass<'_, 'b, Pg>,
    column: &str,
    range: &'b TimeRange,
) -> QueryResult<()> {
    let bounds = [(" >= ", &range.gte), (" > ", &range.gt), (" <= ", &range.lte), (" < ", &range.lt)];
    for (relation, bound) in bounds {
        if let Some(time) = bound {
            out.push_sql(" AND ");
            out.push_sql(column);
            out.push_sql(relation);
            out.push_bind_param::<Timestamptz, _>(time)?;
        }
    }
    Ok(())
}

/// Adds ` AND column >= $1 ..` for each given bound.
pub(crate) fn push_date_range<'b>(
    out: &mut AstPass<'_, 'b, Pg>,
    column: &str,
    range: &'b DateRange,
) -> QueryResult<()> {
    let bounds = [(" >= ", &range.gte), (" > ", &range.gt), (" <= ", &range.lte), (" < ", &range.lt)];
    for (relation, bound) in bounds {
        if let Some(date) = bound {
            out.push_sql(" AND ");
            out.push_sql(column);
            out.push_sql(relation);
            out.push_bind_param::<Date, _>(date)?;
        }
    }
    Ok(())
}
