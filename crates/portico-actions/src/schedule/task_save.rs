//! Tasks of a draft.

use std::collections::HashSet;

use chrono::NaiveDate;
use portico_core::id::{MilestoneId, PlannedTaskId, ProjectId, ScheduleVersionId, TaskId};
use portico_core::limits::caps;
use portico_core::refusal::RefusalCode;
use portico_core::schedule::{
    DependencyKind, LagUnit, MAX_WORK_DAYS, VersionAssignee, VersionDependency, VersionPlan, VersionTask,
};
use portico_store::schedule::{assignable_members, planned_task_row};
use rust_decimal::Decimal;
use serde_json::json;

use super::draft::Draft;
use super::milestone_save::check_date;
use crate::{Action, ActionError, Refusal, Work, check};

/// Maximum length of notes on a task, in characters.
const NOTES: usize = 10_000;
/// Maximum size of the notes of all tasks of a plan, in bytes: a plan is read as a whole.
const PLAN_NOTES: usize = 8 << 20;
/// Maximum length of a cost code, in characters.
const COST_CODE: usize = 100;
/// Maximum hours of labor of a task.
const MAX_LABOR_HOURS: i64 = 1_000_000;
/// Maximum buffer after a task, in days.
const MAX_BUFFER_DAYS: i32 = 365;

/// A dependency as the caller writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskDependencyDraft {
    /// The predecessor.
    pub predecessor: TaskId,
    /// Kind of dependency.
    pub kind: DependencyKind,
    /// Lag in days; negative for an overlap.
    pub lag_days: i32,
    /// Unit of the lag.
    pub lag_unit: LagUnit,
}

/// Adds a task to a draft, or changes one. What is `None` stays as it is.
#[derive(Debug, Clone)]
pub struct TaskSave {
    /// The draft.
    pub version: ScheduleVersionId,
    /// The version of its plan that the caller has seen.
    pub expected_version: Option<i32>,
    /// The task to change; `None` adds one.
    pub task: Option<TaskId>,
    /// The name; required to add a task.
    pub name: Option<String>,
    /// Duration in working days; a new task has 1.
    pub work_days: Option<i32>,
    /// Fixed start, whatever its dependencies say.
    pub fixed_start_on: Option<Option<NaiveDate>>,
    /// Its milestone in the same version.
    pub milestone: Option<Option<MilestoneId>>,
    /// Whether clients may see it; a new one is hidden from them.
    pub client_viewable: Option<bool>,
    /// Notes for trade partners and staff.
    pub public_notes: Option<Option<String>>,
    /// Notes for staff.
    pub private_notes: Option<Option<String>>,
    /// Cost code.
    pub cost_code: Option<Option<String>>,
    /// Hours of labor.
    pub labor_hours: Option<Option<String>>,
    /// Internal deadline.
    pub internal_deadline_on: Option<Option<NaiveDate>>,
    /// Buffer after the task, in days.
    pub buffer_days: Option<Option<i32>>,
    /// Sort order; a new one is last.
    pub sort: Option<i32>,
    /// All its dependencies.
    pub dependencies: Option<Vec<TaskDependencyDraft>>,
    /// All its assignees.
    pub assignees: Option<Vec<VersionAssignee>>,
}

fn invalid(member: &str, message: impl Into<String>) -> Refusal {
    Refusal::of(RefusalCode::Invalid, member, message)
}

/// Text that may be blank, which clears it.
fn notes(member: &str, text: Option<&Option<String>>, max: usize) -> Result<Option<Option<String>>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let text = text.as_deref().filter(|text| !text.trim().is_empty());
    Ok(Some(text.map(|text| check::body(member, text, max)).transpose()?))
}

