//! Dates of tasks, computed from their dependencies, and the critical path.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::DependencyKind;
use super::calendar::{DateOutOfRange, SUPPORTED_DATES, WorkCalendar};
use super::lag::{Lag, MAX_LAG_DAYS, Rule};
use super::order::sorted;
use crate::id::TaskId;

/// Most working days of a task, about 20 years.
pub const MAX_WORK_DAYS: i32 = 5_000;

/// A task whose dates are computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanTask {
    /// The task.
    pub id: TaskId,
    /// Work in working days, from 0 to [`MAX_WORK_DAYS`].
    pub work_days: i32,
    /// Start set by staff, whatever the dependencies allow; on a day off, the next working day.
    pub fixed_start_on: Option<NaiveDate>,
    /// Tasks on which it depends, at most once on each.
    pub dependencies: Vec<PlanDependency>,
}

/// A dependency of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanDependency {
    /// The task on which it depends.
    pub predecessor: TaskId,
    /// Ends of the two tasks that it links.
    pub kind: DependencyKind,
    /// Delay, or lead if negative.
    pub lag: Lag,
}

/// Computed dates of a task, of which clients see start and finish if the schedule is shared (SCH-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedDates {
    /// The task.
    pub id: TaskId,
    /// First day of work.
    pub start_on: NaiveDate,
    /// Last day of work; the start of a task with 0 working days.
    pub finish_on: NaiveDate,
    /// Total float: working days by which the start can slip without moving the plan's finish, and without making a
    /// fixed start of another task earlier than its dependencies allow. Negative if one is already, by these days.
    pub total_float_days: i32,
    /// Whether the task is on the critical path: it has no total float.
    pub is_critical: bool,
    /// Whether the fixed start is earlier than the dependencies allow. False without a fixed start.
    pub is_before_predecessors: bool,
}

/// Reason that dates cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Tasks that depend on each other, or a single one that depends on itself.
    ///
    /// Each is a predecessor of the next one, and the last of the first, which has the lowest id.
    #[error("tasks depend on each other in a cycle, or one on itself: remove one of the dependencies")]
    Cycle(Vec<TaskId>),
    /// A task is listed twice.
    #[error("a task is listed twice: keep one")]
    DuplicateTask(TaskId),
    /// No task of the plan has this id.
    #[error("the task is not part of the schedule")]
    UnknownTask(TaskId),
    /// A dependency on a task that is not part of the plan.
    #[error("the predecessor is not part of the schedule: add it or remove the dependency")]
    UnknownPredecessor {
        /// The task that depends on it.
        task: TaskId,
        /// The unknown task.
        predecessor: TaskId,
    },
    /// Two dependencies on the same task.
    #[error("the task depends twice on the same predecessor: keep one of the dependencies")]
    DuplicatePredecessor {
        /// The task with the dependencies.
        task: TaskId,
        /// The task on which both depend.
        predecessor: TaskId,
    },
    /// A lag or lead of more than [`MAX_LAG_DAYS`].
    #[error("a lag or lead has at most {MAX_LAG_DAYS} days: choose a fixed start instead")]
    LagOutOfRange {
        /// The task that depends on the predecessor.
        task: TaskId,
        /// The predecessor.
        predecessor: TaskId,
    },
    /// Fewer than 0 working days, or more than [`MAX_WORK_DAYS`].
    #[error("a task has 0 to {MAX_WORK_DAYS} working days: correct them or split the task")]
    WorkDaysOutOfRange(TaskId),
    /// A task would start or finish outside of [`SUPPORTED_DATES`](super::SUPPORTED_DATES).
    #[error("the dates of a task are not between {} and {}: choose other dates or fewer working days", SUPPORTED_DATES.start(), SUPPORTED_DATES.end())]
    DateOutOfRange(TaskId),
    /// The plan would start outside of [`SUPPORTED_DATES`](super::SUPPORTED_DATES).
    #[error("the start of the schedule is not between {} and {}: choose another date", SUPPORTED_DATES.start(), SUPPORTED_DATES.end())]
    StartOutOfRange,
}

