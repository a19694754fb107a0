//! SQL for pages: keyset conditions and orders.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Bool, Date, Text, Untyped, Uuid as SqlUuid};
use portico_core::page::{Position, Slice, SortValue};

use crate::fragment::free_expression;

/// Sort order of a list. Rows without a value are last in both directions; the id breaks ties.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SortBy {
    /// An SQL expression over the list's table. Never text from a caller.
    pub(crate) expression: &'static str,
    /// Whether the expression is the lower case of a text. PostgreSQL folds the cursor's value with the same function,
    /// so both agree.
    pub(crate) folds_case: bool,
    /// The column of the id.
    pub(crate) id: &'static str,
    pub(crate) descending: bool,
}

impl SortBy {
    /// The condition for rows of a slice.
    pub(crate) fn within(self, slice: &Slice) -> Within {
        Within { sort: self, after: slice.after.clone(), before: slice.before.clone() }
    }

    /// The order in which a slice is read.
    pub(crate) fn order(self, slice: &Slice) -> Order {
        Order { sort: self, from_end: slice.from_end }
    }
}

/// Condition: rows strictly between two positions of a sorted list.
#[derive(Debug, Clone)]
pub(crate) struct Within {
    sort: SortBy,
    after: Option<Position>,
    before: Option<Position>,
}

/// `ORDER BY` clause of a sorted list, or of its reverse.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    sort: SortBy,
    from_end: bool,
}

impl QueryFragment<Pg> for Within {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("TRUE");
        if let Some(position) = &self.after {
            let relation = if self.sort.descending { " < " } else { " > " };
            beyond(&mut out, self.sort, position, relation, true)?;
        }
        if let Some(position) = &self.before {
            let relation = if self.sort.descending { " > " } else { " < " };
            beyond(&mut out, self.sort, position, relation, false)?;
        }
        Ok(())
    }
}

/// Adds ` AND (value relation $v OR (value = $v AND id relation $id))`, with rows without a value after all others.
fn beyond<'b>(
    out: &mut AstPass<'_, 'b, Pg>,
    sort: SortBy,
    position: &'b Position,
    relation: &str,
    is_towards_end: bool,
) -> QueryResult<()> {
    out.push_sql(" AND (");
    if position.value == SortValue::Null {
        if !is_towards_end {
            out.push_sql(sort.expression);
            out.push_sql(" IS NOT NULL OR ");
        }
        out.push_sql("(");
        out.push_sql(sort.expression);
        out.push_sql(" IS NULL AND ");
    } else {
        out.push_sql(sort.expression);
        out.push_sql(relation);
        bind_value(out, sort, &position.value)?;
        if is_towards_end {
            out.push_sql(" OR ");
            out.push_sql(sort.expression);
            out.push_sql(" IS NULL");
        }
        out.push_sql(" OR (");
        out.push_sql(sort.expression);
        out.push_sql(" = ");
        bind_value(out, sort, &position.value)?;
        out.push_sql(" AND ");
    }
    out.push_sql(sort.id);
    out.push_sql(relation);
    out.push_bind_param::<SqlUuid, _>(&position.id)?;
    out.push_sql("))");
    Ok(())
}

fn bind_value<'b>(out: &mut AstPass<'_, 'b, Pg>, sort: SortBy, value: &'b SortValue) -> QueryResult<()> {
    out.push_sql(if sort.folds_case { "lower(" } else { "(" });
    match value {
        SortValue::Null => {
            out.push_sql("NULL");
        }
        SortValue::Text(text) => out.push_bind_param::<Text, _>(text)?,
        SortValue::Int(number) => out.push_bind_param::<BigInt, _>(number)?,
        SortValue::Date(date) => out.push_bind_param::<Date, _>(date)?,
    }
    out.push_sql(")");
    Ok(())
}

impl QueryFragment<Pg> for Order {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let direction = if self.sort.descending == self.from_end { " ASC" } else { " DESC" };
        out.push_sql(self.sort.expression);
        out.push_sql(direction);
        out.push_sql(if self.from_end { " NULLS FIRST, " } else { " NULLS LAST, " });
        out.push_sql(self.sort.id);
        out.push_sql(direction);
        Ok(())
    }
}

free_expression!(Within, Bool);
free_expression!(Order, Untyped);
