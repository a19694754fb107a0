//! Queries for the children of many parents in one statement: a subquery per parent.
//!
//! `PostgreSQL` plans the subquery for one parent and one project, and runs it for each. So a statement reads only the
//! requested rows; `child = ANY(..)` alone may read all rows that the viewer may see, and filter them.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, Bool, Uuid as SqlUuid};
use portico_core::id::ProjectId;
use uuid::Uuid;

use crate::fragment::free_expression;

/// Placeholder in [`of_each`] and [`of_each_in`]: the id of the parent.
#[derive(Debug, Clone, Copy, QueryId)]
pub(crate) struct ParentId;

free_expression!(constant ParentId, SqlUuid);

impl QueryFragment<Pg> for ParentId {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("parent.id");
        Ok(())
    }
}

/// Placeholder in [`of_each_in`] and [`in_each_project`]: the project.
#[derive(Debug, Clone, Copy, QueryId)]
pub(crate) struct ParentProject;

free_expression!(constant ParentProject, SqlUuid);

impl QueryFragment<Pg> for ParentProject {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("parent.project_id");
        Ok(())
    }
}

/// Condition in [`in_each_project`]: the column is one of the project's keys.
#[derive(Debug, Clone, Copy, QueryId)]
pub(crate) struct IsAsked<C>(pub(crate) C);

impl<C> Expression for IsAsked<C> {
    type SqlType = Bool;
}
impl<C: AppearsOnTable<Tables>, Tables> AppearsOnTable<Tables> for IsAsked<C> {}
impl<C: SelectableExpression<Tables>, Tables> SelectableExpression<Tables> for IsAsked<C> {}
impl<C, GroupBy> ValidGrouping<GroupBy> for IsAsked<C> {
    type IsAggregate = is_aggregate::No;
}

impl<C: QueryFragment<Pg>> QueryFragment<Pg> for IsAsked<C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" = ANY(parent.keys)");
        Ok(())
    }
}

/// Runs `children` once per parent, in one statement.
///
/// The rows of a parent are in the order of `children`: the subquery's rows are returned as they are produced.
pub(crate) fn of_each<Q>(parents: impl IntoIterator<Item = impl Into<Uuid>>, children: Q) -> ForEach<Ids, Q> {
    ForEach { parents: Ids(parents.into_iter().map(Into::into).collect()), children }
}

/// Runs `children` once per parent of a known project ([`ParentProject`]).
pub(crate) fn of_each_in<Q>(
    parents: impl IntoIterator<Item = (ProjectId, impl Into<Uuid>)>,
    children: Q,
) -> ForEach<IdsInProjects, Q> {
    let (projects, ids) = unzip_ids(parents);
    ForEach { parents: IdsInProjects { projects, ids }, children }
}

/// Runs `children` once per project, for all keys of that project ([`IsAsked`]), in one statement.
///
/// The rows of a project are in the order of `children`.
pub(crate) fn in_each_project<Q>(
    keys: impl IntoIterator<Item = (ProjectId, impl Into<Uuid>)>,
    children: Q,
) -> ForEach<KeysByProject, Q> {
    let (projects, keys) = unzip_ids(keys);
    ForEach { parents: KeysByProject { projects, keys }, children }
}

fn unzip_ids(pairs: impl IntoIterator<Item = (ProjectId, impl Into<Uuid>)>) -> (Vec<Uuid>, Vec<Uuid>) {
    pairs.into_iter().map(|(project, id)| (project.0, id.into())).unzip()
}

/// A subquery for each of several parents.
#[derive(Debug, Clone, QueryId)]
pub(crate) struct ForEach<P, Q> {
    parents: P,
    children: Q,
}

/// Parents of [`of_each`].
#[derive(Debug, Clone, QueryId)]
pub(crate) struct Ids(Vec<Uuid>);

/// Parents of [`of_each_in`].
#[derive(Debug, Clone, QueryId)]
pub(crate) struct IdsInProjects {
    projects: Vec<Uuid>,
    ids: Vec<Uuid>,
}

/// Keys of [`in_each_project`].
#[derive(Debug, Clone, QueryId)]
pub(crate) struct KeysByProject {
    projects: Vec<Uuid>,
    keys: Vec<Uuid>,
}

impl QueryFragment<Pg> for Ids {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.0)?;
        out.push_sql(") AS parent (id)");
        Ok(())
    }
}

impl QueryFragment<Pg> for IdsInProjects {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.projects)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.ids)?;
        out.push_sql(") AS parent (project_id, id)");
        Ok(())
    }
}

impl QueryFragment<Pg> for KeysByProject {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("(SELECT project_id, array_agg(key) AS keys FROM unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.projects)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.keys)?;
        out.push_sql(") AS asked (project_id, key) GROUP BY project_id) AS parent");
        Ok(())
    }
}

impl<P: QueryFragment<Pg>, Q: QueryFragment<Pg>> QueryFragment<Pg> for ForEach<P, Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT child.* FROM ");
        self.parents.walk_ast(out.reborrow())?;
        out.push_sql(" CROSS JOIN LATERAL (");
        self.children.walk_ast(out.reborrow())?;
        // Without it PostgreSQL would merge the subquery into the outer query, and the parent could not be pushed into
        // a view that is a security barrier: it would read the whole view.
        out.push_sql(" OFFSET 0) AS child");
        Ok(())
    }
}

impl<P, Q: Query> Query for ForEach<P, Q> {
    type SqlType = Q::SqlType;
}