impl TaskSave {
    /// Writes what the caller sends to a task, except dependencies and assignees.
    fn apply(&self, task: &mut VersionTask) -> Result<(), Refusal> {
        if let Some(name) = &self.name {
            task.name = check::text("name", name, check::NAME)?;
        }
        if let Some(work_days) = self.work_days {
            if !(0..=MAX_WORK_DAYS).contains(&work_days) {
                return Err(invalid("workDays", format!("must be between 0 and {MAX_WORK_DAYS}, not {work_days}")));
            }
            task.work_days = work_days;
        }
        check_date("fixedStartOn", self.fixed_start_on.flatten())?;
        task.fixed_start_on = self.fixed_start_on.unwrap_or(task.fixed_start_on);
        check_date("internalDeadline", self.internal_deadline_on.flatten())?;
        task.internal_deadline_on = self.internal_deadline_on.unwrap_or(task.internal_deadline_on);
        task.client_viewable = self.client_viewable.unwrap_or(task.client_viewable);
        task.milestone_id = self.milestone.unwrap_or(task.milestone_id);
        task.sort = self.sort.unwrap_or(task.sort);
        if let Some(notes) = notes("publicNotes", self.public_notes.as_ref(), NOTES)? {
            task.public_notes = notes;
        }
        if let Some(notes) = notes("privateNotes", self.private_notes.as_ref(), NOTES)? {
            task.private_notes = notes;
        }
        if let Some(code) = notes("costCode", self.cost_code.as_ref(), COST_CODE)? {
            task.cost_code = code;
        }
        if let Some(hours) = &self.labor_hours {
            task.labor_hours = hours.as_deref().map(labor_hours).transpose()?;
        }
        if let Some(days) = self.buffer_days {
            if days.is_some_and(|days| !(0..=MAX_BUFFER_DAYS).contains(&days)) {
                return Err(invalid("bufferDays", format!("must be between 0 and {MAX_BUFFER_DAYS}")));
            }
            task.buffer_days = days;
        }
        Ok(())
    }

    fn dependencies(&self) -> Result<Option<Vec<VersionDependency>>, Refusal> {
        let Some(drafts) = &self.dependencies else { return Ok(None) };
        if drafts.len() > caps::DEPENDENCIES as usize {
            return Err(invalid("dependencies", format!("must be at most {}", caps::DEPENDENCIES)));
        }
        let mut dependencies: Vec<_> = drafts
            .iter()
            .map(|draft| VersionDependency {
                predecessor_id: draft.predecessor,
                kind: draft.kind,
                lag_days: draft.lag_days,
                lag_unit: draft.lag_unit,
            })
            .collect();
        dependencies.sort_by_key(|dependency| dependency.predecessor_id.0);
        Ok(Some(dependencies))
    }

    /// The assignees. New ones must be members of the project or of the staff; those who have left since stay.
    async fn assignees(
        &self,
        work: &mut Work<'_>,
        draft: &Draft,
        known: &[VersionAssignee],
    ) -> Result<Option<Vec<VersionAssignee>>, ActionError> {
        let Some(assignees) = &self.assignees else { return Ok(None) };
        let mut all: Vec<_> = assignees.iter().copied().collect::<HashSet<_>>().into_iter().collect();
        if all.len() > caps::ASSIGNEES as usize {
            return Err(invalid("assigneeIds", format!("must be at most {}", caps::ASSIGNEES)).into());
        }
        let new: Vec<_> = all.iter().copied().filter(|assignee| !known.contains(assignee)).collect();
        let place = (draft.version.company, draft.version.project);
        let found = assignable_members(work.connection(), place, &new).await?;
        if new.iter().any(|assignee| !found.contains(assignee)) {
            let message = "must be IDs of trade partners of the project (`projectTradeAdd`) or of staff";
            return Err(Refusal::of(RefusalCode::NotFound, "assigneeIds", message).into());
        }
        all.sort();
        Ok(Some(all))
    }
}

