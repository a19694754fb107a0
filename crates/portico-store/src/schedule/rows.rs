//! Rows of schedules.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use portico_core::access::{Audience, Permission, Viewer};
use portico_core::id::{CompanyId, MilestoneId, ProjectId, ScheduleVersionId, TaskAssigneeId, TaskId};
use portico_core::portal::ScheduleShare;
use portico_core::schedule::{AssigneeKind, DependencyKind, MilestoneStatus, VersionState};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::schema::{
    milestone_internals, milestones, schedule_version_internals, schedule_versions, task_assignees, task_briefs,
    task_dependencies, task_internals, tasks,
};
use crate::visible::{Visible, visible_to_staff_alone};

/// A version of a project's schedule.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = schedule_versions, check_for_backend(diesel::pg::Pg))]
pub struct ScheduleVersionRow {
    /// The version.
    pub id: ScheduleVersionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Whether outsiders see it.
    pub state: VersionState,
    /// Given when it was published.
    pub number: Option<i32>,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// When it was begun; staff's to know.
    pub created_at: Option<DateTime<Utc>>,
    /// How the project shares it with clients.
    pub schedule_share: Option<ScheduleShare>,
}

/// Outsiders see what is published; staff see what was, and unpublished work with the permission to edit it.
fn may_see_state(viewer: &Viewer, state: VersionState) -> bool {
    match state {
        VersionState::Published => true,
        VersionState::Superseded => viewer.is_staff(),
        VersionState::Draft => viewer.is_staff() && viewer.permissions.contains(Permission::ScheduleEdit),
    }
}

impl Visible for ScheduleVersionRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.may_see_project(self.company_id, self.project_id)
            && may_see_state(viewer, self.state)
            && (viewer.audience() != Audience::Client || self.schedule_share != Some(ScheduleShare::None))
    }
}

/// Why a version was published.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = schedule_version_internals, check_for_backend(diesel::pg::Pg))]
pub struct ScheduleVersionInternalsRow {
    /// The version.
    pub version_id: ScheduleVersionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// For the team.
    pub publish_notes: Option<String>,
}

/// A milestone, with what follows from those of its tasks that the viewer may know of.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = milestones, check_for_backend(diesel::pg::Pg))]
pub struct MilestoneRow {
    /// The milestone.
    pub id: MilestoneId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Its schedule version.
    pub version_id: ScheduleVersionId,
    /// That version's state.
    pub version_state: VersionState,
    /// Its name.
    pub name: String,
    /// Its place in the schedule.
    pub sort: i32,
    /// Derived from the tasks (MIL-5).
    pub status: MilestoneStatus,
    /// Whole percents, weighted by work days and rounded down; null where the schedule is not shared (MIL-3).
    pub percent_complete: Option<i32>,
    /// When the last task is to finish; null where the schedule is not shared (MIL-3).
    pub anticipated_finish_on: Option<NaiveDate>,
}

impl Visible for MilestoneRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.may_see_project(self.company_id, self.project_id) && may_see_state(viewer, self.version_state)
    }
}

/// What staff alone know of a milestone.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = milestone_internals, check_for_backend(diesel::pg::Pg))]
pub struct MilestoneInternalsRow {
    /// The milestone.
    pub milestone_id: MilestoneId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// When the team wants it done.
    pub internal_target_on: Option<NaiveDate>,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = tasks, check_for_backend(diesel::pg::Pg))]
pub struct TaskRow {
    /// The task.
    pub id: TaskId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Its schedule version.
    pub version_id: ScheduleVersionId,
    /// That version's state.
    pub version_state: VersionState,
    /// Its milestone.
    pub milestone_id: Option<MilestoneId>,
    /// Its name.
    pub name: String,
    /// First day, in the project's zone.
    pub start_on: NaiveDate,
    /// Last day, in the project's zone.
    pub finish_on: NaiveDate,
    /// Days of work.
    pub work_days: i32,
    /// 0 to 100.
    pub percent_complete: i32,
    /// Whether clients may see it; null for trades, who are not to know.
    pub client_viewable: Option<bool>,
    /// Its place in the schedule.
    pub sort: i32,
    /// Moves with every change that an outsider can see.
    pub version: i32,
}

impl Visible for TaskRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.may_see_project(self.company_id, self.project_id)
            && may_see_state(viewer, self.version_state)
            && (viewer.audience() != Audience::Client || self.client_viewable == Some(true))
    }
}

/// What staff alone know of a task.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = task_internals, check_for_backend(diesel::pg::Pg))]
pub struct TaskInternalsRow {
    /// The task.
    pub task_id: TaskId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// For the team alone.
    pub private_notes: Option<String>,
    /// Where the cost is booked.
    pub cost_code: Option<String>,
    /// Hours of labor.
    #[serde(with = "rust_decimal::serde::str_option")]
    pub labor_hours: Option<Decimal>,
    /// When the team wants it done.
    pub internal_deadline_on: Option<NaiveDate>,
    /// Days held back.
    pub buffer_days: Option<i32>,
}

/// What those who do the work are told about a task.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = task_briefs, check_for_backend(diesel::pg::Pg))]
pub struct TaskBriefRow {
    /// The task.
    pub task_id: TaskId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// For team and trades.
    pub public_notes: String,
}

/// Somebody who is assigned to a task.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = task_assignees, check_for_backend(diesel::pg::Pg))]
pub struct TaskAssigneeRow {
    /// The assignment.
    pub id: TaskAssigneeId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// The task.
    pub task_id: TaskId,
    /// One of the team, or a trade partner.
    pub kind: AssigneeKind,
    /// Their name.
    pub name: String,
}

/// What a task waits for.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = task_dependencies, check_for_backend(diesel::pg::Pg))]
pub struct TaskDependencyRow {
    /// The task that waits.
    pub task_id: TaskId,
    /// The task that it waits for.
    pub predecessor_id: TaskId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Which ends of the two are tied.
    pub kind: DependencyKind,
    /// Days between; negative for overlap.
    pub lag_days: i32,
}

/// Rows that trades and staff may see, never clients.
macro_rules! visible_to_workers {
    ($($row:ty),+) => {$(
        impl Visible for $row {
            fn visible_to(&self, viewer: &Viewer) -> bool {
                viewer.audience() != Audience::Client && viewer.may_see_project(self.company_id, self.project_id)
            }
        }
    )+};
}

visible_to_workers!(TaskBriefRow, TaskAssigneeRow);
visible_to_staff_alone!(ScheduleVersionInternalsRow, MilestoneInternalsRow, TaskInternalsRow, TaskDependencyRow);
