//! The plan of a schedule version, as it is edited and published.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{DependencyKind, Lag, LagUnit, Plan, PlanDependency, PlanError, PlanTask, SUPPORTED_DATES, WorkCalendar};
use crate::id::{MilestoneId, ProjectMembershipId, StaffMembershipId, TaskId};

/// The plan of a version: its milestones and tasks, under the ids that they have in all versions.
///
/// The members have the names of the columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionPlan {
    /// The first day of tasks that neither wait for another nor have a fixed date.
    pub start_on: NaiveDate,
    /// Its milestones, in sort order.
    pub milestones: Vec<VersionMilestone>,
    /// Its tasks, in sort order.
    pub tasks: Vec<VersionTask>,
}

/// A milestone in the plan of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionMilestone {
    /// The milestone.
    pub milestone_id: MilestoneId,
    /// Its name.
    pub name: String,
    /// Whether clients may see it, whatever its tasks (MIL-6).
    pub client_viewable: bool,
    /// Internal target date.
    pub internal_target_on: Option<NaiveDate>,
    /// Sort order.
    pub sort: i32,
}

/// A task in the plan of a version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionTask {
    /// The task.
    pub task_id: TaskId,
    /// Its milestone.
    pub milestone_id: Option<MilestoneId>,
    /// Its name.
    pub name: String,
    /// Number of working days.
    pub work_days: i32,
    /// The date on which it starts, whatever it waits for.
    pub fixed_start_on: Option<NaiveDate>,
    /// First day, as computed.
    pub start_on: NaiveDate,
    /// Last day, as computed.
    pub finish_on: NaiveDate,
    /// Working days by which it can slip without moving the plan's finish, as computed.
    pub total_float_days: i32,
    /// Whether a delay of it delays the plan's finish, as computed.
    pub is_critical: bool,
    /// Whether the fixed date is before what the dependencies allow, as computed.
    pub is_too_early: bool,
    /// Whether clients may see it.
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
    /// Sort order.
    pub sort: i32,
    /// What it waits for, ordered by predecessor.
    pub dependencies: Vec<VersionDependency>,
    /// Its assignees.
    pub assignees: Vec<VersionAssignee>,
}

/// A dependency of a task on a predecessor in the same version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionDependency {
    /// The predecessor.
    pub predecessor_id: TaskId,
    /// Kind of dependency.
    pub kind: DependencyKind,
    /// Lag in days; negative for an overlap.
    pub lag_days: i32,
    /// Unit of the lag.
    pub lag_unit: LagUnit,
}

/// An assignee: a trade partner of the project, or a member of the company's staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionAssignee {
    /// A trade partner.
    ProjectMembershipId(ProjectMembershipId),
    /// A member of staff.
    StaffMembershipId(StaffMembershipId),
}

impl VersionPlan {
    /// The task, if the plan has it.
    pub fn task(&self, id: TaskId) -> Option<&VersionTask> {
        self.tasks.iter().find(|task| task.task_id == id)
    }

    /// The task, to be changed.
    pub fn task_mut(&mut self, id: TaskId) -> Option<&mut VersionTask> {
        self.tasks.iter_mut().find(|task| task.task_id == id)
    }

    /// Removes a task, and the dependencies of others on it. False if the plan does not have it.
    pub fn remove_task(&mut self, id: TaskId) -> bool {
        let before = self.tasks.len();
        self.tasks.retain(|task| task.task_id != id);
        for task in &mut self.tasks {
            task.dependencies.retain(|dependency| dependency.predecessor_id != id);
        }
        self.tasks.len() < before
    }

