//! The audit log of projects and companies: filtered, newest first, paged.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, Bool, Text, Timestamptz, Untyped, Uuid as SqlUuid};
use portico_core::activity::{ActivityKind, ActivityList, LogClients, LogReaders, LogScope};
use portico_core::id::{CompanyId, ProjectId};
use portico_core::page::{Position, Slice, SortValue};
use uuid::Uuid;

use super::ActivityRow;
use super::rows::activity;
use crate::children::{ParentId, of_each};
use crate::fragment::{free_expression, push_time_range};
use crate::{ReadSession, StoreError};

/// The same slice of the same list of each log, in the order in which the slice reads them. The logs are all of projects,
/// or all of companies.
///
/// # Errors
///
/// [`StoreError`] if the query fails, or the list asks for what the viewer may not see.
pub async fn list_activity(
    session: &ReadSession,
    logs: &[LogScope],
    list: &ActivityList,
    slice: &Slice,
) -> Result<Vec<ActivityRow>, StoreError> {
    refuse_hidden(session, list)?;
    let of_one = activity::table
        .filter(OfLog { is_of_projects: logs.iter().any(is_of_project) })
        .filter(Matching::new(list))
        .filter(Within::new(slice))
        .order(NewestFirst { from_end: slice.from_end })
        .limit(slice.limit())
        .select(ActivityRow::as_select());
    session.load(of_each(logs.iter().map(|log| log.id()), of_one)).await
}

/// The number of entries of each log in a list, in the same role view. A log without any is omitted.
///
/// # Errors
///
/// As [`list_activity`].
pub async fn count_activity(
    session: &ReadSession,
    logs: &[LogScope],
    list: &ActivityList,
) -> Result<Vec<(LogScope, i64)>, StoreError> {
    refuse_hidden(session, list)?;
    let ids: Vec<Uuid> = logs.iter().map(|log| log.id()).collect();
    if logs.iter().any(is_of_project) {
        let counts = activity::table
            .filter(activity::project_id.eq_any(ids))
            .filter(Matching::new(list))
            .group_by(activity::project_id)
            .select((activity::project_id.assume_not_null(), count_star()));
        let counts: Vec<(ProjectId, i64)> = session.load(counts).await?;
        Ok(counts.into_iter().map(|(project, count)| (LogScope::Project(project), count)).collect())
    } else {
        let counts = activity::table
            .filter(activity::company_id.eq_any(ids))
            .filter(Matching::new(list))
            .group_by(activity::company_id)
            .select((activity::company_id, count_star()));
        let counts: Vec<(CompanyId, i64)> = session.load(counts).await?;
        Ok(counts.into_iter().map(|(company, count)| (LogScope::Company(company), count)).collect())
    }
}

fn is_of_project(log: &LogScope) -> bool {
    matches!(log, LogScope::Project(_))
}

/// Kinds that the viewer may not read cannot be filtered by.
fn refuse_hidden(session: &ReadSession, list: &ActivityList) -> Result<(), StoreError> {
    let viewer = session.viewer();
    let may_read = |kind: &ActivityKind| match kind.readers() {
        _ if !viewer.is_staff() => kind.clients() != LogClients::None,
        LogReaders::NoStaff => false,
        LogReaders::AllStaff => true,
        LogReaders::With(permission) => viewer.company().is_some_and(|company| viewer.may_in(company, permission)),
    };
    if list.kind_in.iter().flatten().all(may_read) { Ok(()) } else { Err(StoreError::Hidden("filter.kind")) }
}

/// Condition: entries of the parent.
#[derive(Debug, Clone, Copy)]
struct OfLog {
    is_of_projects: bool,
}

free_expression!(OfLog, Bool);

impl QueryFragment<Pg> for OfLog {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(if self.is_of_projects { "activity.project_id = " } else { "activity.company_id = " });
        ParentId.walk_ast(out)
    }
}

/// SQL of a list's conditions.
#[derive(Debug, Clone)]
struct Matching {
    list: ActivityList,
    actor: Option<Uuid>,
}

impl Matching {
    fn new(list: &ActivityList) -> Self {
        Self { list: list.clone(), actor: list.actor.map(|actor| actor.id()) }
    }
}

free_expression!(Matching, Bool);

impl QueryFragment<Pg> for Matching {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let ActivityList { kind_in, actor_kind_in, actor: _, subject, at, is_own } = &self.list;
        out.push_sql("TRUE");
        if let Some(kinds) = kind_in {
            out.push_sql(" AND activity.kind = ANY(");
            out.push_bind_param::<Array<Text>, _>(kinds)?;
            out.push_sql(")");
        }
        if let Some(kinds) = actor_kind_in {
            out.push_sql(" AND activity.actor_kind = ANY(");
            out.push_bind_param::<Array<Text>, _>(kinds)?;
            out.push_sql(")");
        }
        if let Some(actor) = &self.actor {
            out.push_sql(" AND activity.actor_membership_id = ");
            out.push_bind_param::<SqlUuid, _>(actor)?;
        }
        if let Some((kind, id)) = subject {
            out.push_sql(" AND activity.subject_kind = ");
            out.push_bind_param::<Text, _>(kind)?;
            out.push_sql(" AND activity.subject_id = ");
            out.push_bind_param::<SqlUuid, _>(id)?;
        }
        if *is_own {
            out.push_sql(" AND (activity.is_by_viewer OR activity.is_about_viewer)");
        }
        push_time_range(&mut out, "activity.at", at)
    }
}

/// Condition: entries strictly between two positions. Time and id are compared as one row, by the index.
#[derive(Debug, Clone)]
struct Within {
    after: Option<(DateTime<Utc>, Uuid)>,
    before: Option<(DateTime<Utc>, Uuid)>,
}

impl Within {
    fn new(slice: &Slice) -> Self {
        let place = |position: &Option<Position>| {
            let Position { value: SortValue::Int(micros), id } = position.as_ref()? else { return None };
            Some((DateTime::from_timestamp_micros(*micros)?, *id))
        };
        Self { after: place(&slice.after), before: place(&slice.before) }
    }
}

free_expression!(Within, Bool);

impl QueryFragment<Pg> for Within {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("TRUE");
        for (relation, place) in [(" < (", &self.after), (" > (", &self.before)] {
            if let Some((at, id)) = place {
                out.push_sql(" AND (activity.at, activity.id)");
                out.push_sql(relation);
                out.push_bind_param::<Timestamptz, _>(at)?;
                out.push_sql(", ");
                out.push_bind_param::<SqlUuid, _>(id)?;
                out.push_sql(")");
            }
        }
        Ok(())
    }
}

/// The order of the view, or its reverse.
#[derive(Debug, Clone, Copy)]
struct NewestFirst {
    from_end: bool,
}

free_expression!(NewestFirst, Untyped);

impl QueryFragment<Pg> for NewestFirst {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(if self.from_end { "activity.at, activity.id" } else { "activity.at DESC, activity.id DESC" });
        Ok(())
    }
}