/// Tasks with valid dependencies, whose dates can be computed (critical path method).
///
/// All tasks start as early as they can. Without predecessors that is the first working day on or after the plan's start. A
/// dependency with a lag of L days (MR-22), negative for a lead, requires:
///
/// | kind | lag in working days | lag in elapsed days |
/// |---|---|---|
/// | finish to start | start at least L working days after the first working day after the predecessor's finish | start after the date that is L days after the predecessor's finish |
/// | start to start | start at least L working days after the predecessor's start | start on or after the date that is L days after the predecessor's start |
/// | finish to finish | finish at least L working days after the predecessor's finish | finish on or after the date that is L days after the predecessor's finish |
/// | start to finish | finish at least L working days after the last working day before the predecessor's start | finish on or after the last working day before the date that is L days after the predecessor's start |
///
/// Thus with no lag a task starts on the next working day after its predecessor's finish, starts on the same day, finishes on
/// the same day, or finishes on the working day before its predecessor starts. All start and finish dates are working days.
///
/// A task with 0 working days takes no time: its start and its finish are both the beginning of its day, and dependencies on
/// either end are as those on a start. Thus what follows it can start on the same day, and with finish to finish it is on
/// the next working day after the finish of a predecessor with work.
///
/// No lead and no duration makes a task start before the plan does: before its start date, or the earliest fixed start
/// if that is earlier.
///
/// A fixed start applies even if the dependencies do not allow it ([`PlannedDates::is_before_predecessors`]). It ends the
/// total float of predecessors, which must not run into it. The task's own total float is the number of working days by
/// which its fixed start could be later.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    calendar: &'a WorkCalendar,
    /// Position of the plan's start.
    start: i64,
    tasks: Vec<Task>,
    index_of: HashMap<TaskId, usize>,
    /// Position of the fixed start of each task.
    fixed: Vec<Option<i64>>,
    /// Tasks after their predecessors.
    order: Vec<usize>,
}

#[derive(Debug, Clone)]
struct Task {
    id: TaskId,
    work_days: i64,
    links: Vec<Link>,
}

#[derive(Debug, Clone, Copy)]
struct Link {
    predecessor: usize,
    rule: Rule,
}

impl<'a> Plan<'a> {
    /// Checks tasks and sorts them by their dependencies.
    ///
    /// # Errors
    ///
    /// [`PlanError`]; of several faults, any one.
    pub fn new(calendar: &'a WorkCalendar, start_on: NaiveDate, tasks: &[PlanTask]) -> Result<Self, PlanError> {
        let start = calendar.position_on_or_after(start_on).map_err(|DateOutOfRange| PlanError::StartOutOfRange)?;
        let mut index_of = HashMap::with_capacity(tasks.len());
        for (index, task) in tasks.iter().enumerate() {
            if index_of.insert(task.id, index).is_some() {
                return Err(PlanError::DuplicateTask(task.id));
            }
            if !(0..=MAX_WORK_DAYS).contains(&task.work_days) {
                return Err(PlanError::WorkDaysOutOfRange(task.id));
            }
        }
        let predecessors = predecessors(tasks, &index_of)?;
        let order = sorted(&predecessors, |index| tasks[index].id)
            .map_err(|cycle| PlanError::Cycle(cycle.into_iter().map(|index| tasks[index].id).collect()))?;
        let fixed_start =
            |task: &PlanTask| task.fixed_start_on.map(|on| fixed_position(calendar, task.id, on)).transpose();
        Ok(Self {
            calendar,
            start,
            fixed: tasks.iter().map(fixed_start).collect::<Result<_, _>>()?,
            tasks: tasks.iter().zip(&predecessors).map(|(task, before)| linked(task, before, tasks)).collect(),
            index_of,
            order,
        })
    }

    /// Computes the dates of all tasks, in the order of the tasks.
    ///
    /// # Errors
    ///
    /// [`PlanError::DateOutOfRange`] with the first task of a chain that reaches the limit.
    pub fn dates(&self) -> Result<Vec<PlannedDates>, PlanError> {
        self.dates_with(&self.fixed)
    }

    /// Computes the dates of all tasks as if this task had this fixed start, so that a shift can be shown first.
    ///
    /// # Errors
    ///
    /// [`PlanError::UnknownTask`], and [`PlanError::DateOutOfRange`] with the first task of a chain that reaches the limit.
    pub fn dates_with_fixed_start(&self, task: TaskId, on: NaiveDate) -> Result<Vec<PlannedDates>, PlanError> {
        let index = *self.index_of.get(&task).ok_or(PlanError::UnknownTask(task))?;
        let mut fixed = self.fixed.clone();
        fixed[index] = Some(fixed_position(self.calendar, task, on)?);
        self.dates_with(&fixed)
    }

    fn dates_with(&self, fixed: &[Option<i64>]) -> Result<Vec<PlannedDates>, PlanError> {
        let forward = self.forward(fixed)?;
        let latest = self.latest_starts(fixed, &forward);
        let starts = forward.iter().zip(latest);
        self.tasks.iter().zip(starts).map(|(task, (early, latest))| self.planned(task, *early, latest)).collect()
    }

