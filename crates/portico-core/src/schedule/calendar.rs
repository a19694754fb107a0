//! Working days: weekdays of work, with exceptions by date.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Dates that a schedule can have: its calendar knows which of them are working days.
pub const SUPPORTED_DATES: RangeInclusive<NaiveDate> = FIRST..=LAST;
/// Most exceptions of a calendar.
pub const MAX_EXCEPTIONS: usize = 1_000;

const FIRST: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("a date");
const LAST: NaiveDate = NaiveDate::from_ymd_opt(2199, 12, 31).expect("a date");
/// Consecutive days off that are refused: a year, also a leap year.
const YEAR_OFF: i64 = 366;

/// A date whose weekday does not say whether it is a working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarException {
    /// The date.
    pub on: NaiveDate,
    /// Whether it is a working day, such as a Saturday that makes up for a storm; else a day off, such as a holiday.
    pub is_working: bool,
}

/// The date, or the result, is not within [`SUPPORTED_DATES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("dates of schedules are from {FIRST} to {LAST}: choose one of these")]
pub struct DateOutOfRange;

/// Reason that a calendar is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// No weekday is a working day, and the exceptions leave a year without one.
    #[error("the calendar has no working day: choose at least one weekday")]
    NoWorkingDay,
    /// All days of a year are off.
    #[error("the calendar has no working day in the {YEAR_OFF} days from {from}: remove some of the days off")]
    NoWorkingDayInYear {
        /// First of the days off, which may be a weekend before the first holiday.
        from: NaiveDate,
    },
    /// More than [`MAX_EXCEPTIONS`].
    #[error("the calendar has {count} exceptions, and at most {MAX_EXCEPTIONS} are possible: remove those in the past")]
    TooManyExceptions {
        /// Number of exceptions.
        count: usize,
    },
    /// Two exceptions for the same date.
    #[error("{on} is listed twice: keep one of the two exceptions")]
    DuplicateException {
        /// The date.
        on: NaiveDate,
    },
    /// An exception that is not within [`SUPPORTED_DATES`].
    #[error("{on} is not between {FIRST} and {LAST}: remove this exception")]
    ExceptionOutOfRange {
        /// The date.
        on: NaiveDate,
    },
}

/// Working days of a company.
///
/// There is one at least every 366 days, so that each search for a working day ends nearby. Dates are plain days, without
/// times: a change to daylight saving time moves nothing.
///
/// Each function returns [`DateOutOfRange`] if a date that it takes, or would return, is not within [`SUPPORTED_DATES`].
#[derive(Clone, PartialEq, Eq)]
pub struct WorkCalendar {
    /// Working days as numbers of days since [`FIRST`], ascending.
    working: Vec<i64>,
}

impl std::fmt::Debug for WorkCalendar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WorkCalendar({} working days)", self.working.len())
    }
}

impl WorkCalendar {
    /// Makes a calendar of the weekdays of work and its exceptions, in any order. A weekday may repeat.
    ///
    /// # Errors
    ///
    /// [`CalendarError`]; of several faults, any one.
    pub fn new(weekdays: &[Weekday], exceptions: &[CalendarException]) -> Result<Self, CalendarError> {
        if exceptions.len() > MAX_EXCEPTIONS {
            return Err(CalendarError::TooManyExceptions { count: exceptions.len() });
        }
        let mut by_day = BTreeMap::new();
        for &CalendarException { on, is_working } in exceptions {
            let day = day_of(on).map_err(|DateOutOfRange| CalendarError::ExceptionOutOfRange { on })?;
            if by_day.insert(day, is_working).is_some() {
                return Err(CalendarError::DuplicateException { on });
            }
        }
        let mut is_workday = [false; 7];
        for weekday in weekdays {
            is_workday[weekday.days_since(FIRST.weekday()) as usize] = true;
        }
        let mut exceptions = by_day.into_iter().peekable();
        let by_weekday = (0..days()).zip(is_workday.iter().cycle());
        let is_working = by_weekday.map(|(day, by_weekday)| {
            let exception = exceptions.next_if(|(on, _)| *on == day);
            (day, exception.map_or(*by_weekday, |(_, is_working)| is_working))
        });
        let working: Vec<i64> = is_working.filter_map(|(day, is_working)| is_working.then_some(day)).collect();
        if working.is_empty() {
            return Err(CalendarError::NoWorkingDay);
        }
        if let Some(from) = year_off(&working) {
            if weekdays.is_empty() {
                return Err(CalendarError::NoWorkingDay);
            }
            return Err(CalendarError::NoWorkingDayInYear { from: date_of(from).unwrap_or(FIRST) });
        }
        Ok(Self { working })
    }

    /// Whether the date is a working day.
    ///
    /// # Errors
    ///
    /// [`DateOutOfRange`].
    pub fn is_working(&self, date: NaiveDate) -> Result<bool, DateOutOfRange> {
        let day = day_of(date)?;
        Ok(self.working.binary_search(&day).is_ok())
    }

