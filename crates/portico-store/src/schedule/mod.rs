//! Schedules: versions, milestones and tasks.

mod rows;

use diesel::dsl::count_star;
use diesel::prelude::*;
use portico_core::id::{MilestoneId, ProjectId, ScheduleVersionId, TaskId};
use portico_core::page::Slice;
use portico_core::schedule::VersionState;

pub use rows::{
    MilestoneInternalsRow, MilestoneRow, ScheduleVersionInternalsRow, ScheduleVersionRow, TaskAssigneeRow,
    TaskBriefRow, TaskDependencyRow, TaskInternalsRow, TaskRow,
};

use crate::page::{ParentId, SortBy, of_each};
use crate::schema::{
    milestone_internals, milestones, schedule_version_internals, schedule_versions, task_assignees, task_briefs,
    task_dependencies, task_internals, tasks,
};
use crate::{SeenBy, StoreError};

/// Schedules run in the order in which the builder laid them out.
const TASK_ORDER: SortBy = SortBy { expression: "tasks.sort", folds_case: false, id: "tasks.id", descending: false };

/// Versions by id.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn versions_by_id(seen: &SeenBy, ids: Vec<ScheduleVersionId>) -> Result<Vec<ScheduleVersionRow>, StoreError> {
    seen.load(
        schedule_versions::table.filter(schedule_versions::id.eq_any(ids)).select(ScheduleVersionRow::as_select()),
    )
    .await
}

/// The published versions of projects.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn published_versions(
    seen: &SeenBy,
    projects: Vec<ProjectId>,
) -> Result<Vec<ScheduleVersionRow>, StoreError> {
    seen.load(
        schedule_versions::table
            .filter(schedule_versions::project_id.eq_any(projects))
            .filter(schedule_versions::state.eq(VersionState::Published.as_str()))
            .select(ScheduleVersionRow::as_select()),
    )
    .await
}

/// All versions of projects, the newest first.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn versions_of_projects(
    seen: &SeenBy,
    projects: Vec<ProjectId>,
) -> Result<Vec<ScheduleVersionRow>, StoreError> {
    seen.load(
        schedule_versions::table
            .filter(schedule_versions::project_id.eq_any(projects))
            .order((schedule_versions::number.desc().nulls_first(), schedule_versions::id.desc()))
            .select(ScheduleVersionRow::as_select()),
    )
    .await
}

/// What staff alone know of versions.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or the window does not show this at all.
pub async fn internals_of_versions(
    seen: &SeenBy,
    ids: Vec<ScheduleVersionId>,
) -> Result<Vec<ScheduleVersionInternalsRow>, StoreError> {
    seen.load(
        schedule_version_internals::table
            .filter(schedule_version_internals::version_id.eq_any(ids))
            .select(ScheduleVersionInternalsRow::as_select()),
    )
    .await
}

/// Milestones by id.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn milestones_by_id(seen: &SeenBy, ids: Vec<MilestoneId>) -> Result<Vec<MilestoneRow>, StoreError> {
    seen.load(milestones::table.filter(milestones::id.eq_any(ids)).select(MilestoneRow::as_select())).await
}

/// The milestones of the published versions of projects, in their order.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn published_milestones(seen: &SeenBy, projects: Vec<ProjectId>) -> Result<Vec<MilestoneRow>, StoreError> {
    seen.load(
        milestones::table
            .filter(milestones::project_id.eq_any(projects))
            .filter(milestones::version_state.eq(VersionState::Published.as_str()))
            .order((milestones::sort, milestones::id))
            .select(MilestoneRow::as_select()),
    )
    .await
}

/// The milestones of versions, in their order.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn milestones_of_versions(
    seen: &SeenBy,
    versions: Vec<ScheduleVersionId>,
) -> Result<Vec<MilestoneRow>, StoreError> {
    seen.load(
        milestones::table
            .filter(milestones::version_id.eq_any(versions))
            .order((milestones::sort, milestones::id))
            .select(MilestoneRow::as_select()),
    )
    .await
}

/// What staff alone know of milestones.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or the window does not show this at all.
pub async fn internals_of_milestones(
    seen: &SeenBy,
    ids: Vec<MilestoneId>,
) -> Result<Vec<MilestoneInternalsRow>, StoreError> {
    seen.load(
        milestone_internals::table
            .filter(milestone_internals::milestone_id.eq_any(ids))
            .select(MilestoneInternalsRow::as_select()),
    )
    .await
}

/// Tasks by id.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn tasks_by_id(seen: &SeenBy, ids: Vec<TaskId>) -> Result<Vec<TaskRow>, StoreError> {
    seen.load(tasks::table.filter(tasks::id.eq_any(ids)).select(TaskRow::as_select())).await
}

/// The same slice of the tasks of each version, in the order in which the slice reads them.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn tasks_of_versions(
    seen: &SeenBy,
    versions: Vec<ScheduleVersionId>,
    slice: &Slice,
) -> Result<Vec<TaskRow>, StoreError> {
    let of_one = tasks::table
        .filter(tasks::version_id.eq(ParentId))
        .filter(TASK_ORDER.within(slice))
        .order(TASK_ORDER.order(slice))
        .limit(slice.limit())
        .select(TaskRow::as_select());
    seen.load(of_each(versions.into_iter().map(|version| version.0), of_one)).await
}

/// How many tasks versions have, in the same window. A version without any is left out.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn count_tasks_of_versions(
    seen: &SeenBy,
    versions: Vec<ScheduleVersionId>,
) -> Result<Vec<(ScheduleVersionId, i64)>, StoreError> {
    seen.load(
        tasks::table
            .filter(tasks::version_id.eq_any(versions))
            .group_by(tasks::version_id)
            .select((tasks::version_id, count_star())),
    )
    .await
}

/// What staff alone know of tasks.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or the window does not show this at all.
pub async fn internals_of_tasks(seen: &SeenBy, ids: Vec<TaskId>) -> Result<Vec<TaskInternalsRow>, StoreError> {
    seen.load(task_internals::table.filter(task_internals::task_id.eq_any(ids)).select(TaskInternalsRow::as_select()))
        .await
}

/// What those who do the work are told about tasks.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or the window does not show this at all.
pub async fn briefs_of_tasks(seen: &SeenBy, ids: Vec<TaskId>) -> Result<Vec<TaskBriefRow>, StoreError> {
    seen.load(task_briefs::table.filter(task_briefs::task_id.eq_any(ids)).select(TaskBriefRow::as_select())).await
}

/// Who is assigned to tasks, by name.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or the window does not show this at all.
pub async fn assignees_of_tasks(seen: &SeenBy, ids: Vec<TaskId>) -> Result<Vec<TaskAssigneeRow>, StoreError> {
    seen.load(
        task_assignees::table
            .filter(task_assignees::task_id.eq_any(ids))
            .order((task_assignees::name, task_assignees::id))
            .select(TaskAssigneeRow::as_select()),
    )
    .await
}

/// What tasks wait for.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or the window does not show this at all.
pub async fn dependencies_of_tasks(seen: &SeenBy, ids: Vec<TaskId>) -> Result<Vec<TaskDependencyRow>, StoreError> {
    seen.load(
        task_dependencies::table
            .filter(task_dependencies::task_id.eq_any(ids))
            .order((task_dependencies::task_id, task_dependencies::predecessor_id))
            .select(TaskDependencyRow::as_select()),
    )
    .await
}
