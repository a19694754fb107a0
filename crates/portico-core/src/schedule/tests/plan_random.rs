use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;

use super::lag::Rule;
use super::oracle::{DayByDay, Work, days_later, random_calendar};
use super::*;

struct Case {
    calendar: WorkCalendar,
    day_by_day: DayByDay,
    start_on: NaiveDate,
    tasks: Vec<PlanTask>,
}

fn random_lag(rng: &mut Rng) -> Lag {
    let days = if rng.bool() { 0 } else { rng.i32(-12..16) };
    if rng.bool() { Lag::working(days) } else { Lag::elapsed(days) }
}

/// Tasks with dependencies on earlier ones, in random order.
fn random_tasks(rng: &mut Rng, around: NaiveDate) -> Vec<PlanTask> {
    let count = rng.u128(1..24);
    let fixed = rng.u8(0..4);
    let mut tasks: Vec<PlanTask> = Vec::new();
    for number in 0..count {
        let mut added = task(number, if rng.u8(0..5) == 0 { 0 } else { rng.i32(1..12) });
        if rng.u8(0..10) < fixed {
            added.fixed_start_on = Some(days_later(around, rng.i64(-30..60)));
        }
        let mut others: Vec<u128> = (0..number).collect();
        rng.shuffle(&mut others);
        others.truncate(rng.usize(0..4));
        for other in others {
            added = added.after(other, DependencyKind::ALL[rng.usize(0..4)], random_lag(rng));
        }
        tasks.push(added);
    }
    rng.shuffle(&mut tasks);
    tasks
}

fn each_case(seed: u64, mut check: impl FnMut(&mut Rng, &Case)) {
    let mut rng = Rng::with_seed(seed);
    for _ in 0..30 {
        let around = on("2026-05-25");
        let (calendar, day_by_day) = random_calendar(&mut rng, around);
        let mut case = Case { calendar, day_by_day, start_on: around, tasks: Vec::new() };
        for _ in 0..10 {
            case.start_on = days_later(around, rng.i64(-20..20));
            case.tasks = random_tasks(&mut rng, around);
            check(&mut rng, &case);
        }
    }
}

impl Case {
    fn planned(&self) -> BTreeMap<TaskId, PlannedDates> {
        by_id(Plan::new(&self.calendar, self.start_on, &self.tasks).and_then(|plan| plan.dates()))
    }

    fn work(&self, task: &PlanTask, start: NaiveDate) -> Work {
        Work { start, finish: self.day_by_day.finish_of(start, task.work_days), work_days: task.work_days }
    }

    /// Predecessors whose dependency a start of the task violates.
    fn violated(
        &self,
        planned: &BTreeMap<TaskId, PlannedDates>,
        task: &PlanTask,
        start: NaiveDate,
    ) -> BTreeSet<TaskId> {
        let is_violated = |dependency: &&PlanDependency| {
            let predecessor = self.tasks.iter().find(|task| task.id == dependency.predecessor).expect("a task");
            let before = self.work(predecessor, planned[&predecessor.id].start_on);
            !self.day_by_day.allows(dependency, &before, &self.work(task, start))
        };
        task.dependencies.iter().filter(is_violated).map(|dependency| dependency.predecessor).collect()
    }

    fn all_violated(&self, planned: &BTreeMap<TaskId, PlannedDates>) -> BTreeSet<(TaskId, TaskId)> {
        let of = |task: &PlanTask| {
            let violated = self.violated(planned, task, planned[&task.id].start_on);
            violated.into_iter().map(move |predecessor| (task.id, predecessor)).collect::<Vec<_>>()
        };
        self.tasks.iter().flat_map(of).collect()
    }
}

fn by_id(dates: Result<Vec<PlannedDates>, PlanError>) -> BTreeMap<TaskId, PlannedDates> {
    dates.expect("a valid plan").into_iter().map(|dates| (dates.id, dates)).collect()
}

