use super::DependencyKind::{FinishToFinish, FinishToStart, StartToFinish, StartToStart};
use super::*;

/// Starts of tasks with 3 working days on dependencies of one kind upon a task from Wednesday to Friday, 22 May 2026; the Monday
/// after it is off.
fn start_after(kind: DependencyKind, lag: Lag) -> String {
    let calendar = calendar(&[day_off("2026-05-25")]);
    let tasks = [task(1, 3).fixed("2026-05-20"), task(2, 3).after(1, kind, lag)];
    let planned = planned(&calendar, "2026-04-01", &tasks);
    assert_eq!(planned[0].finish_on, on("2026-05-22"));
    assert_eq!(Ok(planned[1].finish_on), calendar.finish_of(planned[1].start_on, 3));
    assert!(!planned[1].is_before_predecessors);
    planned[1].start_on.to_string()
}

// MR-22: after a finish on Friday, with the Monday off.
#[test]
fn lags_count_working_or_elapsed_days() {
    assert_eq!(start_after(FinishToStart, Lag::elapsed(7)), "2026-06-01");
    assert_eq!(start_after(FinishToStart, Lag::working(7)), "2026-06-04");
    assert_eq!(start_after(FinishToStart, Lag::working(0)), "2026-05-26");
    assert_eq!(start_after(FinishToStart, Lag::elapsed(0)), "2026-05-26");
}

#[test]
fn each_kind_links_other_ends() {
    // The task starts on Wednesday the 20th and finishes on Friday the 22nd; so does what it depends on.
    for (kind, lag, start) in [
        (FinishToStart, Lag::working(1), "2026-05-27"),
        (FinishToStart, Lag::working(-1), "2026-05-22"),
        (FinishToStart, Lag::working(-3), "2026-05-20"),
        (FinishToStart, Lag::elapsed(3), "2026-05-26"),
        (FinishToStart, Lag::elapsed(4), "2026-05-27"),
        (FinishToStart, Lag::elapsed(-1), "2026-05-22"),
        (StartToStart, Lag::NONE, "2026-05-20"),
        (StartToStart, Lag::working(3), "2026-05-26"),
        (StartToStart, Lag::elapsed(3), "2026-05-26"),
        (StartToStart, Lag::elapsed(7), "2026-05-27"),
        // Finish on the 22nd, 26th, 21st, and on Tuesday, the first day of work from Saturday on.
        (FinishToFinish, Lag::NONE, "2026-05-20"),
        (FinishToFinish, Lag::working(1), "2026-05-21"),
        (FinishToFinish, Lag::working(-1), "2026-05-19"),
        (FinishToFinish, Lag::elapsed(1), "2026-05-21"),
        (FinishToFinish, Lag::elapsed(4), "2026-05-21"),
        (FinishToFinish, Lag::elapsed(5), "2026-05-22"),
        // Finish before the 20th, and on Friday before the Saturday that is 3 days later.
        (StartToFinish, Lag::working(3), "2026-05-20"),
        (StartToFinish, Lag::working(4), "2026-05-21"),
        (StartToFinish, Lag::elapsed(3), "2026-05-20"),
        (StartToFinish, Lag::elapsed(6), "2026-05-20"),
        (StartToFinish, Lag::elapsed(7), "2026-05-21"),
    ] {
        assert_eq!(start_after(kind, lag), start, "{kind} {lag:?}");
    }
    assert_eq!(start_after(StartToFinish, Lag::NONE), "2026-05-15", "work on Friday, Monday and Tuesday");
    assert_eq!(start_after(StartToFinish, Lag::elapsed(0)), "2026-05-15");
}

#[test]
fn first_tasks_start_with_the_plan() {
    let calendar = calendar(&[day_off("2026-05-25")]);
    let planned = planned(&calendar, "2026-05-23", &[task(1, 2), task(2, 0), task(3, 1).fixed("2026-05-30")]);
    let expected = [("2026-05-26", "2026-05-27"), ("2026-05-26", "2026-05-26"), ("2026-06-01", "2026-06-01")];
    assert_eq!(dates(&planned), expected.map(|(start, finish)| (start.to_owned(), finish.to_owned())));
    assert_eq!(dates(&super::planned(&calendar, "2026-05-23", &[])), []);
}

