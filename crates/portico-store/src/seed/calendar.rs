//! Days as numbers, counted from the day on which a seeded world stands still.

use chrono::{Days, NaiveDate};

use super::copy::Moment;

/// The day that is today in every seeded world: a clock would make two worlds of one seed differ.
const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 1, 1).expect("there is such a day");

/// The day so many days after today, or before it.
pub(super) fn day(offset: i32) -> NaiveDate {
    let days = Days::new(offset.unsigned_abs().into());
    let day = if offset < 0 { TODAY.checked_sub_days(days) } else { TODAY.checked_add_days(days) };
    // Offsets are of a few years, and the calendar is of many thousands.
    day.unwrap_or(TODAY)
}

/// A moment of that day, within working hours on the Pacific coast.
pub(super) fn moment(offset: i32) -> Moment {
    let minute = 16 * 60 + u16::try_from(offset.unsigned_abs() % 480).unwrap_or_default();
    Moment { day: day(offset), minute }
}
