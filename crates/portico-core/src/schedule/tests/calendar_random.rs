use fastrand::Rng;

use super::oracle::{days_later, random_calendar};
use super::*;

/// A date near the middle or one of the limits of the supported dates, and a calendar with exceptions around it.
fn each_calendar(seed: u64, mut check: impl FnMut(&mut Rng, NaiveDate, &WorkCalendar, &oracle::DayByDay)) {
    let mut rng = Rng::with_seed(seed);
    for round in 0..60 {
        let around = [on("2026-05-25"), on("2000-01-20"), on("2199-12-10"), on("2028-02-29")][round % 4];
        let (calendar, day_by_day) = random_calendar(&mut rng, around);
        check(&mut rng, around, &calendar, &day_by_day);
    }
}

fn near(rng: &mut Rng, around: NaiveDate) -> NaiveDate {
    days_later(around, rng.i64(-150..150)).clamp(*SUPPORTED_DATES.start(), *SUPPORTED_DATES.end())
}

#[test]
fn calendar_agrees_with_single_steps() {
    let (mut found, mut refused) = (0, 0);
    let mut agree = |found_date: Result<NaiveDate, DateOutOfRange>, expected: NaiveDate, what: &str| {
        if SUPPORTED_DATES.contains(&expected) {
            assert_eq!(found_date, Ok(expected), "{what}");
            found += 1;
        } else {
            assert_eq!(found_date, Err(DateOutOfRange), "{what}");
            refused += 1;
        }
    };
    each_calendar(16, |rng, around, calendar, day_by_day| {
        for _ in 0..60 {
            let (date, days) = (near(rng, around), rng.i32(0..60));
            let what = format!("{date} {days}");
            assert_eq!(calendar.is_working(date), Ok(day_by_day.is_working(date)), "{what}");
            agree(calendar.on_or_after(date), day_by_day.on_or_after(date), &what);
            agree(calendar.on_or_before(date), day_by_day.on_or_before(date), &what);
            agree(calendar.plus(date, days), day_by_day.plus(date, days), &what);
            agree(calendar.plus(date, -days), day_by_day.plus(date, -days), &what);
            agree(calendar.finish_of(date, days), day_by_day.finish_of(date, days), &what);
            agree(calendar.start_of(date, days), day_by_day.start_of(date, days), &what);
            let other = near(rng, around);
            let between = calendar.work_days_between(date, other).map(|days| usize::try_from(days).expect("0 or more"));
            assert_eq!(between, Ok(day_by_day.work_days_between(date, other)), "{what} {other}");
        }
    });
    assert!(found > 15_000 && refused > 100, "{found} {refused}");
}

#[test]
fn start_is_the_inverse_of_finish() {
    let mut checked = 0;
    each_calendar(17, |rng, around, calendar, _| {
        for _ in 0..100 {
            let (date, work_days) = (near(rng, around), rng.i32(0..400));
            let Ok(start) = calendar.on_or_after(date) else { continue };
            if let Ok(finish) = calendar.finish_of(start, work_days) {
                assert_eq!(calendar.start_of(finish, work_days), Ok(start), "{start} {work_days}");
                assert_eq!(calendar.work_days_between(start, finish), Ok(work_days.max(1)), "{start} {work_days}");
                checked += 1;
            }
            let Ok(finish) = calendar.on_or_before(date) else { continue };
            if let Ok(start) = calendar.start_of(finish, work_days) {
                assert_eq!(calendar.finish_of(start, work_days), Ok(finish), "{finish} {work_days}");
                checked += 1;
            }
            if let Ok(later) = calendar.plus(start, work_days) {
                assert_eq!(calendar.work_days_between(start, later), Ok(work_days + 1), "{start} {work_days}");
                assert_eq!(calendar.plus(later, -work_days), Ok(start), "{start} {work_days}");
                checked += 1;
            }
        }
    });
    assert!(checked > 8_000, "{checked}");
}

#[test]
fn later_start_never_finishes_earlier() {
    let mut checked = 0;
    each_calendar(18, |rng, around, calendar, _| {
        for _ in 0..100 {
            let (date, other, days) = (near(rng, around), near(rng, around), rng.i32(0..60));
            let (early, late) = (date.min(other), date.max(other));
            let more = days + rng.i32(0..10);
            for (first, second) in [
                (calendar.finish_of(early, days), calendar.finish_of(late, more)),
                (calendar.start_of(early, more), calendar.start_of(late, days)),
                (calendar.plus(early, days), calendar.plus(late, more)),
                (calendar.plus(early, -more), calendar.plus(late, -days)),
            ] {
                if let (Ok(first), Ok(second)) = (first, second) {
                    assert!(first <= second, "{early} {late} {days} {more}: {first} {second}");
                    checked += 1;
                }
            }
        }
    });
    assert!(checked > 12_000, "{checked}");
}