#[test]
fn task_without_work_takes_no_time() {
    let calendar = calendar(&[]);
    let tasks = [
        task(1, 5),
        task(2, 0).follows(1),
        task(3, 1).follows(2),
        task(4, 0).after(1, FinishToFinish, Lag::NONE),
        task(5, 2).after(2, FinishToFinish, Lag::NONE),
    ];
    let starts: Vec<_> = planned(&calendar, "2026-06-01", &tasks).iter().map(|dates| dates.start_on).collect();
    let monday = on("2026-06-08");
    assert_eq!(starts[1..4], [monday, monday, monday], "the Monday after the week of work");
    assert_eq!(starts[4], on("2026-06-04"), "so that the work is done when the Monday begins");
}

#[test]
fn plan_does_not_start_earlier_by_a_lead() {
    let calendar = calendar(&[]);
    let tasks = [
        task(1, 2),
        task(2, 9).after(1, FinishToFinish, Lag::NONE),
        task(3, 1).after(1, FinishToStart, Lag::working(-9)),
    ];
    let planned = planned(&calendar, "2026-06-01", &tasks);
    assert!(planned.iter().all(|dates| dates.start_on == on("2026-06-01")), "{planned:?}");
}

#[test]
fn what_follows_an_early_fixed_start_is_early() {
    let calendar = calendar(&[]);
    let tasks = [task(1, 2).fixed("2026-05-18"), task(2, 1).follows(1), task(3, 1)];
    let planned = planned(&calendar, "2026-06-01", &tasks);
    assert_eq!(planned[1].start_on, on("2026-05-20"));
    assert_eq!(planned[2].start_on, on("2026-06-01"));
}

