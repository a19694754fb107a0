//! Rows of the plans of schedule versions. Only staff read them, those of drafts with the permission to edit schedules.

use chrono::NaiveDate;
use portico_core::access::Viewer;
use portico_core::id::{
    CompanyId, MilestoneId, PlannedMilestoneId, PlannedTaskId, ProjectId, ProjectMembershipId, ScheduleVersionId,
    StaffMembershipId, TaskAssigneeId, TaskId,
};
use portico_core::schedule::{AssigneeKind, DependencyKind, LagUnit, VersionState};
use portico_store_macros::role_view;
use rust_decimal::Decimal;

use super::rows::may_see_state;
use crate::visible::Visible;

/// A milestone in the plan of a version.
#[role_view(planned_milestones(id))]
pub struct PlannedMilestoneRow {
    /// The row.
    pub id: PlannedMilestoneId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// The version.
    pub version_id: ScheduleVersionId,
    /// That version's state.
    pub version_state: VersionState,
    /// The milestone, in all versions.
    pub milestone_id: MilestoneId,
    /// Its name.
    pub name: String,
    /// Whether clients may see it once the version is published.
    pub client_viewable: bool,
    /// Internal target date.
    pub internal_target_on: Option<NaiveDate>,
    /// Sort order in the version.
    pub sort: i32,
}

/// A task in the plan of a version.
#[role_view(planned_tasks(id))]
pub struct PlannedTaskRow {
    /// The row.
    pub id: PlannedTaskId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// The version.
    pub version_id: ScheduleVersionId,
    /// That version's state.
    pub version_state: VersionState,
    /// The task, in all versions.
    pub task_id: TaskId,
    /// Its milestone in the same version.
    pub planned_milestone_id: Option<PlannedMilestoneId>,
    /// Its name.
    pub name: String,
    /// Number of working days.
    pub work_days: i32,
    /// The date on which it starts, whatever it waits for.
    pub fixed_start_on: Option<NaiveDate>,
    /// First day.
    pub start_on: NaiveDate,
    /// Last day.
    pub finish_on: NaiveDate,
    /// Working days by which the task can slip without moving the plan's finish.
    pub total_float_days: i32,
    /// Whether a delay of the task delays the plan's finish.
    pub is_critical: bool,
    /// Whether the fixed date is before what the dependencies allow.
    pub is_too_early: bool,
    /// Whether clients may see the task once the version is published.
    pub client_viewable: bool,
    /// Notes for trade partners and staff.
    pub public_notes: Option<String>,
    /// Private notes.
    pub private_notes: Option<String>,
    /// Cost code.
    pub cost_code: Option<String>,
    /// Hours of labor.
    pub labor_hours: Option<Decimal>,
    /// Internal deadline.
    pub internal_deadline_on: Option<NaiveDate>,
    /// Buffer in days.
    pub buffer_days: Option<i32>,
    /// Sort order in the version.
    pub sort: i32,
}

/// An assignee of a planned task.
#[role_view(planned_assignees(id))]
pub struct PlannedAssigneeRow {
    /// The assignment.
    pub id: TaskAssigneeId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// The version's state.
    pub version_state: VersionState,
    /// The planned task.
    pub planned_task_id: PlannedTaskId,
    /// The membership of a trade partner.
    pub project_membership_id: Option<ProjectMembershipId>,
    /// The membership of staff.
    pub staff_membership_id: Option<StaffMembershipId>,
    /// Team member or trade partner.
    pub kind: AssigneeKind,
    /// The name.
    pub name: String,
}

/// A dependency between two planned tasks.
#[role_view(planned_dependencies(planned_task_id, predecessor_id))]
pub struct PlannedDependencyRow {
    /// The dependent task.
    pub planned_task_id: PlannedTaskId,
    /// The predecessor.
    pub predecessor_id: PlannedTaskId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// The version's state.
    pub version_state: VersionState,
    /// Kind of dependency.
    pub kind: DependencyKind,
    /// Lag in days; negative for overlap.
    pub lag_days: i32,
    /// Unit of the lag.
    pub lag_unit: LagUnit,
}

macro_rules! visible_to_planners {
    ($($row:ty),+) => {$(
        impl Visible for $row {
            fn visible_to(&self, viewer: &Viewer) -> bool {
                viewer.is_staff()
                    && viewer.may_see_project(self.company_id, self.project_id)
                    && may_see_state(viewer, self.version_state)
            }
        }
    )+};
}

visible_to_planners!(PlannedMilestoneRow, PlannedTaskRow, PlannedAssigneeRow, PlannedDependencyRow);
