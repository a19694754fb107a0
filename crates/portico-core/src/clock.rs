//! The time of a request: one moment for all of it, and how long what was said of it holds.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// How long an answer that has asked for the time holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Validity {
    /// For no moment but the one in which it was given.
    Now,
    /// Until this moment.
    Until(DateTime<Utc>),
    /// As long as nothing else changes.
    Always,
}

/// The clock that a request goes by. It stands still while the request runs, and notes what it was asked for: whoever keeps
/// the answer asks [`Clock::validity`] for how long.
#[derive(Debug)]
pub struct Clock {
    now: DateTime<Utc>,
    validity: Mutex<Validity>,
}

impl Clock {
    /// A clock that shows the server's time.
    #[expect(clippy::disallowed_methods, reason = "the one place in which a request takes the time")]
    pub fn of_server() -> Self {
        Self::at(Utc::now())
    }

    /// A clock that shows this time.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { now, validity: Mutex::new(Validity::Always) }
    }

    /// The moment. What depends on it holds for no other.
    pub fn now(&self) -> DateTime<Utc> {
        self.shorten(Validity::Now);
        self.now
    }

    /// The moment, for what is written and not for what is answered.
    pub const fn moment(&self) -> DateTime<Utc> {
        self.now
    }

    /// The date in a time zone, an IANA name. What depends on it holds until midnight there. None for an unknown zone.
    pub fn today(&self, zone: &str) -> Option<NaiveDate> {
        let zone: Tz = zone.parse().ok()?;
        let today = self.now.with_timezone(&zone).date_naive();
        self.shorten(Validity::Until(start_of(today + Days::new(1), zone)));
        Some(today)
    }

    /// Whether something that holds so long still holds.
    pub fn is_within(&self, validity: Validity) -> bool {
        match validity {
            Validity::Always => true,
            Validity::Until(end) => self.now < end,
            Validity::Now => false,
        }
    }

    /// How long all that was said so far holds.
    pub fn validity(&self) -> Validity {
        *self.validity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shorten(&self, to: Validity) {
        let mut validity = self.validity.lock().unwrap_or_else(PoisonError::into_inner);
        *validity = to.min(*validity);
    }
}

/// The first moment of a day; where summer time begins at midnight, that is one o'clock.
fn start_of(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let first =
        (0..4).find_map(|hours| zone.from_local_datetime(&(midnight + chrono::TimeDelta::hours(hours))).earliest());
    first.map_or_else(|| midnight.and_utc(), |first| first.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Clock {
        Clock::at(text.parse().expect("a moment"))
    }

    #[test]
    fn a_date_holds_until_midnight_where_it_is_meant() {
        let clock = at("2026-11-22T04:30:00Z");
        assert_eq!(clock.validity(), Validity::Always);
        assert_eq!(clock.today("America/Denver"), NaiveDate::from_ymd_opt(2026, 11, 21));
        let midnight = Validity::Until("2026-11-22T07:00:00Z".parse().expect("a moment"));
        assert_eq!(clock.validity(), midnight);
        assert_eq!(clock.today("Pacific/Auckland"), NaiveDate::from_ymd_opt(2026, 11, 22));
        assert_eq!(clock.validity(), midnight, "the shorter one counts");
        assert!(at("2026-11-22T06:59:59Z").is_within(midnight));
        assert!(!at("2026-11-22T07:00:00Z").is_within(midnight));
    }

    #[test]
    fn the_moment_itself_holds_for_no_other() {
        let clock = at("2026-11-22T04:30:00Z");
        clock.now();
        clock.today("UTC");
        assert_eq!(clock.validity(), Validity::Now);
        assert!(!clock.is_within(Validity::Now));
    }

    #[test]
    fn a_day_without_a_midnight_begins_when_it_begins() {
        // In Beirut the clocks went from midnight to one o'clock on 29 March 2026.
        let clock = at("2026-03-28T12:00:00Z");
        clock.today("Asia/Beirut");
        assert_eq!(clock.validity(), Validity::Until("2026-03-28T22:00:00Z".parse().expect("a moment")));
        assert_eq!(clock.today("Mars/Olympus"), None);
    }
}
