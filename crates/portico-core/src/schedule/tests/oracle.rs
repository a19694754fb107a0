//! The rules of calendars and dependencies, day by day and without arithmetic of positions.

use std::collections::HashMap;

use chrono::{Datelike, TimeDelta};
use fastrand::Rng;

use super::*;

/// A calendar that looks at one day after the other. All days outside of the supported ones are working days.
pub(super) struct DayByDay {
    weekdays: Vec<Weekday>,
    exceptions: HashMap<NaiveDate, bool>,
}

pub(super) fn days_later(date: NaiveDate, days: i64) -> NaiveDate {
    date + TimeDelta::days(days)
}

/// A random calendar around a date, with some long runs of days off.
pub(super) fn random_calendar(rng: &mut Rng, around: NaiveDate) -> (WorkCalendar, DayByDay) {
    let all = [MONDAY_TO_FRIDAY.as_slice(), &[Weekday::Sat, Weekday::Sun]].concat();
    let mut weekdays: Vec<Weekday> = all.into_iter().filter(|_| rng.u8(0..10) < 7).collect();
    if weekdays.is_empty() {
        weekdays.push(Weekday::Wed);
    }
    let mut exceptions = HashMap::new();
    for _ in 0..rng.usize(0..40) {
        exceptions.insert(days_later(around, rng.i64(-120..120)), rng.u8(0..3) == 0);
    }
    if rng.bool() {
        let first = days_later(around, rng.i64(-90..90));
        exceptions.extend((0..rng.i64(5..40)).map(|day| (days_later(first, day), false)));
    }
    exceptions.retain(|on, _| SUPPORTED_DATES.contains(on));
    let list: Vec<_> = exceptions.iter().map(|(&on, &is_working)| CalendarException { on, is_working }).collect();
    (WorkCalendar::new(&weekdays, &list).expect("it has working days"), DayByDay { weekdays, exceptions })
}

impl DayByDay {
    pub(super) fn is_working(&self, date: NaiveDate) -> bool {
        let by_weekday = !SUPPORTED_DATES.contains(&date) || self.weekdays.contains(&date.weekday());
        self.exceptions.get(&date).copied().unwrap_or(by_weekday)
    }

    /// The first working day from the date on, a day forward or back at a time.
    fn search(&self, mut date: NaiveDate, step: i64) -> NaiveDate {
        while !self.is_working(date) {
            date = days_later(date, step);
        }
        date
    }

    pub(super) fn on_or_after(&self, date: NaiveDate) -> NaiveDate {
        self.search(date, 1)
    }

    pub(super) fn on_or_before(&self, date: NaiveDate) -> NaiveDate {
        self.search(date, -1)
    }

    pub(super) fn before(&self, date: NaiveDate) -> NaiveDate {
        self.on_or_before(days_later(date, -1))
    }

    pub(super) fn plus(&self, date: NaiveDate, working_days: i32) -> NaiveDate {
        let step = i64::from(working_days.signum());
        let mut date = self.on_or_after(date);
        for _ in 0..working_days.abs() {
            date = self.search(days_later(date, step), step);
        }
        date
    }

    pub(super) fn finish_of(&self, start: NaiveDate, work_days: i32) -> NaiveDate {
        self.plus(start, work_days.max(1) - 1)
    }

    pub(super) fn start_of(&self, finish: NaiveDate, work_days: i32) -> NaiveDate {
        self.plus(self.on_or_before(finish), 1 - work_days.max(1))
    }

    pub(super) fn work_days_between(&self, start: NaiveDate, finish: NaiveDate) -> usize {
        start.iter_days().take_while(|date| *date <= finish).filter(|date| self.is_working(*date)).count()
    }

    /// Whether the dates of a task satisfy a dependency, as the table at [`Plan`] says.
    pub(super) fn allows(&self, dependency: &PlanDependency, predecessor: &Work, task: &Work) -> bool {
        let PlanDependency { kind, lag, .. } = *dependency;
        let is_elapsed = lag.unit == LagUnit::ElapsedDays;
        let later = |date| days_later(date, lag.days.into());
        let from_finish = matches!(kind, DependencyKind::FinishToStart | DependencyKind::FinishToFinish);
        let to_finish = matches!(kind, DependencyKind::FinishToFinish | DependencyKind::StartToFinish);
        // The finish of a task with 0 working days is the beginning of its day, as its start.
        match (from_finish && predecessor.work_days > 0, to_finish && task.work_days > 0) {
            (true, false) if is_elapsed => task.start > later(predecessor.finish),
            (true, false) => task.start >= self.plus(days_later(predecessor.finish, 1), lag.days),
            (false, false) if is_elapsed => task.start >= later(predecessor.start),
            (false, false) => task.start >= self.plus(predecessor.start, lag.days),
            (true, true) if is_elapsed => task.finish >= later(predecessor.finish),
            (true, true) => task.finish >= self.plus(predecessor.finish, lag.days),
            (false, true) if is_elapsed => task.finish >= self.before(later(predecessor.start)),
            (false, true) => task.finish >= self.plus(self.before(predecessor.start), lag.days),
        }
    }
}

/// Dates of a task.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work {
    pub(super) start: NaiveDate,
    pub(super) finish: NaiveDate,
    pub(super) work_days: i32,
}
