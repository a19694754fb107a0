//! Why dates cannot be computed, in the words of the caller: tasks by their names.

use portico_core::id::TaskId;
use portico_core::refusal::RefusalCode;
use portico_core::schedule::{MAX_LAG_DAYS, MAX_WORK_DAYS, PlanError, SUPPORTED_DATES, VersionPlan};

use crate::Refusal;

/// Tasks of a cycle that a message names.
const MAX_NAMED: usize = 8;

/// The refusal of a plan whose dates cannot be computed.
pub(super) fn refused(plan: &VersionPlan, error: &PlanError) -> Refusal {
    let name = |id: TaskId| plan.task(id).map_or("?", |task| task.name.as_str());
    let dependencies = |code, message: String| Refusal::of(code, "dependencies", message);
    match error {
        PlanError::Cycle(tasks) if tasks.len() == 1 => {
            let names = tasks.iter().map(|id| name(*id)).collect::<String>();
            dependencies(
                RefusalCode::Invalid,
                format!("names `{names}` as its own predecessor: remove this dependency"),
            )
        }
        PlanError::Cycle(tasks) => {
            let named = |id: &TaskId| format!("`{}`", name(*id));
            let more = tasks.len().saturating_sub(MAX_NAMED);
            let rest = (more > 0).then(|| format!("{more} more tasks"));
            let names = tasks.iter().take(MAX_NAMED).map(named).chain(rest).chain(tasks.first().map(named));
            let cycle = names.collect::<Vec<_>>().join(", then ");
            let message = format!("would form a cycle: {cycle}; remove one of these dependencies");
            dependencies(RefusalCode::Invalid, message)
        }
        PlanError::UnknownPredecessor { task, .. } => {
            let message = format!(
                "names a predecessor of `{}` that is not a task of this draft: send `PlannedTask.taskId`, add the task first, or remove the dependency",
                name(*task)
            );
            dependencies(RefusalCode::NotFound, message)
        }
        PlanError::DuplicatePredecessor { task, predecessor } => {
            let message = format!("names `{}` twice for `{}`: keep one", name(*predecessor), name(*task));
            dependencies(RefusalCode::Invalid, message)
        }
        PlanError::LagOutOfRange { predecessor, .. } => {
            let message =
                format!("must have a lag after `{}` from -{MAX_LAG_DAYS} to {MAX_LAG_DAYS} days", name(*predecessor));
            dependencies(RefusalCode::Invalid, message)
        }
        PlanError::WorkDaysOutOfRange(_) => {
            Refusal::of(RefusalCode::Invalid, "workDays", format!("must be between 0 and {MAX_WORK_DAYS}"))
        }
        PlanError::DateOutOfRange(task) => Refusal::new(
            RefusalCode::Invalid,
            format!(
                "`{}` would not be between {} and {}: use an earlier start, or fewer days",
                name(*task),
                SUPPORTED_DATES.start(),
                SUPPORTED_DATES.end()
            ),
        ),
        PlanError::StartOutOfRange => Refusal::of(
            RefusalCode::Invalid,
            "startOn",
            format!("must be between {} and {}", SUPPORTED_DATES.start(), SUPPORTED_DATES.end()),
        ),
        PlanError::DuplicateTask(task) | PlanError::UnknownTask(task) => {
            Refusal::of(RefusalCode::Invalid, "taskId", format!("`{}` cannot be planned", name(*task)))
        }
    }
}
