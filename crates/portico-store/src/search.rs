//! Searches over the folded texts of rows.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, Text};
use portico_core::search::{Term, terms};

use crate::fragment::free_expression;

/// Condition: the row's `search_text` matches all terms of a query.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    column: &'static str,
    terms: Vec<Term>,
}

free_expression!(Found, Bool);

/// Matches rows by a folded column.
pub(crate) fn found(column: &'static str, query: &str) -> Found {
    Found { column, terms: terms(query) }
}

impl QueryFragment<Pg> for Found {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("(TRUE");
        for term in &self.terms {
            out.push_sql(" AND (FALSE");
            for texts in &term.any {
                out.push_sql(" OR (TRUE");
                for text in texts {
                    out.push_sql(" AND ");
                    out.push_sql(self.column);
                    // In a subquery the term is folded once, not per row.
                    out.push_sql(" LIKE (SELECT search_pattern(");
                    out.push_bind_param::<Text, _>(text)?;
                    out.push_sql("))");
                }
                out.push_sql(")");
            }
            out.push_sql(")");
        }
        out.push_sql(")");
        Ok(())
    }
}