#[test]
fn fixed_start_before_predecessors_is_marked() {
    let calendar = calendar(&[]);
    let plan = |fixed: &str| {
        planned(&calendar, "2026-06-01", &[task(1, 5), task(2, 2).follows(1).fixed(fixed), task(3, 1).follows(2)])
    };
    let late = plan("2026-06-10");
    assert_eq!(late[1].start_on, on("2026-06-10"));
    assert_eq!(late[2].start_on, on("2026-06-12"));
    assert_eq!(late.iter().map(|dates| dates.is_before_predecessors).collect::<Vec<_>>(), [false; 3]);
    assert_eq!(late.iter().map(|dates| dates.total_float_days).collect::<Vec<_>>(), [2, 0, 0]);

    let exact = plan("2026-06-06");
    assert_eq!(exact[1].start_on, on("2026-06-08"), "the Monday after a Saturday");
    assert!(!exact[1].is_before_predecessors);
    assert!(exact.iter().all(|dates| dates.is_critical && dates.total_float_days == 0));

    let early = plan("2026-06-04");
    assert_eq!(early[1].start_on, on("2026-06-04"), "a fixed start applies");
    assert_eq!(early.iter().map(|dates| dates.is_before_predecessors).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(early.iter().map(|dates| dates.total_float_days).collect::<Vec<_>>(), [-2, 0, 0]);
    assert!(early[0].is_critical);
}

#[test]
fn critical_path_has_no_float() {
    let calendar = calendar(&[day_off("2026-06-03")]);
    // Foundation, framing, and inspection in sequence; an order of trusses beside framing.
    let tasks = [
        task(1, 3),
        task(2, 5).follows(1),
        task(3, 1).follows(2).follows(4),
        task(4, 2).after(1, StartToStart, Lag::working(1)),
        task(5, 1),
    ];
    let planned = planned(&calendar, "2026-06-01", &tasks);
    assert_eq!(planned.iter().map(|dates| dates.total_float_days).collect::<Vec<_>>(), [0, 0, 0, 5, 8]);
    assert_eq!(planned.iter().map(|dates| dates.is_critical).collect::<Vec<_>>(), [true, true, true, false, false]);
    assert_eq!(planned[2].finish_on, on("2026-06-12"));
}

#[test]
fn shift_is_one_call() {
    let calendar = calendar(&[]);
    let tasks = [task(1, 2), task(2, 1).follows(1), task(3, 1)];
    let plan = Plan::new(&calendar, on("2026-06-01"), &tasks).expect("a valid plan");
    let before = plan.dates().expect("dates");
    let shifted = plan.dates_with_fixed_start(id(1), on("2026-06-04")).expect("dates");
    assert_eq!(shifted[1].start_on, on("2026-06-08"));
    assert_eq!(shifted[2].start_on, before[2].start_on);
    assert_eq!(plan.dates().expect("dates"), before, "the plan is as it was");

    let fixed = [tasks[0].clone().fixed("2026-06-04"), tasks[1].clone(), tasks[2].clone()];
    assert_eq!(planned(&calendar, "2026-06-01", &fixed), shifted);
    assert_eq!(plan.dates_with_fixed_start(id(9), on("2026-06-04")), Err(PlanError::UnknownTask(id(9))));
    assert_eq!(plan.dates_with_fixed_start(id(1), on("1999-12-31")), Err(PlanError::DateOutOfRange(id(1))));
}

#[test]
fn working_saturday_moves_what_follows_and_back() {
    let tasks = [task(1, 5), task(2, 3).follows(1), task(3, 1).after(2, FinishToStart, Lag::working(2))];
    let starts = |exceptions: &[CalendarException]| -> Vec<String> {
        let planned = planned(&calendar(exceptions), "2026-06-02", &tasks);
        planned.iter().map(|dates| dates.start_on.to_string()).collect()
    };
    let usual = ["2026-06-02", "2026-06-09", "2026-06-16"];
    assert_eq!(starts(&[]), usual);
    assert_eq!(starts(&[working("2026-06-06")]), ["2026-06-02", "2026-06-08", "2026-06-15"]);
    assert_eq!(starts(&[]), usual);
    assert_eq!(starts(&[day_off("2026-06-06")]), usual, "off in any case");
}

#[test]
fn leap_day_and_daylight_saving_are_plain_days() {
    let calendar = calendar(&[]);
    let tasks = [task(1, 1), task(2, 1).follows(1), task(3, 1).after(1, FinishToStart, Lag::elapsed(1))];
    let starts = |start: &str| {
        planned(&calendar, start, &tasks).iter().map(|dates| dates.start_on.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(starts("2028-02-28"), ["2028-02-28", "2028-02-29", "2028-03-01"]);
    assert_eq!(starts("2026-03-06"), ["2026-03-06", "2026-03-09", "2026-03-09"]);
    assert_eq!(starts("2026-10-30"), ["2026-10-30", "2026-11-02", "2026-11-02"]);
}

#[test]
fn long_chains_are_planned() {
    let calendar = calendar(&[]);
    let chain = |count: u128, work_days: i32| -> Vec<PlanTask> {
        (0..count).map(|at| if at == 0 { task(at, work_days) } else { task(at, work_days).follows(at - 1) }).collect()
    };
    let planned = planned(&calendar, "2000-01-03", &chain(2_000, 26));
    assert_eq!(Ok(planned[1_999].finish_on), calendar.finish_of(on("2000-01-03"), 52_000));
    assert!(planned.iter().all(|dates| dates.is_critical));

    let mut long = chain(100_000, 0);
    long[0].work_days = 5;
    let planned = super::planned(&calendar, "2026-06-01", &long);
    assert_eq!(planned[99_999].start_on, on("2026-06-08"));
    long[0] = long[0].clone().follows(99_999);
    let Err(PlanError::Cycle(cycle)) = Plan::new(&calendar, on("2026-06-01"), &long) else { panic!("it is a cycle") };
    assert_eq!(cycle, (0..100_000).map(id).collect::<Vec<_>>());
}
