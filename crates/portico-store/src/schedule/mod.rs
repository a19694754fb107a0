//! Schedules: versions, milestones and tasks.

mod delays;
mod feed;
mod plan_rows;
mod plans;
mod publication;
mod rows;
mod templates;

use diesel::dsl::count_star;
use diesel::prelude::*;
use portico_core::id::{MilestoneId, PlannedMilestoneId, PlannedTaskId, ProjectId, ScheduleVersionId, TaskId};
use portico_core::page::Slice;
use portico_core::schedule::VersionState;

pub use delays::{
    NewScheduleDelay, ScheduleDelayChange, ScheduleDelayRow, change_delay, count_delays, delays_by_id,
    delays_of_projects, delete_delay, insert_delay, is_task_of_project, lock_delay, project_of_delay,
};
pub use feed::{FEED_NOTES, FeedContent, feed_content};
pub use plan_rows::{PlannedAssigneeRow, PlannedDependencyRow, PlannedMilestoneRow, PlannedTaskRow};
pub use plans::{
    OwnVersion, delete_version, drafts_of_company, insert_draft, own_version, plan_of_version, planned_milestone_row,
    planned_task_row, save_plan, version_in_state,
};
pub use publication::{
    PublishedTask, assignable_members, count_versions, first_day_of_project, lock_task, progress_of_tasks,
    publish_version, set_progress, share_of_project, trades_report_progress, trades_with_access,
};
pub use rows::{
    MilestoneInternalsRow, MilestoneRow, ScheduleVersionInternalsRow, ScheduleVersionRow, TaskAssigneeRow,
    TaskBaselineRow, TaskBriefRow, TaskDependencyRow, TaskInternalsRow, TaskRow,
};
pub use templates::{
    OwnTemplate, ScheduleTemplateRow, delete_template, own_template, save_template, templates_like,
    templates_of_companies,
};

use crate::by_key::rows_by_key;
use crate::children::{IsAsked, ParentId, ParentProject, in_each_project, of_each, of_each_in};
use crate::page::SortBy;
use crate::schedule::plan_rows::{planned_assignees, planned_dependencies, planned_milestones, planned_tasks};
use crate::schedule::rows::{
    milestone_internals, milestones, schedule_version_internals, schedule_versions, task_assignees, task_baselines,
    task_briefs, task_dependencies, task_internals, tasks,
};
use crate::{ReadSession, StoreError};

/// Tasks are in the order of the schedule.
const TASK_ORDER: SortBy = SortBy { expression: "tasks.sort", folds_case: false, id: "tasks.id", descending: false };
const PLANNED_TASK_ORDER: SortBy =
    SortBy { expression: "planned_tasks.sort", folds_case: false, id: "planned_tasks.id", descending: false };

