use super::DependencyKind::{FinishToStart, StartToStart};
use super::*;

fn refused(tasks: &[PlanTask]) -> PlanError {
    let calendar = calendar(&[]);
    match Plan::new(&calendar, on("2026-06-01"), tasks).and_then(|plan| plan.dates()) {
        Ok(dates) => panic!("{dates:?}"),
        Err(error) => error,
    }
}

#[test]
fn cycle_names_its_tasks_in_order() {
    // 4 follows the cycle and 5 leads into it: neither is part of it.
    let tasks = [
        task(4, 1).follows(3),
        task(1, 1).follows(3).follows(5),
        task(2, 1).after(1, StartToStart, Lag::NONE),
        task(3, 1).follows(2),
        task(5, 1),
    ];
    assert_eq!(refused(&tasks), PlanError::Cycle(vec![id(1), id(2), id(3)]));
    assert_eq!(refused(&[task(7, 1), task(8, 1).follows(8)]), PlanError::Cycle(vec![id(8)]));
    assert_eq!(
        refused(&[task(1, 1).follows(2).fixed("2026-06-01"), task(2, 1).follows(1)]),
        PlanError::Cycle(vec![id(1), id(2)]),
        "a fixed start does not break a cycle"
    );
}

#[test]
fn faulty_dependencies_are_refused() {
    let predecessor = id(1);
    assert_eq!(refused(&[task(2, 1).follows(1)]), PlanError::UnknownPredecessor { task: id(2), predecessor });
    let twice = task(2, 1).follows(1).after(1, StartToStart, Lag::NONE);
    assert_eq!(refused(&[task(1, 1), twice]), PlanError::DuplicatePredecessor { task: id(2), predecessor });
    assert_eq!(refused(&[task(1, 1), task(2, 1), task(1, 2)]), PlanError::DuplicateTask(id(1)));
    for days in [366, -366, i32::MIN, i32::MAX] {
        for lag in [Lag::working(days), Lag::elapsed(days)] {
            let tasks = [task(1, 1), task(2, 1).after(1, FinishToStart, lag)];
            assert_eq!(refused(&tasks), PlanError::LagOutOfRange { task: id(2), predecessor }, "{lag:?}");
        }
    }
    for lag in [Lag::working(365), Lag::elapsed(-365)] {
        let tasks = [task(1, 1), task(2, 1).after(1, FinishToStart, lag)];
        assert_eq!(planned(&calendar(&[]), "2026-06-01", &tasks).len(), 2);
    }
}

#[test]
fn work_days_are_limited() {
    for work_days in [-1, 5_001, i32::MIN, i32::MAX] {
        assert_eq!(refused(&[task(1, 1), task(2, work_days)]), PlanError::WorkDaysOutOfRange(id(2)));
    }
    assert_eq!(planned(&calendar(&[]), "2026-06-01", &[task(1, 5_000)])[0].finish_on, on("2045-07-28"));
}

#[test]
fn dates_beyond_the_range_name_the_task() {
    assert_eq!(refused(&[task(1, 1), task(2, 2).fixed("2199-12-31")]), PlanError::DateOutOfRange(id(2)));
    assert_eq!(refused(&[task(1, 1).fixed("2200-01-01")]), PlanError::DateOutOfRange(id(1)));
    let chain = [task(3, 0).follows(2), task(2, 1).follows(1), task(1, 1).fixed("2199-12-31")];
    assert_eq!(refused(&chain), PlanError::DateOutOfRange(id(2)), "not what depends on it");
    let long: Vec<_> =
        (1..=100_000).map(|at| if at == 1 { task(1, 5_000) } else { task(at, 5_000).follows(at - 1) }).collect();
    assert_eq!(refused(&long), PlanError::DateOutOfRange(id(10)), "45,000 days of work fit from 2026 on, and no more");

    let calendar = calendar(&[day_off("2199-12-31"), day_off("2199-12-30")]);
    for start in ["1999-12-31", "2200-01-01", "2199-12-30"] {
        assert_eq!(Plan::new(&calendar, on(start), &[]).err(), Some(PlanError::StartOutOfRange), "{start}");
    }
    let first = planned(&calendar, "2000-01-01", &[task(1, 1), task(2, 1).after(1, FinishToStart, Lag::elapsed(-365))]);
    assert!(first.iter().all(|dates| dates.start_on == on("2000-01-03")));
}