    /// The date if it is a working day, else the next one.
    ///
    /// # Errors
    ///
    /// [`DateOutOfRange`].
    pub fn on_or_after(&self, date: NaiveDate) -> Result<NaiveDate, DateOutOfRange> {
        self.date_at(self.position(day_of(date)?))
    }

    /// The date if it is a working day, else the previous one.
    ///
    /// # Errors
    ///
    /// [`DateOutOfRange`].
    pub fn on_or_before(&self, date: NaiveDate) -> Result<NaiveDate, DateOutOfRange> {
        self.date_at(self.position(day_of(date)? + 1) - 1)
    }

    /// Counts working days forward, or back if negative, from the first one on or after the date.
    ///
    /// One working day after a Saturday off is Tuesday, none is Monday, and one back is Friday.
    ///
    /// # Errors
    ///
    /// [`DateOutOfRange`].
    pub fn plus(&self, date: NaiveDate, working_days: i32) -> Result<NaiveDate, DateOutOfRange> {
        self.date_at(self.position(day_of(date)?) + i64::from(working_days))
    }

    /// Last day of work that begins on the first working day on or after `start`: with 1 working day the same day, also
    /// with 0 or fewer.
    ///
    /// # Errors
    ///
    /// [`DateOutOfRange`].
    pub fn finish_of(&self, start: NaiveDate, work_days: i32) -> Result<NaiveDate, DateOutOfRange> {
        self.date_at(self.position(day_of(start)?) + i64::from(work_days.max(1)) - 1)
    }

    /// First day of work that ends on the last working day on or before `finish`: the inverse of
    /// [`finish_of`](Self::finish_of).
    ///
    /// # Errors
    ///
    /// [`DateOutOfRange`].
    pub fn start_of(&self, finish: NaiveDate, work_days: i32) -> Result<NaiveDate, DateOutOfRange> {
        self.date_at(self.position(day_of(finish)? + 1) - i64::from(work_days.max(1)))
    }

    /// Number of working days from `start` to `finish`, both included. 0 if `finish` is before `start`.
    ///
    /// # Errors
    ///
    /// [`DateOutOfRange`].
    pub fn work_days_between(&self, start: NaiveDate, finish: NaiveDate) -> Result<i32, DateOutOfRange> {
        let days = self.position(day_of(finish)? + 1) - self.position(day_of(start)?);
        Ok(i32::try_from(days.max(0)).unwrap_or(i32::MAX))
    }

    /// Number of working days before the day: the position of the first working day on or after it.
    ///
    /// Days outside of [`SUPPORTED_DATES`] count as working, so that the arithmetic of positions has no limits.
    pub(super) fn position(&self, day: i64) -> i64 {
        if day < 0 {
            day
        } else if day >= days() {
            self.count() + day - days()
        } else {
            length(self.working.partition_point(|working| *working < day))
        }
    }

    /// The working day at a position, as the number of days since the first supported date.
    pub(super) fn day_at(&self, position: i64) -> i64 {
        let past = position - self.count();
        if past >= 0 {
            return days() + past;
        }
        usize::try_from(position).map_or(position, |position| self.working[position])
    }

    /// The working day at a position.
    pub(super) fn date_at(&self, position: i64) -> Result<NaiveDate, DateOutOfRange> {
        date_of(self.day_at(position))
    }

    /// Position of the first working day on or after the date.
    pub(super) fn position_on_or_after(&self, date: NaiveDate) -> Result<i64, DateOutOfRange> {
        let position = self.position(day_of(date)?);
        if position < self.count() { Ok(position) } else { Err(DateOutOfRange) }
    }

    fn count(&self) -> i64 {
        length(self.working.len())
    }
}

/// Number of supported dates.
const fn days() -> i64 {
    LAST.signed_duration_since(FIRST).num_days() + 1
}

fn length(count: usize) -> i64 {
    i64::try_from(count).expect("no more than the supported dates")
}

/// Number of days since the first supported date.
fn day_of(date: NaiveDate) -> Result<i64, DateOutOfRange> {
    if SUPPORTED_DATES.contains(&date) { Ok(date.signed_duration_since(FIRST).num_days()) } else { Err(DateOutOfRange) }
}

fn date_of(day: i64) -> Result<NaiveDate, DateOutOfRange> {
    let date = u64::try_from(day).ok().and_then(|day| FIRST.checked_add_days(Days::new(day)));
    date.filter(|date| SUPPORTED_DATES.contains(date)).ok_or(DateOutOfRange)
}

/// First day of the first year without a working day.
fn year_off(working: &[i64]) -> Option<i64> {
    let ends = working.iter().copied().chain([days()]);
    let starts = [0].into_iter().chain(working.iter().map(|day| day + 1));
    starts.zip(ends).find(|(from, to)| to - from >= YEAR_OFF).map(|(from, _)| from)
}
