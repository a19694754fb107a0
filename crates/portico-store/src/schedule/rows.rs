//! Rows of schedules.

use chrono::{DateTime, NaiveDate, Utc};
use portico_core::access::{Audience, Permission, Viewer};
use portico_core::id::{
    CompanyId, MilestoneId, ProjectId, ProjectMembershipId, ScheduleVersionId, StaffMembershipId, TaskAssigneeId,
    TaskId,
};
use portico_core::portal::ScheduleShare;
use portico_core::schedule::{AssigneeKind, DependencyKind, LagUnit, MilestoneStatus, VersionState};
use portico_store_macros::role_view;
use rust_decimal::Decimal;

use crate::visible::{Visible, visible_to_staff_alone};

/// A version of a project's schedule.
#[role_view(schedule_versions(id))]
pub struct ScheduleVersionRow {
    /// The version.
    pub id: ScheduleVersionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Publication state.
    pub state: VersionState,
    /// Number, set at publication.
    pub number: Option<i32>,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// Creation time; for staff only.
    pub created_at: Option<DateTime<Utc>>,
    /// First day of tasks that neither wait for another nor have a fixed date; for staff only.
    pub start_on: Option<NaiveDate>,
    /// Increases with each change of the plan; for staff only.
    pub version: Option<i32>,
    /// Schedule sharing with clients.
    pub schedule_share: Option<ScheduleShare>,
}

/// Whether the viewer may see versions in this state.
///
/// Outsiders see the published version; staff also see superseded ones and, with the permission to edit, drafts.
pub(super) fn may_see_state(viewer: &Viewer, state: VersionState) -> bool {
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

/// Columns of a version for staff only.
#[role_view(schedule_version_internals(version_id))]
pub struct ScheduleVersionInternalsRow {
    /// The version.
    pub version_id: ScheduleVersionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Notes on the publication.
    pub publish_notes: Option<String>,
}

/// A milestone, with the stored roll-up of all its tasks.
#[role_view(milestones(id))]
pub struct MilestoneRow {
    /// The milestone.
    pub id: MilestoneId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Its name.
    pub name: String,
    /// Sort order in the schedule.
    pub sort: i32,
    /// Whether clients may see it; null for trade partners.
    pub client_viewable: Option<bool>,
    /// Progress of all its tasks, also of those that clients may not view (MIL-5).
    pub status: MilestoneStatus,
    /// Percent complete, 0 to 100, weighted by working days and rounded down; null while the schedule is not shared
    /// (MIL-3).
    pub percent_complete: Option<i32>,
    /// Finish date of the last task; null without tasks, and while the schedule is not shared (MIL-3).
    pub anticipated_finish_on: Option<NaiveDate>,
}

impl Visible for MilestoneRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.may_see_project(self.company_id, self.project_id)
            && (viewer.audience() != Audience::Client || self.client_viewable == Some(true))
    }
}

/// Columns of a milestone for staff only.
#[role_view(milestone_internals(milestone_id))]
pub struct MilestoneInternalsRow {
    /// The milestone.
    pub milestone_id: MilestoneId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Internal target date.
    pub internal_target_on: Option<NaiveDate>,
}

/// A task.
#[role_view(tasks(id))]
pub struct TaskRow {
    /// The task.
    pub id: TaskId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Its milestone.
    pub milestone_id: Option<MilestoneId>,
    /// Its name.
    pub name: String,
    /// First day, in the project's time zone.
    pub start_on: NaiveDate,
    /// Last day, in the project's time zone.
    pub finish_on: NaiveDate,
    /// Number of working days.
    pub work_days: i32,
    /// Percent complete, 0 to 100.
    pub percent_complete: i32,
    /// Whether clients may see it; null for trade partners.
    pub client_viewable: Option<bool>,
    /// Sort order in the schedule.
    pub sort: i32,
    /// Increases with every change visible to outsiders.
    pub version: i32,
    /// Whether the viewer's audience can set its progress, apart from the viewer's own permissions; null for clients.
    pub accepts_progress: Option<bool>,
}

impl Visible for TaskRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.may_see_project(self.company_id, self.project_id)
            && (viewer.audience() != Audience::Client || self.client_viewable == Some(true))
    }
}

/// Columns of a task for staff only.
#[role_view(task_internals(task_id))]
pub struct TaskInternalsRow {
    /// The task.
    pub task_id: TaskId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
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
    /// Working days by which the task can slip without moving the plan's finish.
    pub total_float_days: Option<i32>,
    /// Whether a delay of the task delays the plan's finish.
    pub is_critical: Option<bool>,
}

/// The dates of a task in the first published schedule. Clients see them where the portal shares the baseline.
#[role_view(task_baselines(task_id))]
pub struct TaskBaselineRow {
    /// The task.
    pub task_id: TaskId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// First day, in the project's time zone.
    pub start_on: NaiveDate,
    /// Last day, in the project's time zone.
    pub finish_on: NaiveDate,
    /// Number of working days.
    pub work_days: i32,
}

impl Visible for TaskBaselineRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.may_see_project(self.company_id, self.project_id)
            && matches!(viewer.audience(), Audience::Client | Audience::Staff)
    }
}

/// Notes on a task for trade partners and staff.
#[role_view(task_briefs(task_id))]
pub struct TaskBriefRow {
    /// The task.
    pub task_id: TaskId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// The notes.
    pub public_notes: String,
}

/// An assignee of a task.
#[role_view(task_assignees(id))]
pub struct TaskAssigneeRow {
    /// The assignment.
    pub id: TaskAssigneeId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// The task.
    pub task_id: TaskId,
    /// The membership of a trade partner; for staff only.
    pub project_membership_id: Option<ProjectMembershipId>,
    /// The membership of staff; for staff only.
    pub staff_membership_id: Option<StaffMembershipId>,
    /// Team member or trade partner.
    pub kind: AssigneeKind,
    /// The name.
    pub name: String,
}

/// A dependency between two tasks.
#[role_view(task_dependencies(task_id, predecessor_id))]
pub struct TaskDependencyRow {
    /// The dependent task.
    pub task_id: TaskId,
    /// The predecessor.
    pub predecessor_id: TaskId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Kind of dependency.
    pub kind: DependencyKind,
    /// Lag in days; negative for overlap.
    pub lag_days: i32,
    /// Unit of the lag.
    pub lag_unit: LagUnit,
}

/// Makes rows visible to trade partners and staff, never to clients.
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
