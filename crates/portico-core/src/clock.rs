//! The time of a request, and how long results that depend on it are valid.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Days, DurationRound, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

const QUARTER: TimeDelta = TimeDelta::minutes(15);

/// How long a result that depends on the time is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Validity {
    /// At the instant of the request only.
    Now,
    /// Until this instant.
    Until(DateTime<Utc>),
    /// Until its rows change.
    Always,
}

/// The clock of a request. It stands still while the request runs, and records which times the request has read: the
/// response cache asks [`Clock::validity`] how long the response may be kept.
#[derive(Debug)]
pub struct Clock {
    now: DateTime<Utc>,
    validity: Mutex<Validity>,
}

impl Clock {
    /// A clock at the server's time.
    #[expect(clippy::disallowed_methods, reason = "the one place in which a request takes the time")]
    pub fn of_server() -> Self {
        Self::at(Utc::now())
    }

    /// A clock at a given time.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { now, validity: Mutex::new(Validity::Always) }
    }

    /// The current instant. A result that depends on it is valid at no other.
    pub fn now(&self) -> DateTime<Utc> {
        self.shorten(Validity::Now);
        self.now
    }

    /// The current instant, for writes: does not shorten the validity.
    pub const fn moment(&self) -> DateTime<Utc> {
        self.now
    }

    /// The date in an IANA time zone; none for an unknown zone. A result that depends on it is valid until midnight
    /// there.
    pub fn today(&self, zone: &str) -> Option<NaiveDate> {
        let zone: Tz = zone.parse().ok()?;
        let today = self.now.with_timezone(&zone).date_naive();
        self.shorten(Validity::Until(start_of(today + Days::new(1), zone)));
        Some(today)
    }

    /// The quarter of an hour after the next one, at which links to files expire: at 10:07, half past ten. A result that has
    /// it is valid until the next quarter, so a stored one never has a link of less than 15 minutes.
    pub fn after_next_quarter(&self) -> DateTime<Utc> {
        let next = self.now.duration_trunc(QUARTER).unwrap_or(self.now) + QUARTER;
        self.shorten(Validity::Until(next));
        next + QUARTER
    }

    /// Whether a result of this validity is still valid.
    pub fn is_within(&self, validity: Validity) -> bool {
        match validity {
            Validity::Always => true,
            Validity::Until(end) => self.now < end,
            Validity::Now => false,
        }
    }

    /// The validity of all results so far.
    pub fn validity(&self) -> Validity {
        *self.validity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shorten(&self, to: Validity) {
        let mut validity = self.validity.lock().unwrap_or_else(PoisonError::into_inner);
        *validity = to.min(*validity);
    }
}

/// The date in an IANA time zone at an instant; none for an unknown zone.
pub fn date_in(zone: &str, at: DateTime<Utc>) -> Option<NaiveDate> {
    Some(at.with_timezone(&zone.parse::<Tz>().ok()?).date_naive())
}

/// The first instant of a day, which is one o'clock where summer time begins at midnight.
fn start_of(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let first = (0..4).find_map(|hours| zone.from_local_datetime(&(midnight + TimeDelta::hours(hours))).earliest());
    first.map_or_else(|| midnight.and_utc(), |first| first.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Clock {
        Clock::at(text.parse().expect("a time"))
    }

    #[test]
    fn date_lasts_until_local_midnight() {
        let clock = at("2026-11-22T04:30:00Z");
        assert_eq!(clock.validity(), Validity::Always);
        assert_eq!(clock.today("America/Denver"), NaiveDate::from_ymd_opt(2026, 11, 21));
        let midnight = Validity::Until("2026-11-22T07:00:00Z".parse().expect("a time"));
        assert_eq!(clock.validity(), midnight);
        assert_eq!(clock.today("Pacific/Auckland"), NaiveDate::from_ymd_opt(2026, 11, 22));
        assert_eq!(clock.validity(), midnight, "the shorter one counts");
        assert!(at("2026-11-22T06:59:59Z").is_within(midnight));
        assert!(!at("2026-11-22T07:00:00Z").is_within(midnight));
    }

    #[test]
    fn links_expire_15_to_30_minutes_later() {
        for (now, until, expires) in [
            ("10:00:00", "10:15:00", "10:30:00"),
            ("10:07:00", "10:15:00", "10:30:00"),
            ("10:14:59.999", "10:15:00", "10:30:00"),
            ("10:15:00", "10:30:00", "10:45:00"),
            ("23:40:00", "23:45:00", "24:00:00"),
        ] {
            let time = |text: &str| match text.strip_prefix("24") {
                Some(rest) => format!("2026-11-23T00{rest}Z").parse().expect("a time"),
                None => format!("2026-11-22T{text}Z").parse::<DateTime<Utc>>().expect("a time"),
            };
            let clock = Clock::at(time(now));
            assert_eq!(clock.after_next_quarter(), time(expires), "{now}");
            assert_eq!(clock.validity(), Validity::Until(time(until)), "{now}");
            assert!(time(expires) - time(until) == QUARTER, "a stored link has 15 minutes left");
        }
    }

    #[test]
    fn instant_validity_ends_at_once() {
        let clock = at("2026-11-22T04:30:00Z");
        clock.now();
        clock.today("UTC");
        assert_eq!(clock.validity(), Validity::Now);
        assert!(!clock.is_within(Validity::Now));
    }

    #[test]
    fn day_without_midnight_starts_late() {
        // In Beirut the clocks went from midnight to one o'clock on 29 March 2026.
        let clock = at("2026-03-28T12:00:00Z");
        clock.today("Asia/Beirut");
        assert_eq!(clock.validity(), Validity::Until("2026-03-28T22:00:00Z".parse().expect("a time")));
        assert_eq!(clock.today("Mars/Olympus"), None);
    }
}
