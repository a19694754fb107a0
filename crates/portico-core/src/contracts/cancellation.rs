//! The period in which a client may cancel a contract, from dated data of the installation (MR-17).
//!
//! Which country gives how many days is law that changes, so it is data and not code. Each rule is valid from a date; the rules in force
//! on the day from which the contract counts decide.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Deserialize;

use crate::clock::date_in;
use crate::company::Weekday;
use crate::country::Country;
use crate::schedule::{CalendarError, CalendarException, DateOutOfRange, WorkCalendar};

text_enum! {
    /// Which days of a period count.
    pub enum CountedDays {
        /// Each day of the calendar.
        Calendar = "CALENDAR",
        /// Business days of the rule.
        Business = "BUSINESS",
    }
}

/// A rule about the period.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CancellationRule {
    /// The country of the project, ISO 3166-1 alpha-2.
    pub country: String,
    /// The state or province, as addresses spell it; none for the rest of the country.
    #[serde(default)]
    pub region: Option<String>,
    /// The first day of the rule.
    pub from: NaiveDate,
    /// The last day of the rule; none while it is in force.
    #[serde(default)]
    pub until: Option<NaiveDate>,
    /// Number of days after the day from which the contract counts; 0 if it cannot be cancelled.
    pub days: u16,
    /// Which days count.
    pub counted: CountedDays,
    /// Weekdays that are business days.
    pub business_weekdays: Vec<Weekday>,
    /// Whether a period of calendar days that would end on another day ends on the next business day.
    #[serde(default)]
    pub ends_on_business_day: bool,
    /// Days that are no business days, whatever their weekday.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
}

/// A day that is no business day.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The day.
    pub on: NaiveDate,
    /// Its name.
    pub name: String,
}

/// Why a rule is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CancellationRuleFault {
    /// Not a country.
    #[error("`{0}` is not an ISO 3166-1 alpha-2 country code: codes are like US")]
    Country(String),
    /// The last day is before the first.
    #[error("the rule ends on {until}, before it begins on {from}: correct its dates")]
    Dates {
        /// The first day.
        from: NaiveDate,
        /// The last day.
        until: NaiveDate,
    },
    /// No calendar of business days.
    #[error("business days of the rule: {0}")]
    Calendar(#[from] CalendarError),
}

impl CancellationRule {
    /// Checks the rule, when the installation's data is read.
    ///
    /// # Errors
    ///
    /// [`CancellationRuleFault`].
    pub fn check(&self) -> Result<(), CancellationRuleFault> {
        if !self.country.parse::<Country>().is_ok_and(|country| country.code() == self.country) {
            return Err(CancellationRuleFault::Country(self.country.clone()));
        }
        if let Some(until) = self.until.filter(|until| *until < self.from) {
            return Err(CancellationRuleFault::Dates { from: self.from, until });
        }
        self.calendar()?;
        Ok(())
    }

    fn calendar(&self) -> Result<WorkCalendar, CalendarError> {
        let weekdays: Vec<_> = self.business_weekdays.iter().map(|day| chrono::Weekday::from(*day)).collect();
        let off: Vec<_> =
            self.holidays.iter().map(|holiday| CalendarException { on: holiday.on, is_working: false }).collect();
        WorkCalendar::new(&weekdays, &off)
    }

    /// Whether it is in force in a place on a day.
    fn applies(&self, country: &str, region: &str, on: NaiveDate) -> bool {
        self.country == country
            && self.region.as_deref().is_none_or(|of| of.eq_ignore_ascii_case(region))
            && (self.from..=self.until.unwrap_or(NaiveDate::MAX)).contains(&on)
    }

    /// The last day of the period. The day from which the contract counts is not counted.
    fn last_day(&self, counts_on: NaiveDate) -> Result<NaiveDate, DateOutOfRange> {
        let calendar = self.calendar().map_err(|_| DateOutOfRange)?;
        let next = counts_on.checked_add_days(Days::new(1)).ok_or(DateOutOfRange)?;
        match self.counted {
            CountedDays::Business => calendar.plus(next, i32::from(self.days) - 1),
            CountedDays::Calendar => {
                let last = counts_on.checked_add_days(Days::new(self.days.into())).ok_or(DateOutOfRange)?;
                if self.ends_on_business_day { calendar.on_or_after(last) } else { Ok(last) }
            }
        }
    }
}

/// The last day on which a client may cancel a contract, to its end in the project's time zone; none if no rule is in force there, or if
/// the one in force gives no days. The rule of a region precedes that of its country, and a later one an earlier one.
///
/// `counts_from` is the time of the last signature (MR-23), of which `zone` gives the date. The rules have been checked.
///
/// # Errors
///
/// [`DateOutOfRange`].
pub fn last_day_to_cancel(
    rules: &[CancellationRule],
    (country, region): (&str, &str),
    zone: &str,
    counts_from: DateTime<Utc>,
) -> Result<Option<NaiveDate>, DateOutOfRange> {
    let on = date_in(zone, counts_from).ok_or(DateOutOfRange)?;
    let applying = rules.iter().filter(|rule| rule.applies(country, region, on));
    let rule = applying.max_by_key(|rule| (rule.region.is_some(), rule.from)).filter(|rule| rule.days > 0);
    rule.map(|rule| rule.last_day(on)).transpose()
}
