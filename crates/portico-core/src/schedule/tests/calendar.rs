use chrono::Days;

use super::*;

/// Memorial Day 2026 is Monday, 25 May.
fn memorial_day() -> WorkCalendar {
    calendar(&[day_off("2026-05-25")])
}

#[test]
fn days_off_are_skipped() {
    let calendar = memorial_day();
    assert_eq!(calendar.is_working(on("2026-05-22")), Ok(true));
    assert_eq!(calendar.is_working(on("2026-05-23")), Ok(false));
    assert_eq!(calendar.is_working(on("2026-05-25")), Ok(false));
    assert_eq!(calendar.on_or_after(on("2026-05-22")), Ok(on("2026-05-22")));
    assert_eq!(calendar.on_or_after(on("2026-05-23")), Ok(on("2026-05-26")));
    assert_eq!(calendar.on_or_before(on("2026-05-25")), Ok(on("2026-05-22")));
    assert_eq!(calendar.plus(on("2026-05-22"), 0), Ok(on("2026-05-22")));
    assert_eq!(calendar.plus(on("2026-05-22"), 1), Ok(on("2026-05-26")));
    assert_eq!(calendar.plus(on("2026-05-23"), 0), Ok(on("2026-05-26")));
    assert_eq!(calendar.plus(on("2026-05-23"), 1), Ok(on("2026-05-27")));
    assert_eq!(calendar.plus(on("2026-05-23"), -1), Ok(on("2026-05-22")));
}

#[test]
fn work_counts_working_days() {
    let calendar = memorial_day();
    for (start, work_days, finish) in [
        ("2026-05-21", 0, "2026-05-21"),
        ("2026-05-21", 1, "2026-05-21"),
        ("2026-05-21", 2, "2026-05-22"),
        ("2026-05-21", 3, "2026-05-26"),
        ("2026-05-21", 8, "2026-06-02"),
    ] {
        assert_eq!(calendar.finish_of(on(start), work_days), Ok(on(finish)), "{work_days}");
        assert_eq!(calendar.start_of(on(finish), work_days), Ok(on(start)), "{work_days}");
        assert_eq!(calendar.work_days_between(on(start), on(finish)), Ok(work_days.max(1)), "{work_days}");
    }
    assert_eq!(calendar.finish_of(on("2026-05-23"), 1), Ok(on("2026-05-26")), "starts on the next working day");
    assert_eq!(calendar.start_of(on("2026-05-25"), 2), Ok(on("2026-05-21")), "finishes on the previous working day");
    assert_eq!(calendar.work_days_between(on("2026-05-23"), on("2026-05-25")), Ok(0));
    assert_eq!(calendar.work_days_between(on("2026-05-26"), on("2026-05-21")), Ok(0));
}

#[test]
fn leap_day_is_a_day() {
    let calendar = calendar(&[]);
    assert_eq!(calendar.finish_of(on("2028-02-28"), 2), Ok(on("2028-02-29")));
    assert_eq!(calendar.finish_of(on("2028-02-28"), 3), Ok(on("2028-03-01")));
    assert_eq!(calendar.start_of(on("2028-03-01"), 2), Ok(on("2028-02-29")));
    assert_eq!(calendar.finish_of(on("2027-02-26"), 2), Ok(on("2027-03-01")), "without a leap day");
    assert_eq!(calendar.is_working(on("2100-03-01")), Ok(true), "2100 has none, so this is a Monday");
}

#[test]
fn daylight_saving_moves_nothing() {
    let calendar = calendar(&[]);
    // Weeks in which clocks change: in the United States, in Europe, and in New South Wales.
    for friday in ["2026-03-06", "2026-10-30", "2026-03-27", "2026-10-23", "2026-04-03", "2026-10-02"] {
        let monday = on(friday) + Days::new(3);
        assert_eq!(calendar.plus(on(friday), 1), Ok(monday));
        assert_eq!(calendar.plus(monday, -1), Ok(on(friday)));
        assert_eq!(calendar.work_days_between(on(friday), monday), Ok(2));
        assert_eq!(calendar.finish_of(on(friday), 6), Ok(on(friday) + Days::new(7)));
    }
}

#[test]
fn calendar_without_working_days_is_refused() {
    assert_eq!(WorkCalendar::new(&[], &[]), Err(CalendarError::NoWorkingDay));
    assert_eq!(WorkCalendar::new(&[], &[day_off("2026-05-25")]), Err(CalendarError::NoWorkingDay));
    // Exceptions alone: the years before the first one have no working day, and the remedy is a weekday.
    assert_eq!(WorkCalendar::new(&[], &[working("2026-05-23")]), Err(CalendarError::NoWorkingDay));
    // The same with a day of work each year, up to the last one.
    let first = on("2000-06-01");
    let yearly = |count: u64| -> Vec<_> {
        (0..count).map(|year| CalendarException { on: first + Days::new(year * 366), is_working: true }).collect()
    };
    assert!(WorkCalendar::new(&[], &yearly(200)).is_ok());
    assert_eq!(WorkCalendar::new(&[], &yearly(199)), Err(CalendarError::NoWorkingDay));
}

