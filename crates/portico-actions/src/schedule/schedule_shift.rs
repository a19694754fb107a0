//! Moves a task of a draft, and what hangs on it.

use chrono::NaiveDate;
use portico_core::id::{ScheduleVersionId, TaskId};
use portico_core::refusal::RefusalCode;
use portico_core::schedule::{DateOutOfRange, VersionTask};
use serde_json::json;

use super::draft::{Draft, calendar_of};
use super::milestone_save::check_date;
use crate::{Action, ActionError, Refusal, Work};

/// Maximum number of working days by which a task is moved at once.
const MAX_SHIFT_DAYS: i32 = 1_000;

/// Moves a task of a draft to another start, which is then fixed, and all tasks that wait for it.
#[derive(Debug, Clone, Copy)]
pub struct ScheduleShift {
    /// The draft.
    pub version: ScheduleVersionId,
    /// The version of its plan that the caller has seen.
    pub expected_version: i32,
    /// The task.
    pub task: TaskId,
    /// Working days by which it starts later, or earlier if negative. Either this or `start_on`.
    pub days: Option<i32>,
    /// Its new start.
    pub start_on: Option<NaiveDate>,
    /// Whether to return what would move, without moving it.
    pub is_dry_run: bool,
}

/// What a shift moves.
#[derive(Debug, Clone, PartialEq)]
pub struct ShiftedSchedule {
    /// The draft.
    pub version: ScheduleVersionId,
    /// Tasks whose dates differ, and those that now start before their dependencies allow, or no longer do, in the order of the
    /// version.
    pub moved: Vec<(VersionTask, VersionTask)>,
}

impl Action for ScheduleShift {
    type Done = ShiftedSchedule;

    async fn write(&self, work: &mut Work<'_>) -> Result<ShiftedSchedule, ActionError> {
        let draft = Draft::open(work, self.version, Some(self.expected_version)).await?;
        let start = draft.plan.task(self.task).ok_or_else(|| Refusal::not_found("taskId"))?.start_on;
        let calendar = calendar_of(work, &draft.staff).await?;
        let new_start = match (self.days, self.start_on) {
            (Some(days), None) => {
                if !(-MAX_SHIFT_DAYS..=MAX_SHIFT_DAYS).contains(&days) {
                    let message = format!("must be between -{MAX_SHIFT_DAYS} and {MAX_SHIFT_DAYS}, not {days}");
                    return Err(Refusal::of(RefusalCode::Invalid, "days", message).into());
                }
                let message = "would move the task to a date that no schedule can have: use fewer days";
                let refused = |DateOutOfRange| Refusal::of(RefusalCode::Invalid, "days", message);
                calendar.plus(start, days).map_err(refused)?
            }
            (None, Some(start_on)) => start_on,
            _ => {
                let message = "give exactly one of `days` and `startOn`";
                return Err(Refusal::new(RefusalCode::Invalid, message).into());
            }
        };
        check_date("startOn", Some(new_start))?;
        let mut plan = draft.plan.clone();
        if let Some(task) = plan.task_mut(self.task) {
            task.fixed_start_on = Some(new_start);
        }
        draft.reschedule(work, &mut plan).await?;
        let both = draft.plan.tasks.iter().cloned().zip(plan.tasks.iter().cloned());
        let dates = |task: &VersionTask| (task.start_on, task.finish_on, task.is_too_early);
        let has_moved = |(old, new): &(VersionTask, VersionTask)| dates(old) != dates(new);
        let moved = both.filter(has_moved).collect();
        if !self.is_dry_run {
            draft.save(work, plan, json!({ "shifted": self.task })).await?;
        }
        Ok(ShiftedSchedule { version: self.version, moved })
    }
}