fn plan_finish(planned: &BTreeMap<TaskId, PlannedDates>, case: &Case) -> NaiveDate {
    // A task without work finishes at the beginning of its day, that is with the working day before it.
    let finish = |task: &PlanTask| match task.work_days {
        0 => case.day_by_day.before(planned[&task.id].start_on),
        _ => planned[&task.id].finish_on,
    };
    case.tasks.iter().map(finish).max().expect("a task")
}

#[test]
fn plans_satisfy_dependencies_and_start_early() {
    let (mut conflicts, mut linked, mut first) = (0, 0, 0);
    each_case(21, |_, case| {
        let planned = case.planned();
        let fixed = case.tasks.iter().filter_map(|task| task.fixed_start_on).map(|on| case.day_by_day.on_or_after(on));
        let start = case.day_by_day.on_or_after(case.start_on);
        let earliest = fixed.fold(start, NaiveDate::min);
        for task in &case.tasks {
            let dates = planned[&task.id];
            assert!(
                case.day_by_day.is_working(dates.start_on) && case.day_by_day.is_working(dates.finish_on),
                "{dates:?}"
            );
            assert_eq!(dates.finish_on, case.day_by_day.finish_of(dates.start_on, task.work_days), "{dates:?}");
            let violated = case.violated(&planned, task, dates.start_on);
            assert_eq!(dates.is_before_predecessors, !violated.is_empty(), "{task:?} {dates:?} {violated:?}");
            assert_eq!(dates.is_critical, dates.total_float_days <= 0, "{dates:?}");
            if let Some(on) = task.fixed_start_on {
                assert_eq!(dates.start_on, case.day_by_day.on_or_after(on), "{task:?}");
                conflicts += violated.len();
            } else if task.dependencies.is_empty() {
                assert_eq!(dates.start_on, start, "{task:?}");
                first += 1;
            } else {
                assert_eq!(violated.len(), 0, "{task:?} {dates:?}");
                let earlier = case.day_by_day.before(dates.start_on);
                let could = earlier >= earliest && case.violated(&planned, task, earlier).is_empty();
                assert!(!could, "{task:?} could start on {earlier}, not {dates:?}");
                linked += 1;
            }
        }
    });
    assert!(conflicts > 100 && linked > 1_000 && first > 500, "{conflicts} {linked} {first}");
}

#[test]
fn order_of_tasks_does_not_matter() {
    each_case(22, |rng, case| {
        let mut tasks = case.tasks.clone();
        rng.shuffle(&mut tasks);
        for task in &mut tasks {
            rng.shuffle(&mut task.dependencies);
        }
        let plan = Plan::new(&case.calendar, case.start_on, &tasks).expect("a valid plan");
        let dates = plan.dates().expect("dates");
        assert!(dates.iter().map(|dates| dates.id).eq(tasks.iter().map(|task| task.id)));
        assert_eq!(by_id(Ok(dates)), case.planned());
    });
}

#[test]
fn later_start_or_larger_lag_is_never_earlier() {
    let mut moved = 0;
    each_case(23, |rng, case| {
        let planned = case.planned();
        let mut tasks = case.tasks.clone();
        let mut start_on = case.start_on;
        let with_dependencies: Vec<usize> = (0..tasks.len()).filter(|at| !tasks[*at].dependencies.is_empty()).collect();
        match rng.choice(&with_dependencies) {
            Some(at) if rng.bool() => {
                let of_task = tasks[*at].dependencies.len();
                tasks[*at].dependencies[rng.usize(0..of_task)].lag.days += rng.i32(1..9);
            }
            _ => start_on = days_later(start_on, rng.i64(1..30)),
        }
        let later = by_id(Plan::new(&case.calendar, start_on, &tasks).and_then(|plan| plan.dates()));
        for (id, dates) in &planned {
            assert!(later[id].start_on >= dates.start_on && later[id].finish_on >= dates.finish_on, "{dates:?}");
            moved += usize::from(later[id].start_on > dates.start_on);
        }
    });
    assert!(moved > 500, "{moved}");
}

