//! Schedules: the one that is published, those before it, and now and then a draft of the next.

use portico_core::projects::ProjectStatus;
use portico_core::schedule::{DependencyKind, VersionState};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::calendar::{day, moment};
use super::chance::{Chance, Thing};
use super::project::Site;
use super::tables::{
    Assignee, Dependency, Milestone, MilestoneInternal, ScheduleVersion, ScheduleVersionInternal, Task, TaskBrief,
    TaskInternal,
};
use super::words::{BRIEFS, NOTES, PHASES};

/// Numbers of tasks and milestones begin anew in each version, this far apart.
const APART: u32 = 1 << 16;
const MILESTONES: u32 = PHASES.len() as u32;

/// A version that is being written.
struct Version {
    place: u32,
    state: VersionState,
    number: Option<u32>,
    tasks: u32,
}

/// Writes the versions, and answers which of them is the published one.
pub(super) fn put(site: &mut Site<'_>) -> Option<u32> {
    let mut chance = site.chance(Thing::ScheduleVersion);
    let (earlier, is_published, has_draft) = match site.status {
        ProjectStatus::Prospect => (0, false, chance.percent(70)),
        ProjectStatus::Active => (superseded(&mut chance), true, chance.percent(30)),
        ProjectStatus::Warranty | ProjectStatus::Completed | ProjectStatus::Archived => {
            (superseded(&mut chance), true, false)
        }
    };
    let tasks = site.size.tasks;
    let mut states = vec![VersionState::Superseded; earlier];
    states.extend(is_published.then_some(VersionState::Published));
    states.extend(has_draft.then_some(VersionState::Draft));
    let mut published = None;
    for (place, state) in (0..).zip(states) {
        let (number, tasks) = match state {
            VersionState::Superseded => (Some(place + 1), tasks * (60 + chance.below(36)) / 100),
            VersionState::Published => {
                published = Some(place);
                (Some(place + 1), tasks)
            }
            VersionState::Draft => (None, tasks * (100 + chance.below(10)) / 100),
        };
        put_version(site, &Version { place, state, number, tasks });
    }
    published
}

/// The id of a task, by the place of its version and its own within that.
pub(super) fn task_id(site: &Site<'_>, version: u32, sort: u32) -> Uuid {
    site.id(Thing::Task, version * APART + sort)
}

fn superseded(chance: &mut Chance) -> usize {
    chance.weighted(&[(62, 0), (28, 1), (10, 2)])
}

fn put_version(site: &mut Site<'_>, version: &Version) {
    let mut chance = site.seed.chance(Thing::Task, site.index, version.place);
    let (id, company_id, project_id) = (site.id(Thing::ScheduleVersion, version.place), site.company.id, site.id);
    let place = i32::try_from(version.place).unwrap_or_default();
    let published = site.start - 20 + 25 * place;
    site.batch.put(&ScheduleVersion {
        id,
        company_id,
        project_id,
        state: version.state.as_str(),
        number: version.number,
        published_at: version.number.map(|_| moment(published.min(-1))),
        created_at: moment((published - 7).min(-1)),
    });
    if chance.percent(60) {
        site.batch.put(&ScheduleVersionInternal {
            version_id: id,
            company_id,
            project_id,
            publish_notes: Some((*chance.pick(&NOTES)).into()),
        });
    }
    for (sort, (name, _)) in (0..).zip(&PHASES) {
        let milestone_id = site.id(Thing::Milestone, version.place * APART + sort);
        site.batch.put(&Milestone {
            id: milestone_id,
            company_id,
            project_id,
            version_id: id,
            name: (*name).into(),
            sort,
        });
        if chance.percent(35) {
            let end = site.start + site.days * i32::try_from(sort + 1).unwrap_or_default() / MILESTONES.cast_signed();
            site.batch.put(&MilestoneInternal {
                milestone_id,
                company_id,
                project_id,
                internal_target_on: Some(day(end - 3)),
            });
        }
    }
    let mut assignees = 0;
    for sort in 0..version.tasks {
        put_task(site, &mut chance, version, sort);
        put_task_companions(site, &mut chance, version, sort);
        assignees += put_assignees(site, &mut chance, version, sort, assignees);
        put_dependencies(site, &mut chance, version, sort);
    }
}

/// When the task of that place begins, in days from today: the whole is spread over the project's time.
fn start_of(site: &Site<'_>, version: &Version, sort: u32) -> i32 {
    let spread = u64::from(site.days.unsigned_abs()) * u64::from(sort) / u64::from(version.tasks);
    site.start + i32::try_from(spread).unwrap_or_default()
}