    /// Forward pass: the start of each task.
    fn forward(&self, fixed: &[Option<i64>]) -> Result<Vec<EarlyStart>, PlanError> {
        let plan_start = fixed.iter().flatten().fold(self.start, |start, fixed| start.min(*fixed));
        let mut early = vec![EarlyStart { start: self.start, is_before_predecessors: false }; self.tasks.len()];
        for &index in &self.order {
            let task = &self.tasks[index];
            let earliest = |link: &Link| link.rule.earliest_start(self.calendar, early[link.predecessor].start);
            let allowed = task.links.iter().map(earliest).max();
            let start = fixed[index].unwrap_or_else(|| allowed.map_or(self.start, |allowed| allowed.max(plan_start)));
            // Checked for each task, since a chain of many would leave the range of numbers as well.
            self.calendar
                .date_at(last_day(start, task))
                .map_err(|DateOutOfRange| PlanError::DateOutOfRange(task.id))?;
            let is_before_predecessors = allowed.is_some_and(|allowed| start < allowed);
            early[index] = EarlyStart { start, is_before_predecessors };
        }
        Ok(early)
    }

    /// Backward pass: the start of each task that its successors and the plan's finish allow at the latest.
    fn latest_starts(&self, fixed: &[Option<i64>], early: &[EarlyStart]) -> Vec<i64> {
        let finishes = self.tasks.iter().zip(early).map(|(task, early)| early.start + task.work_days);
        let plan_finish = finishes.max().unwrap_or(self.start);
        let mut latest: Vec<i64> = self.tasks.iter().map(|task| plan_finish - task.work_days).collect();
        for &index in self.order.iter().rev() {
            let start = fixed[index].unwrap_or(latest[index]);
            for link in &self.tasks[index].links {
                let allowed = link.rule.latest_predecessor_start(self.calendar, start);
                latest[link.predecessor] = latest[link.predecessor].min(allowed);
            }
        }
        latest
    }

    fn planned(&self, task: &Task, early: EarlyStart, latest: i64) -> Result<PlannedDates, PlanError> {
        let date =
            |position| self.calendar.date_at(position).map_err(|DateOutOfRange| PlanError::DateOutOfRange(task.id));
        // Negative float grows with each lag of a chain before a fixed start, and only millions of tasks exceed the range.
        let total_float_days = i32::try_from(latest - early.start).unwrap_or(i32::MIN);
        Ok(PlannedDates {
            id: task.id,
            start_on: date(early.start)?,
            finish_on: date(last_day(early.start, task))?,
            total_float_days,
            is_critical: total_float_days <= 0,
            is_before_predecessors: early.is_before_predecessors,
        })
    }
}

/// Result of the forward pass for a task.
#[derive(Debug, Clone, Copy)]
struct EarlyStart {
    start: i64,
    is_before_predecessors: bool,
}

/// Position of the task's last day of work.
fn last_day(start: i64, task: &Task) -> i64 {
    start + (task.work_days - 1).max(0)
}

fn fixed_position(calendar: &WorkCalendar, task: TaskId, on: NaiveDate) -> Result<i64, PlanError> {
    calendar.position_on_or_after(on).map_err(|DateOutOfRange| PlanError::DateOutOfRange(task))
}

/// Predecessors of each task as indices, in the order of its dependencies.
fn predecessors(tasks: &[PlanTask], index_of: &HashMap<TaskId, usize>) -> Result<Vec<Vec<usize>>, PlanError> {
    let mut last_successor = vec![None; tasks.len()];
    let mut predecessors = Vec::with_capacity(tasks.len());
    for (index, task) in tasks.iter().enumerate() {
        let mut before = Vec::with_capacity(task.dependencies.len());
        for &PlanDependency { predecessor, lag, .. } in &task.dependencies {
            let task = task.id;
            let found = *index_of.get(&predecessor).ok_or(PlanError::UnknownPredecessor { task, predecessor })?;
            if last_successor[found].replace(index) == Some(index) {
                return Err(PlanError::DuplicatePredecessor { task, predecessor });
            }
            if !(-MAX_LAG_DAYS..=MAX_LAG_DAYS).contains(&lag.days) {
                return Err(PlanError::LagOutOfRange { task, predecessor });
            }
            before.push(found);
        }
        predecessors.push(before);
    }
    Ok(predecessors)
}

fn linked(task: &PlanTask, predecessors: &[usize], tasks: &[PlanTask]) -> Task {
    let work_days = i64::from(task.work_days);
    let link = |(dependency, predecessor): (&PlanDependency, &usize)| {
        let rule = Rule::new(dependency.kind, dependency.lag, tasks[*predecessor].work_days.into(), work_days);
        Link { predecessor: *predecessor, rule }
    };
    Task { id: task.id, work_days, links: task.dependencies.iter().zip(predecessors).map(link).collect() }
}
