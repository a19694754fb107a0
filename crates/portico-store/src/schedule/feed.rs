//! What a calendar feed shows of a schedule, in the role view of its member.

use diesel::define_sql_function;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use portico_core::access::Audience;
use portico_core::id::{CompanyId, ProjectId, TaskId};
use portico_core::limits::FEED_TASKS;

use super::rows::{MilestoneRow, ScheduleVersionRow, TaskBriefRow, TaskRow, task_briefs, tasks};
use super::{milestones_of_projects, published_versions};
use crate::projects::{ProjectRow, projects_by_id};
use crate::{ReadSession, StoreError, Visible};

/// Maximum length of notes in a feed, in characters; one more is read, so that it is known whether they are longer.
pub const FEED_NOTES: i32 = 500;

define_sql_function! {
    /// The first characters of a text.
    fn left(text: Text, count: Integer) -> Text
}

/// What a member sees of a project's published schedule.
#[derive(Debug)]
pub struct FeedContent {
    /// The project.
    pub project: ProjectRow,
    /// The published version; none if the member sees none.
    pub version: Option<ScheduleVersionRow>,
    /// Tasks, in the order of the schedule.
    pub tasks: Vec<TaskRow>,
    /// Beginnings of the notes on these tasks, for trade partners.
    pub briefs: Vec<TaskBriefRow>,
    /// Milestones, in the order of the schedule.
    pub milestones: Vec<MilestoneRow>,
}

/// What the session's viewer, a client or trade partner, sees of a project's published schedule. None if they do not see the project.
/// The number of statements does not depend on the schedule.
///
/// # Errors
///
/// [`StoreError`] if a query fails.
pub async fn feed_content(session: &ReadSession, project: ProjectId) -> Result<Option<FeedContent>, StoreError> {
    let projects = visible(session, projects_by_id(session, vec![project]).await?);
    let Some(found) = projects.into_iter().next() else { return Ok(None) };
    let version = visible(session, published_versions(session, vec![project]).await?).into_iter().next();
    let mut content =
        FeedContent { project: found, version, tasks: Vec::new(), briefs: Vec::new(), milestones: Vec::new() };
    // Without it nothing has a date that the member sees.
    if content.version.is_none() {
        return Ok(Some(content));
    }
    let in_order = tasks::table
        .filter(tasks::project_id.eq(project))
        .order((tasks::sort, tasks::id))
        .limit(FEED_TASKS.into())
        .select(TaskRow::as_select());
    content.tasks = visible(session, session.load(in_order).await?);
    content.milestones = visible(session, milestones_of_projects(session, vec![project]).await?);
    // The role view of clients has no notes.
    if session.viewer().audience() == Audience::Trade {
        let columns = (
            task_briefs::task_id,
            task_briefs::company_id,
            task_briefs::project_id,
            left(task_briefs::public_notes, FEED_NOTES + 1),
        );
        let notes = task_briefs::table.filter(task_briefs::project_id.eq(project)).select(columns);
        let briefs: Vec<(TaskId, CompanyId, ProjectId, String)> = session.load(notes).await?;
        let briefs = briefs.into_iter().map(|(task_id, company_id, project_id, public_notes)| TaskBriefRow {
            task_id,
            company_id,
            project_id,
            public_notes,
        });
        content.briefs = visible(session, briefs.collect());
    }
    Ok(Some(content))
}

/// The row check of the loader, which a feed does not use: nothing of it is cached.
fn visible<T: Visible>(session: &ReadSession, rows: Vec<T>) -> Vec<T> {
    rows.into_iter().filter(|row| row.visible_to(session.viewer())).collect()
}