rows_by_key! {
    /// Versions by id.
    versions_by_id(ScheduleVersionId) -> ScheduleVersionRow = schedule_versions by id;
    /// Columns of versions for staff only.
    internals_of_versions(in project, ScheduleVersionId) -> ScheduleVersionInternalsRow = schedule_version_internals by version_id;
    /// Milestones by id.
    milestones_by_id(MilestoneId) -> MilestoneRow = milestones by id;
    /// Milestones by id and project.
    milestones_in_projects(in project, MilestoneId) -> MilestoneRow = milestones by id;
    /// Milestones in the plans of versions, in sort order.
    planned_milestones_of_versions(in project, ScheduleVersionId) -> PlannedMilestoneRow = planned_milestones by version_id in order of sort, id;
    /// Milestones in plans by row.
    planned_milestones_in_projects(in project, PlannedMilestoneId) -> PlannedMilestoneRow = planned_milestones by id;
    /// Tasks in plans by row.
    planned_tasks_in_projects(in project, PlannedTaskId) -> PlannedTaskRow = planned_tasks by id;
    /// Assignees of planned tasks, by name.
    assignees_of_planned_tasks(in project, PlannedTaskId) -> PlannedAssigneeRow = planned_assignees by planned_task_id in order of name, id;
    /// Dependencies of planned tasks.
    dependencies_of_planned_tasks(in project, PlannedTaskId) -> PlannedDependencyRow = planned_dependencies by planned_task_id in order of planned_task_id, predecessor_id;
    /// Columns of milestones for staff only.
    internals_of_milestones(in project, MilestoneId) -> MilestoneInternalsRow = milestone_internals by milestone_id;
    /// Tasks by id.
    tasks_by_id(TaskId) -> TaskRow = tasks by id;
    /// Tasks by id and project.
    tasks_in_projects(in project, TaskId) -> TaskRow = tasks by id;
    /// Columns of tasks for staff only.
    internals_of_tasks(in project, TaskId) -> TaskInternalsRow = task_internals by task_id;
    /// The dates of tasks in the first published schedule.
    baselines_of_tasks(in project, TaskId) -> TaskBaselineRow = task_baselines by task_id;
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

/// The milestones of projects, in sort order.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn milestones_of_projects(
    session: &ReadSession,
    projects: Vec<ProjectId>,
) -> Result<Vec<MilestoneRow>, StoreError> {
    let of_one = milestones::table
        .filter(milestones::project_id.eq(ParentId))
        .order((milestones::sort, milestones::id))
        .select(MilestoneRow::as_select());
    session.load(of_each(projects.into_iter().map(|project| project.0), of_one)).await
}

/// The same slice of the tasks of each project, in the order in which the slice reads them.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn tasks_of_projects(
    session: &ReadSession,
    projects: Vec<ProjectId>,
    slice: &Slice,
) -> Result<Vec<TaskRow>, StoreError> {
    let of_one = tasks::table
        .filter(tasks::project_id.eq(ParentId))
        .filter(TASK_ORDER.within(slice))
        .order(TASK_ORDER.order(slice))
        .limit(slice.limit())
        .select(TaskRow::as_select());
    session.load(of_each(projects.into_iter().map(|project| project.0), of_one)).await
}

/// The number of tasks of each project, in the same role view. A project without tasks is omitted.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn count_tasks_of_projects(
    session: &ReadSession,
    projects: Vec<ProjectId>,
) -> Result<Vec<(ProjectId, i64)>, StoreError> {
    let counts = tasks::table
        .filter(tasks::project_id.eq_any(projects))
        .group_by(tasks::project_id)
        .select((tasks::project_id, count_star()));
    session.load(counts).await
}

/// The same slice of the tasks in the plan of each version, in the order in which the slice reads them.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn planned_tasks_of_versions(
    session: &ReadSession,
    versions: Vec<(ProjectId, ScheduleVersionId)>,
    slice: &Slice,
) -> Result<Vec<PlannedTaskRow>, StoreError> {
    let of_one = planned_tasks::table
        .filter(planned_tasks::project_id.eq(ParentProject))
        .filter(planned_tasks::version_id.eq(ParentId))
        .filter(PLANNED_TASK_ORDER.within(slice))
        .order(PLANNED_TASK_ORDER.order(slice))
        .limit(slice.limit())
        .select(PlannedTaskRow::as_select());
    session.load(of_each_in(versions, of_one)).await
}

/// The number of tasks in the plan of each version. A version without tasks is omitted.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn count_planned_tasks(
    session: &ReadSession,
    versions: Vec<(ProjectId, ScheduleVersionId)>,
) -> Result<Vec<(ScheduleVersionId, i64)>, StoreError> {
    let counts = planned_tasks::table
        .filter(planned_tasks::project_id.eq(ParentProject))
        .filter(IsAsked(planned_tasks::version_id))
        .group_by(planned_tasks::version_id)
        .select((planned_tasks::version_id, count_star()));
    session.load(in_each_project(versions, counts)).await
}