    /// Computes all dates from dependencies, fixed dates and the calendar (MR-22).
    ///
    /// # Errors
    ///
    /// [`PlanError`]; then nothing has changed.
    pub fn reschedule(&mut self, calendar: &WorkCalendar) -> Result<(), PlanError> {
        let tasks: Vec<PlanTask> = self.tasks.iter().map(VersionTask::to_plan).collect();
        let dates = Plan::new(calendar, self.start_on, &tasks)?.dates()?;
        for (task, dates) in self.tasks.iter_mut().zip(dates) {
            task.start_on = dates.start_on;
            task.finish_on = dates.finish_on;
            task.total_float_days = dates.total_float_days;
            task.is_critical = dates.is_critical;
            task.is_too_early = dates.is_before_predecessors;
        }
        Ok(())
    }

    /// The plan as a template: without assignees and notes, which belong to one project.
    #[must_use]
    pub fn as_template(mut self) -> Self {
        for task in &mut self.tasks {
            task.assignees = Vec::new();
            (task.public_notes, task.private_notes) = (None, None);
        }
        self
    }

    /// The plan from another first day: with all dates that staff have set as many days later. Dates that no schedule can have are
    /// dropped.
    #[must_use]
    pub fn starting_on(mut self, start_on: NaiveDate) -> Self {
        let moved = start_on - self.start_on;
        let shifted = |date: Option<NaiveDate>| {
            date.and_then(|date| date.checked_add_signed(moved)).filter(|date| SUPPORTED_DATES.contains(date))
        };
        self.start_on = start_on;
        for milestone in &mut self.milestones {
            milestone.internal_target_on = shifted(milestone.internal_target_on);
        }
        for task in &mut self.tasks {
            task.fixed_start_on = shifted(task.fixed_start_on);
            task.internal_deadline_on = shifted(task.internal_deadline_on);
        }
        self
    }

    /// Gives the plan's milestones and tasks new ids, for another project.
    pub fn with_new_ids(&mut self) {
        let milestones: HashMap<_, _> =
            self.milestones.iter().map(|milestone| (milestone.milestone_id, MilestoneId::generate())).collect();
        let tasks: HashMap<_, _> = self.tasks.iter().map(|task| (task.task_id, TaskId::generate())).collect();
        for milestone in &mut self.milestones {
            milestone.milestone_id = milestones[&milestone.milestone_id];
        }
        for task in &mut self.tasks {
            task.task_id = tasks[&task.task_id];
            task.milestone_id = task.milestone_id.and_then(|id| milestones.get(&id).copied());
            task.dependencies.retain_mut(|dependency| {
                let predecessor = tasks.get(&dependency.predecessor_id);
                predecessor.is_some_and(|id| {
                    dependency.predecessor_id = *id;
                    true
                })
            });
        }
    }
}

impl VersionTask {
    /// A task of one day, hidden from clients, without dependencies and assignees.
    pub const fn new(task_id: TaskId, name: String, start_on: NaiveDate, sort: i32) -> Self {
        Self {
            task_id,
            milestone_id: None,
            name,
            work_days: 1,
            fixed_start_on: None,
            start_on,
            finish_on: start_on,
            total_float_days: 0,
            is_critical: false,
            is_too_early: false,
            client_viewable: false,
            public_notes: None,
            private_notes: None,
            cost_code: None,
            labor_hours: None,
            internal_deadline_on: None,
            buffer_days: None,
            sort,
            dependencies: Vec::new(),
            assignees: Vec::new(),
        }
    }

    /// The task, waiting for others.
    #[must_use]
    pub fn after(self, dependencies: Vec<VersionDependency>) -> Self {
        Self { dependencies, ..self }
    }

    fn to_plan(&self) -> PlanTask {
        let dependency = |dependency: &VersionDependency| PlanDependency {
            predecessor: dependency.predecessor_id,
            kind: dependency.kind,
            lag: Lag { days: dependency.lag_days, unit: dependency.lag_unit },
        };
        PlanTask {
            id: self.task_id,
            work_days: self.work_days,
            fixed_start_on: self.fixed_start_on,
            dependencies: self.dependencies.iter().map(dependency).collect(),
        }
    }
}
