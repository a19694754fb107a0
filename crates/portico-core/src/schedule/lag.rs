//! Dependencies with a lag, as arithmetic of working days.
//!
//! A position is a point in working time: position 5 is the beginning of the sixth working day of the calendar, and at once
//! the end of the fifth. A task with 3 working days that starts at position 5 finishes at position 8.

use super::calendar::WorkCalendar;
use super::{DependencyKind, LagUnit};

/// Longest lag or lead of a dependency, in days of either unit.
pub const MAX_LAG_DAYS: i32 = 365;

/// Delay of a dependency (MR-22); negative for a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lag {
    /// Days of the unit, from -365 to 365.
    pub days: i32,
    /// Which days count. Without effect if there are none.
    pub unit: LagUnit,
}

impl Lag {
    /// No delay.
    pub const NONE: Self = Self::working(0);

    /// A lag in working days.
    pub const fn working(days: i32) -> Self {
        Self { days, unit: LagUnit::WorkingDays }
    }

    /// A lag in elapsed days.
    pub const fn elapsed(days: i32) -> Self {
        Self { days, unit: LagUnit::ElapsedDays }
    }
}

/// What a dependency requires of two tasks with known working days. Its rules are those of [`Plan`](super::Plan).
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    predecessor: End,
    task: End,
    lag: i64,
    unit: LagUnit,
}

/// The end of a task that a dependency links.
#[derive(Debug, Clone, Copy)]
enum End {
    /// The beginning of the first day; also that of the only day of a task with 0 working days, which takes no time.
    Start,
    /// The end of the last day, after this number of working days.
    FinishAfter(i64),
}

impl End {
    fn finish_after(work_days: i64) -> Self {
        if work_days > 0 { Self::FinishAfter(work_days) } else { Self::Start }
    }

    /// Working days since the task's start.
    fn work_days(self) -> i64 {
        match self {
            Self::Start => 0,
            Self::FinishAfter(work_days) => work_days,
        }
    }
}

impl Rule {
    pub(super) fn new(kind: DependencyKind, lag: Lag, predecessor_work_days: i64, task_work_days: i64) -> Self {
        let finish = (End::finish_after(predecessor_work_days), End::finish_after(task_work_days));
        let (predecessor, task) = match kind {
            DependencyKind::FinishToStart => (finish.0, End::Start),
            DependencyKind::StartToStart => (End::Start, End::Start),
            DependencyKind::FinishToFinish => finish,
            DependencyKind::StartToFinish => (End::Start, finish.1),
        };
        Self { predecessor, task, lag: i64::from(lag.days), unit: lag.unit }
    }

    /// Earliest position at which the task may start.
    pub(super) fn earliest_start(&self, calendar: &WorkCalendar, predecessor_start: i64) -> i64 {
        let from = predecessor_start + self.predecessor.work_days();
        let to = match (self.unit, self.predecessor, self.task) {
            (LagUnit::WorkingDays, ..) => from + self.lag,
            (LagUnit::ElapsedDays, End::Start, _) => calendar.position(calendar.day_at(from) + self.lag),
            (LagUnit::ElapsedDays, End::FinishAfter(_), End::Start) => {
                calendar.position(calendar.day_at(from - 1) + self.lag + 1)
            }
            (LagUnit::ElapsedDays, End::FinishAfter(_), End::FinishAfter(_)) => {
                calendar.position(calendar.day_at(from - 1) + self.lag) + 1
            }
        };
        to - self.task.work_days()
    }

    /// Latest position at which the predecessor may start if the task starts at `start`: the latest one whose
    /// [`earliest_start`](Self::earliest_start) is not after `start`.
    pub(super) fn latest_predecessor_start(&self, calendar: &WorkCalendar, start: i64) -> i64 {
        let to = start + self.task.work_days();
        let from = match (self.unit, self.predecessor, self.task) {
            (LagUnit::WorkingDays, ..) => to - self.lag,
            (LagUnit::ElapsedDays, End::Start, _) => calendar.position(calendar.day_at(to) - self.lag + 1) - 1,
            (LagUnit::ElapsedDays, End::FinishAfter(_), End::Start) => {
                calendar.position(calendar.day_at(to) - self.lag)
            }
            (LagUnit::ElapsedDays, End::FinishAfter(_), End::FinishAfter(_)) => {
                calendar.position(calendar.day_at(to - 1) - self.lag + 1)
            }
        };
        from - self.predecessor.work_days()
    }
}
