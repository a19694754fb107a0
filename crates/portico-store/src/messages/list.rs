//! The threads of projects, their messages, and unread counts.

use diesel::dsl::{count_star, sum};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, Text, Uuid as SqlUuid};
use portico_core::id::{ProjectId, ThreadId};
use portico_core::messages::{ThreadAudience, ThreadList};
use portico_core::page::Slice;

use super::thread_rows::{messages, thread_unreads, threads};
use super::{MessageRow, ThreadRow};
use crate::children::{ParentId, ParentProject, of_each, of_each_in};
use crate::fragment::free_expression;
use crate::page::SortBy;
use crate::search::{Found, found};
use crate::{ReadSession, StoreError};

/// By the last message, in microseconds, the precision of PostgreSQL.
const LAST_MESSAGE_FIRST: SortBy = SortBy {
    expression: "(extract(epoch from threads.last_message_at) * 1000000)::bigint",
    folds_case: false,
    id: "threads.id",
    descending: true,
};
const OLDEST_FIRST: SortBy =
    SortBy { expression: "messages.position", folds_case: false, id: "messages.id", descending: false };

/// The same slice of the same list of each project, in the order in which the slice reads them.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn threads_of_projects(
    session: &ReadSession,
    projects: Vec<ProjectId>,
    list: &ThreadList,
    slice: &Slice,
) -> Result<Vec<ThreadRow>, StoreError> {
    let of_one = threads::table
        .filter(threads::project_id.eq(ParentId))
        .filter(Matching::of(list))
        .filter(LAST_MESSAGE_FIRST.within(slice))
        .order(LAST_MESSAGE_FIRST.order(slice))
        .limit(slice.limit())
        .select(ThreadRow::as_select());
    session.load(of_each(projects.into_iter().map(|project| project.0), of_one)).await
}

/// The number of threads of each project in a list, in the same role view. A project without any is omitted.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn count_threads_of_projects(
    session: &ReadSession,
    projects: Vec<ProjectId>,
    list: &ThreadList,
) -> Result<Vec<(ProjectId, i64)>, StoreError> {
    let of_these = threads::table.filter(threads::project_id.eq_any(projects)).filter(Matching::of(list));
    session.load(of_these.group_by(threads::project_id).select((threads::project_id, count_star()))).await
}

/// The same slice of the messages of each thread, in the order in which the slice reads them.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn messages_of_threads(
    session: &ReadSession,
    of: Vec<(ProjectId, ThreadId)>,
    slice: &Slice,
) -> Result<Vec<MessageRow>, StoreError> {
    let of_one = messages::table
        .filter(messages::project_id.eq(ParentProject))
        .filter(messages::thread_id.eq(ParentId))
        .filter(OLDEST_FIRST.within(slice))
        .order(OLDEST_FIRST.order(slice))
        .limit(slice.limit())
        .select(MessageRow::as_select());
    session.load(of_each_in(of, of_one)).await
}

/// The number of messages of each thread, in the same role view. A thread without any is omitted.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn count_messages_of_threads(
    session: &ReadSession,
    of: Vec<(ProjectId, ThreadId)>,
) -> Result<Vec<(ProjectId, ThreadId, i64)>, StoreError> {
    let (projects, of): (Vec<_>, Vec<_>) = of.into_iter().unzip();
    let of_these = messages::table.filter(messages::project_id.eq_any(projects)).filter(messages::thread_id.eq_any(of));
    let by_thread = of_these.group_by((messages::project_id, messages::thread_id));
    session.load(by_thread.select((messages::project_id, messages::thread_id, count_star()))).await
}

/// Unread messages of the viewer in each project, by audience. An audience without threads is omitted.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn unreads_in_projects(
    session: &ReadSession,
    projects: Vec<ProjectId>,
) -> Result<Vec<(ProjectId, ThreadAudience, Option<i64>)>, StoreError> {
    let of_these = thread_unreads::table.filter(thread_unreads::project_id.eq_any(projects));
    let by_audience = of_these.group_by((thread_unreads::project_id, thread_unreads::audience));
    let columns = (thread_unreads::project_id, thread_unreads::audience, sum(thread_unreads::unread_count));
    session.load(by_audience.select(columns)).await
}

/// SQL of a list's conditions. A search reads messages in the same role view.
#[derive(Debug, Clone)]
struct Matching {
    list: ThreadList,
    /// Conditions on the title, and on a message.
    search: Option<(Found, Found)>,
}

impl Matching {
    fn of(list: &ThreadList) -> Self {
        let both = |words: &String| (found("threads.search_text", words), found("messages.search_text", words));
        Self { list: list.clone(), search: list.search.as_ref().map(both) }
    }
}

free_expression!(Matching, Bool);

impl QueryFragment<Pg> for Matching {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("TRUE");
        if let Some(audience) = &self.list.audience {
            out.push_sql(" AND threads.audience = ");
            out.push_bind_param::<Text, _>(audience)?;
        }
        if let Some(subject) = &self.list.subject {
            out.push_sql(" AND threads.subject_id = ");
            out.push_bind_param::<SqlUuid, _>(subject)?;
        }
        if let Some((in_title, in_message)) = &self.search {
            out.push_sql(" AND (");
            in_title.walk_ast(out.reborrow())?;
            out.push_sql(
                " OR EXISTS (SELECT FROM messages WHERE messages.project_id = threads.project_id \
                 AND messages.thread_id = threads.id AND ",
            );
            in_message.walk_ast(out.reborrow())?;
            out.push_sql("))");
        }
        Ok(())
    }
}
