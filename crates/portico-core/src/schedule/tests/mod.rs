//! Working days and planned dates: examples, and properties of random calendars and plans.

mod calendar;
mod calendar_random;
mod oracle;
mod plan;
mod plan_errors;
mod plan_random;

use chrono::{NaiveDate, Weekday};
use uuid::Uuid;

use super::*;
use crate::id::TaskId;

const MONDAY_TO_FRIDAY: [Weekday; 5] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];

fn on(date: &str) -> NaiveDate {
    date.parse().expect("a date")
}

fn day_off(date: &str) -> CalendarException {
    CalendarException { on: on(date), is_working: false }
}

fn working(date: &str) -> CalendarException {
    CalendarException { on: on(date), is_working: true }
}

/// A calendar of Monday to Friday with exceptions.
fn calendar(exceptions: &[CalendarException]) -> WorkCalendar {
    WorkCalendar::new(&MONDAY_TO_FRIDAY, exceptions).expect("it has working days")
}

fn id(number: u128) -> TaskId {
    TaskId(Uuid::from_u128(number))
}

fn task(number: u128, work_days: i32) -> PlanTask {
    PlanTask { id: id(number), work_days, fixed_start_on: None, dependencies: Vec::new() }
}

impl PlanTask {
    fn fixed(mut self, date: &str) -> Self {
        self.fixed_start_on = Some(on(date));
        self
    }

    fn after(mut self, predecessor: u128, kind: DependencyKind, lag: Lag) -> Self {
        self.dependencies.push(PlanDependency { predecessor: id(predecessor), kind, lag });
        self
    }

    /// Finish to start without a lag.
    fn follows(self, predecessor: u128) -> Self {
        self.after(predecessor, DependencyKind::FinishToStart, Lag::NONE)
    }
}

fn planned(calendar: &WorkCalendar, start_on: &str, tasks: &[PlanTask]) -> Vec<PlannedDates> {
    let plan = Plan::new(calendar, on(start_on), tasks).expect("a valid plan");
    plan.dates().expect("dates within the range")
}

/// Start and finish of each task.
fn dates(planned: &[PlannedDates]) -> Vec<(String, String)> {
    planned.iter().map(|dates| (dates.start_on.to_string(), dates.finish_on.to_string())).collect()
}
