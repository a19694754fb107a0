//! Changes a company's work calendar.

use chrono::NaiveDate;
use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::company::Weekday;
use portico_core::id::CompanyId;
use portico_core::limits::caps;
use portico_core::refusal::RefusalCode;
use portico_core::schedule::{CalendarError, MAX_EXCEPTIONS};
use portico_store::company::{WorkCalendarException, WorkCalendarState, change_work_calendar, lock_work_calendar};
use serde_json::json;

use crate::schedule::reschedule_drafts;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

const _: () = assert!(caps::CALENDAR_EXCEPTIONS as usize == MAX_EXCEPTIONS, "a list has what a calendar can have");

/// Replaces a company's working days and exceptions. `None` keeps the current value.
///
/// The calendar moves the dates of all projects, so it is a setting of the company and not part of editing one schedule.
#[derive(Debug, Clone)]
pub struct WorkCalendarUpdate {
    /// The version that was read.
    pub expected_version: i32,
    /// Working weekdays.
    pub working_days: Option<Vec<Weekday>>,
    /// All exceptions.
    pub exceptions: Option<Vec<WorkCalendarException>>,
}

impl WorkCalendarUpdate {
    /// The state that follows from the current one.
    fn applied_to(&self, current: &WorkCalendarState) -> Result<WorkCalendarState, ActionError> {
        let mut next = current.clone();
        if let Some(given) = &self.working_days {
            next.working_days = Weekday::ALL.iter().copied().filter(|day| given.contains(day)).collect();
        }
        if let Some(given) = &self.exceptions {
            next.exceptions = check::all(given.iter().enumerate().map(|(number, one)| named(number, one)))?;
        }
        next.calendar().map_err(|error| refusal(error, &next.exceptions))?;
        Ok(next)
    }
}

/// An exception with its name checked.
fn named(number: usize, given: &WorkCalendarException) -> Result<WorkCalendarException, Refusal> {
    let name = given.name.as_deref();
    let name = name.map(|name| check::text(&format!("exceptions.{number}.name"), name, check::NAME)).transpose()?;
    Ok(WorkCalendarException { name, ..given.clone() })
}

fn refusal(error: CalendarError, exceptions: &[WorkCalendarException]) -> Refusal {
    // Of two for the same date, the second.
    let path = |on: NaiveDate| match exceptions.iter().rposition(|one| one.falls_on == on) {
        Some(number) => format!("exceptions.{number}.date"),
        None => "exceptions".to_owned(),
    };
    let (code, member) = match &error {
        CalendarError::NoWorkingDay => (RefusalCode::Invalid, "workingDays".to_owned()),
        CalendarError::NoWorkingDayInYear { .. } => (RefusalCode::Invalid, "exceptions".to_owned()),
        CalendarError::TooManyExceptions { .. } => (RefusalCode::TooLong, "exceptions".to_owned()),
        CalendarError::DuplicateException { on } | CalendarError::ExceptionOutOfRange { on } => {
            (RefusalCode::Invalid, path(*on))
        }
    };
    Refusal::of(code, &member, error.to_string())
}

impl Action for WorkCalendarUpdate {
    type Done = CompanyId;

    async fn write(&self, work: &mut Work<'_>) -> Result<CompanyId, ActionError> {
        let staff = work.staff(Permission::SettingsManage).await?;
        let current = lock_work_calendar(work.connection(), staff.company).await?;
        if current.version != self.expected_version {
            return Err(Refusal::outdated(current.version).into());
        }
        let next = self.applied_to(&current)?;
        let changed = change_work_calendar(work.connection(), staff.company, &current, &next).await?;
        let details = json!({ "workingDays": next.working_days, "exceptions": next.exceptions.len() });
        if !changed.is_empty() {
            reschedule_drafts(work, &staff).await?;
        }
        let event = ActivityEvent::new(ActivityKind::WorkCalendarChanged).in_company(staff.company);
        work.record_changes(event.to(SubjectKind::Company, staff.company).with(details), &changed).await?;
        Ok(staff.company)
    }
}