/// Hours with at most two decimals.
fn labor_hours(text: &str) -> Result<Decimal, Refusal> {
    let hours = check::decimal("laborHours", text, "37.5")?;
    let wrong = |message: String| Err(invalid("laborHours", message));
    match hours {
        hours if hours.is_sign_negative() || hours >= Decimal::from(MAX_LABOR_HOURS) => {
            wrong(format!("must be at least 0, and less than {MAX_LABOR_HOURS}"))
        }
        hours if hours.normalize().scale() > 2 => wrong("must have at most two decimals".to_owned()),
        hours => Ok(hours),
    }
}

/// Bytes of the notes of a plan.
fn size_of_notes(plan: &VersionPlan) -> usize {
    let of = |notes: &Option<String>| notes.as_ref().map_or(0, String::len);
    plan.tasks.iter().map(|task| of(&task.public_notes) + of(&task.private_notes)).sum()
}

/// A new task, after all others.
fn new_task(plan: &VersionPlan, name: String) -> VersionTask {
    let last = plan.tasks.iter().map(|task| task.sort).max().unwrap_or_default();
    VersionTask::new(TaskId::generate(), name, plan.start_on, last.saturating_add(1))
}

impl Action for TaskSave {
    type Done = (ProjectId, PlannedTaskId);

    async fn write(&self, work: &mut Work<'_>) -> Result<Self::Done, ActionError> {
        let draft = Draft::open(work, self.version, self.expected_version).await?;
        let mut plan = draft.plan.clone();
        let mut task = match self.task {
            Some(id) => plan.task(id).cloned().ok_or_else(|| Refusal::not_found("taskId"))?,
            None => {
                if plan.tasks.len() >= caps::TASKS as usize {
                    let message = format!("has {} tasks, the maximum: delete one first", caps::TASKS);
                    return Err(Refusal::of(RefusalCode::InvalidState, "versionId", message).into());
                }
                let name = self.name.clone().ok_or_else(|| Refusal::missing("name", "is required to add a task"))?;
                new_task(&plan, name)
            }
        };
        self.apply(&mut task)?;
        let has = |id| plan.milestones.iter().any(|milestone| milestone.milestone_id == id);
        if self.milestone.flatten().is_some_and(|id| !has(id)) {
            let message = "is not a milestone of this draft: send `PlannedMilestone.milestoneId`, or add one with `milestoneSave`";
            return Err(Refusal::of(RefusalCode::NotFound, "milestoneId", message).into());
        }
        if let Some(dependencies) = self.dependencies()? {
            task.dependencies = dependencies;
        }
        if let Some(assignees) = self.assignees(work, &draft, &task.assignees).await? {
            task.assignees = assignees;
        }
        let id = task.task_id;
        match plan.task_mut(id) {
            Some(known) => *known = task,
            None => plan.tasks.push(task),
        }
        let size = size_of_notes(&plan);
        if size > PLAN_NOTES && size > size_of_notes(&draft.plan) {
            let message = format!(
                "would have notes of {size} bytes in total, of at most {PLAN_NOTES}: shorten notes, or attach them as files"
            );
            return Err(Refusal::of(RefusalCode::TooLong, "versionId", message).into());
        }
        draft.save(work, plan, json!({ "task": id })).await?;
        Ok((draft.version.project, planned_task_row(work.connection(), self.version, id).await?))
    }
}

/// Removes a task from a draft, with the dependencies of others on it. It leaves the published schedule when the draft is published.
#[derive(Debug, Clone, Copy)]
pub struct TaskDelete {
    /// The draft.
    pub version: ScheduleVersionId,
    /// The version of its plan that the caller has seen.
    pub expected_version: Option<i32>,
    /// The task.
    pub task: TaskId,
}

impl Action for TaskDelete {
    type Done = ScheduleVersionId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ScheduleVersionId, ActionError> {
        let draft = Draft::open(work, self.version, self.expected_version).await?;
        let mut plan = draft.plan.clone();
        if !plan.remove_task(self.task) {
            return Err(Refusal::not_found("taskId").into());
        }
        draft.save(work, plan, json!({ "taskDeleted": self.task })).await?;
        Ok(self.version)
    }
}