#[test]
fn float_is_how_far_a_task_can_slip() {
    let (mut critical, mut floating) = (0, 0);
    each_case(24, |rng, case| {
        let plan = Plan::new(&case.calendar, case.start_on, &case.tasks).expect("a valid plan");
        let planned = case.planned();
        let (finish, violated) = (plan_finish(&planned, case), case.all_violated(&planned));
        let task = &case.tasks[rng.usize(0..case.tasks.len())];
        let dates = planned[&task.id];
        if dates.total_float_days < 0 {
            return;
        }
        let slipped = |working_days| {
            let on = case.calendar.plus(dates.start_on, working_days).expect("a date");
            let slipped = by_id(plan.dates_with_fixed_start(task.id, on));
            // Where a fixed start was too early for its predecessors, it still is for those of another task.
            let more: Vec<_> =
                case.all_violated(&slipped).difference(&violated).filter(|(of, _)| *of != task.id).copied().collect();
            (plan_finish(&slipped, case), more)
        };
        assert_eq!(slipped(dates.total_float_days), (finish, vec![]), "{dates:?}");
        let (later, more) = slipped(dates.total_float_days + 1);
        assert!(later > finish || !more.is_empty(), "{dates:?}");
        critical += usize::from(dates.is_critical);
        floating += usize::from(dates.total_float_days > 0);
    });
    assert!(critical > 30 && floating > 100, "{critical} {floating}");
}

#[test]
fn latest_start_reverses_the_earliest_one() {
    let mut rng = Rng::with_seed(25);
    for around in ["2026-05-25", "2000-01-10", "2199-12-20", "2028-02-29"].map(on).repeat(5) {
        let (calendar, _) = random_calendar(&mut rng, around);
        let middle = calendar.position_on_or_after(around).expect("a working day");
        for _ in 0..200 {
            let kind = DependencyKind::ALL[rng.usize(0..4)];
            let lag = random_lag(&mut rng);
            let rule = Rule::new(kind, lag, rng.i64(0..4), rng.i64(0..4));
            let start = middle + rng.i64(-60..60);
            let latest = rule.latest_predecessor_start(&calendar, start);
            assert!(rule.earliest_start(&calendar, latest) <= start, "{rule:?} {start}");
            assert!(rule.earliest_start(&calendar, latest + 1) > start, "{rule:?} {start}");
        }
    }
}

#[test]
fn planted_cycles_are_found() {
    let mut lengths = BTreeSet::new();
    each_case(26, |rng, case| {
        let mut tasks = case.tasks.clone();
        let mut through: Vec<usize> = (0..tasks.len()).collect();
        rng.shuffle(&mut through);
        through.truncate(rng.usize(1..8));
        for (at, index) in through.iter().enumerate() {
            let predecessor = tasks[through[(at + 1) % through.len()]].id;
            let task = &mut tasks[*index];
            if task.dependencies.iter().all(|dependency| dependency.predecessor != predecessor) {
                task.dependencies.push(PlanDependency {
                    predecessor,
                    kind: DependencyKind::StartToStart,
                    lag: Lag::NONE,
                });
            }
        }
        let found = Plan::new(&case.calendar, case.start_on, &tasks).err();
        let Some(PlanError::Cycle(cycle)) = &found else { panic!("{found:?}") };
        assert_eq!(cycle.iter().collect::<BTreeSet<_>>().len(), cycle.len(), "no task twice: {cycle:?}");
        assert_eq!(cycle.iter().min(), cycle.first());
        for (at, id) in cycle.iter().enumerate() {
            let next = tasks.iter().find(|task| task.id == cycle[(at + 1) % cycle.len()]).expect("a task");
            assert!(next.dependencies.iter().any(|dependency| dependency.predecessor == *id), "{cycle:?} {next:?}");
        }
        lengths.insert(cycle.len());
        rng.shuffle(&mut tasks);
        assert_eq!(Plan::new(&case.calendar, case.start_on, &tasks).err(), found);
    });
    assert!(lengths.len() > 3, "{lengths:?}");
}
