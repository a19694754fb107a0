//! Schedules: versions, milestones and tasks.

mod feed;
mod rows;

use diesel::dsl::count_star;
use diesel::prelude::*;
use portico_core::id::{MilestoneId, ProjectId, ScheduleVersionId, TaskId};
use portico_core::page::Slice;
use portico_core::schedule::VersionState;

pub use feed::{FeedContent, feed_content};
pub use rows::{
    MilestoneInternalsRow, MilestoneRow, ScheduleVersionInternalsRow, ScheduleVersionRow, TaskAssigneeRow,
    TaskBriefRow, TaskDependencyRow, TaskInternalsRow, TaskRow,
};

use crate::by_key::rows_by_key;
use crate::children::{IsAsked, ParentId, ParentProject, in_each_project, of_each, of_each_in};
use crate::page::SortBy;
use crate::schedule::rows::{
    milestone_internals, milestones, schedule_version_internals, schedule_versions, task_assignees, task_briefs,
    task_dependencies, task_internals, tasks,
};
use crate::{ReadSession, StoreError};

/// Tasks are in the order of the schedule.
const TASK_ORDER: SortBy = SortBy { expression: "tasks.sort", folds_case: false, id: "tasks.id", descending: false };

rows_by_key! {
    /// Versions by id.
    versions_by_id(ScheduleVersionId) -> ScheduleVersionRow = schedule_versions by id;
    /// Columns of versions for staff only.
    internals_of_versions(in project, ScheduleVersionId) -> ScheduleVersionInternalsRow = schedule_version_internals by version_id;
    /// Milestones by id.
    milestones_by_id(MilestoneId) -> MilestoneRow = milestones by id;
    /// Milestones by id and project.
    milestones_in_projects(in project, MilestoneId) -> MilestoneRow = milestones by id;
    /// Milestones of versions, in sort order.
    milestones_of_versions(in project, ScheduleVersionId) -> MilestoneRow = milestones by version_id in order of sort, id;
    /// Columns of milestones for staff only.
    internals_of_milestones(in project, MilestoneId) -> MilestoneInternalsRow = milestone_internals by milestone_id;
    /// Tasks by id.
    tasks_by_id(TaskId) -> TaskRow = tasks by id;
    /// Tasks by id and project.
    tasks_in_projects(in project, TaskId) -> TaskRow = tasks by id;
    /// Columns of tasks for staff only.
    internals_of_tasks(in project, TaskId) -> TaskInternalsRow = task_internals by task_id;
    /// Notes on tasks for trade partners and staff.
    briefs_of_tasks(in project, TaskId) -> TaskBriefRow = task_briefs by task_id;
    /// Assignees of tasks, by name.
    assignees_of_tasks(in project, TaskId) -> TaskAssigneeRow = task_assignees by task_id in order of name, id;
    /// Dependencies of tasks.
    dependencies_of_tasks(in project, TaskId) -> TaskDependencyRow = task_dependencies by task_id in order of task_id, predecessor_id;
}

/// The published versions of projects.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn published_versions(
    session: &ReadSession,
    projects: Vec<ProjectId>,
) -> Result<Vec<ScheduleVersionRow>, StoreError> {
    session
        .load(
            schedule_versions::table
                .filter(schedule_versions::project_id.eq_any(projects))
                .filter(schedule_versions::state.eq(VersionState::Published.as_str()))
                .select(ScheduleVersionRow::as_select()),
        )
        .await
}

/// All versions of projects, newest first.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn versions_of_projects(
    session: &ReadSession,
    projects: Vec<ProjectId>,
) -> Result<Vec<ScheduleVersionRow>, StoreError> {
    session
        .load(
            schedule_versions::table
                .filter(schedule_versions::project_id.eq_any(projects))
                .order((schedule_versions::number.desc().nulls_first(), schedule_versions::id.desc()))
                .select(ScheduleVersionRow::as_select()),
        )
        .await
}

/// The milestones of the published versions of projects, in sort order.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn published_milestones(
    session: &ReadSession,
    projects: Vec<ProjectId>,
) -> Result<Vec<MilestoneRow>, StoreError> {
    let of_one = milestones::table
        .filter(milestones::project_id.eq(ParentId))
        .filter(milestones::version_state.eq(VersionState::Published.as_str()))
        .order((milestones::sort, milestones::id))
        .select(MilestoneRow::as_select());
    session.load(of_each(projects.into_iter().map(|project| project.0), of_one)).await
}

/// The same slice of the tasks of each version, in the order in which the slice reads them.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn tasks_of_versions(
    session: &ReadSession,
    versions: Vec<(ProjectId, ScheduleVersionId)>,
    slice: &Slice,
) -> Result<Vec<TaskRow>, StoreError> {
    let of_one = tasks::table
        .filter(tasks::project_id.eq(ParentProject))
        .filter(tasks::version_id.eq(ParentId))
        .filter(TASK_ORDER.within(slice))
        .order(TASK_ORDER.order(slice))
        .limit(slice.limit())
        .select(TaskRow::as_select());
    session.load(of_each_in(versions, of_one)).await
}

/// The number of tasks of each version, in the same role view. A version without tasks is omitted.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn count_tasks_of_versions(
    session: &ReadSession,
    versions: Vec<(ProjectId, ScheduleVersionId)>,
) -> Result<Vec<(ScheduleVersionId, i64)>, StoreError> {
    let counts = tasks::table
        .filter(tasks::project_id.eq(ParentProject))
        .filter(IsAsked(tasks::version_id))
        .group_by(tasks::version_id)
        .select((tasks::version_id, count_star()));
    session.load(in_each_project(versions, counts)).await
}