fn put_task(site: &mut Site<'_>, chance: &mut Chance, version: &Version, sort: u32) {
    // Tasks stand in the order of the phases, each with as many as the others.
    let phase = sort * MILESTONES / version.tasks;
    let within = (sort - (phase * version.tasks).div_ceil(MILESTONES)) as usize;
    let names = PHASES[phase as usize].1;
    let name = names[within % names.len()];
    let area = within / names.len();
    let work_days = if chance.percent(4) { 0 } else { chance.mostly_low(1, 14) };
    let start = start_of(site, version, sort) + chance.between(0, 4);
    let finish = start + (work_days * 7 / 5 - 1).max(0);
    let percent_complete = match (start, finish) {
        _ if version.state == VersionState::Draft && site.status == ProjectStatus::Prospect => 0,
        (_, finish) if finish < 0 => 100 - if chance.percent(3) { 20 } else { 0 },
        (start, finish) if start < 0 => (-start * 20 / (finish - start + 1)).min(19) * 5,
        _ => 0,
    };
    site.batch.put(&Task {
        id: task_id(site, version.place, sort),
        company_id: site.company.id,
        project_id: site.id,
        version_id: site.id(Thing::ScheduleVersion, version.place),
        milestone_id: chance.percent(94).then(|| site.id(Thing::Milestone, version.place * APART + phase)),
        name: if area == 0 { name.into() } else { format!("{name}, area {}", area + 1).into() },
        start_on: day(start),
        finish_on: day(finish),
        work_days,
        percent_complete,
        client_viewable: chance.percent(70),
        sort,
        version: chance.mostly_low(1, 5),
    });
}

fn put_task_companions(site: &mut Site<'_>, chance: &mut Chance, version: &Version, sort: u32) {
    let task_id = task_id(site, version.place, sort);
    let (company_id, project_id) = (site.company.id, site.id);
    if chance.percent(55) {
        site.batch.put(&TaskInternal {
            task_id,
            company_id,
            project_id,
            private_notes: chance.percent(40).then(|| (*chance.pick(&NOTES)).into()),
            cost_code: chance
                .percent(80)
                .then(|| format!("{:02}-{:04}", chance.between(1, 33), chance.below(10_000)).into()),
            labor_hours: chance.percent(70).then(|| Decimal::new(chance.between(4, 320).into(), 1)),
            internal_deadline_on: chance.percent(20).then(|| day(start_of(site, version, sort) + 14)),
            buffer_days: chance.percent(30).then(|| chance.between(0, 10)),
        });
    }
    if chance.percent(30) {
        let public_notes = (*chance.pick(&BRIEFS)).into();
        site.batch.put(&TaskBrief { task_id, company_id, project_id, public_notes });
    }
}

/// Answers how many there are.
fn put_assignees(site: &mut Site<'_>, chance: &mut Chance, version: &Version, sort: u32, before: u32) -> u32 {
    let trade = (chance.percent(78) || sort == 0).then(|| {
        // The first task is the first trade's, so that the trade whom a token is for has work.
        if sort == 0 { site.id(Thing::Trade, 0) } else { site.any_trade(chance) }
    });
    let staff = chance.percent(28).then(|| site.any_staff(chance));
    let both = [trade.map(|trade| (Some(trade), None)), staff.map(|staff| (None, Some(staff)))];
    let mut written = 0;
    for (project_membership_id, staff_membership_id) in both.into_iter().flatten() {
        site.batch.put(&Assignee {
            id: site.id(Thing::Assignee, version.place * (2 * APART) + before + written),
            company_id: site.company.id,
            project_id: site.id,
            task_id: task_id(site, version.place, sort),
            project_membership_id,
            staff_membership_id,
        });
        written += 1;
    }
    written
}

/// What has to come first: most often the task before, sometimes one further back.
fn put_dependencies(site: &mut Site<'_>, chance: &mut Chance, version: &Version, sort: u32) {
    let direct = chance.percent(80).then_some(1);
    let further = chance.percent(25).then(|| 2 + chance.below(9));
    for back in [direct, further].into_iter().flatten().filter(|back| *back <= sort) {
        let kind = chance.weighted(&[
            (86, DependencyKind::FinishToStart),
            (8, DependencyKind::StartToStart),
            (4, DependencyKind::FinishToFinish),
            (2, DependencyKind::StartToFinish),
        ]);
        site.batch.put(&Dependency {
            task_id: task_id(site, version.place, sort),
            predecessor_id: task_id(site, version.place, sort - back),
            company_id: site.company.id,
            project_id: site.id,
            kind: kind.as_str(),
            lag_days: if chance.percent(85) { 0 } else { chance.between(-2, 7) },
        });
    }
}