#[test]
fn year_of_holidays_is_refused() {
    // Only Mondays are worked, and each is off from the second one on: the last day of the run is a Sunday.
    let mondays_off = |count: u64| -> Vec<_> {
        let first = on("2026-06-08");
        (0..count).map(|week| CalendarException { on: first + Days::new(week * 7), is_working: false }).collect()
    };
    assert!(WorkCalendar::new(&[Weekday::Mon], &mondays_off(51)).is_ok(), "363 days");
    let from = on("2026-06-02");
    assert_eq!(
        WorkCalendar::new(&[Weekday::Mon], &mondays_off(52)).err(),
        Some(CalendarError::NoWorkingDayInYear { from }),
        "370 days, of which the first is the Tuesday after the last day of work"
    );

    let days_off = |count: u64| -> Vec<_> {
        let first = on("2027-05-03");
        (0..count).map(|day| CalendarException { on: first + Days::new(day), is_working: false }).collect()
    };
    let all = [MONDAY_TO_FRIDAY.as_slice(), &[Weekday::Sat, Weekday::Sun]].concat();
    let calendar = WorkCalendar::new(&all, &days_off(365)).expect("365 days off");
    assert_eq!(calendar.on_or_after(on("2027-05-03")), Ok(on("2028-05-02")));
    assert_eq!(
        WorkCalendar::new(&all, &days_off(366)),
        Err(CalendarError::NoWorkingDayInYear { from: on("2027-05-03") })
    );
}

#[test]
fn faulty_exceptions_are_refused() {
    let refused = |exceptions: &[CalendarException]| WorkCalendar::new(&MONDAY_TO_FRIDAY, exceptions).err();
    let twice = [day_off("2026-05-25"), day_off("2026-12-25"), working("2026-05-25")];
    assert_eq!(refused(&twice), Some(CalendarError::DuplicateException { on: on("2026-05-25") }));
    for outside in ["1999-12-31", "2200-01-01", "-262143-01-01", "+262142-12-31"] {
        assert_eq!(refused(&[day_off(outside)]), Some(CalendarError::ExceptionOutOfRange { on: on(outside) }));
    }
    let saturdays = |count: u64| -> Vec<_> {
        let first = on("2026-01-03");
        (0..count).map(|week| CalendarException { on: first + Days::new(week * 7), is_working: true }).collect()
    };
    assert_eq!(refused(&saturdays(1_000)), None);
    assert_eq!(refused(&saturdays(1_001)), Some(CalendarError::TooManyExceptions { count: 1_001 }));
}

#[test]
fn dates_out_of_range_are_refused() {
    let calendar = calendar(&[]);
    let (first, last) = (*SUPPORTED_DATES.start(), *SUPPORTED_DATES.end());
    for date in [NaiveDate::MIN, first - Days::new(1), last + Days::new(1), NaiveDate::MAX] {
        assert_eq!(calendar.is_working(date), Err(DateOutOfRange), "{date}");
        assert_eq!(calendar.on_or_after(date), Err(DateOutOfRange), "{date}");
        assert_eq!(calendar.on_or_before(date), Err(DateOutOfRange), "{date}");
        assert_eq!(calendar.plus(date, 0), Err(DateOutOfRange), "{date}");
        assert_eq!(calendar.finish_of(date, 1), Err(DateOutOfRange), "{date}");
        assert_eq!(calendar.start_of(date, 1), Err(DateOutOfRange), "{date}");
        assert_eq!(calendar.work_days_between(date, date), Err(DateOutOfRange), "{date}");
    }
    // 1 January 2000 is a Saturday, 31 December 2199 a Tuesday.
    assert_eq!(calendar.on_or_after(first), Ok(on("2000-01-03")));
    assert_eq!(calendar.on_or_before(first), Err(DateOutOfRange));
    assert_eq!(calendar.plus(on("2000-01-03"), -1), Err(DateOutOfRange));
    assert_eq!(calendar.plus(last, 0), Ok(last));
    assert_eq!(calendar.plus(last, 1), Err(DateOutOfRange));
    assert_eq!(calendar.finish_of(last, 1), Ok(last));
    for extreme in [i32::MIN, i32::MAX] {
        assert_eq!(calendar.plus(on("2026-05-22"), extreme), Err(DateOutOfRange));
    }
    assert_eq!(calendar.finish_of(on("2026-05-22"), i32::MAX), Err(DateOutOfRange));
    assert_eq!(calendar.start_of(on("2026-05-22"), i32::MAX), Err(DateOutOfRange));
    assert_eq!(calendar.finish_of(on("2026-05-22"), i32::MIN), Ok(on("2026-05-22")), "as with 0 working days");
    assert_eq!(calendar.work_days_between(first, last), Ok(52_177));
}
