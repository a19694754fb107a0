//! Schedules: the published version, earlier ones, and sometimes a draft.

use portico_core::projects::ProjectStatus;
use portico_core::schedule::VersionState;
use rand::rngs::ChaCha8Rng;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::chance::{Chance, Thing};
use super::project::{Site, repeated_name};
use super::words::WORDS;
use super::{day, moment};
use crate::add;

/// Offset between the numbers of tasks and milestones of two versions.
const APART: u32 = 1 << 16;

/// Builder of a version.
struct Version {
    place: u32,
    id: Uuid,
    state: VersionState,
    tasks: u32,
}

impl Site<'_> {
    /// Adds the versions. Returns the position of the published one.
    pub(super) fn put_schedule(&mut self) -> Option<u32> {
        let mut chance = self.chance(Thing::ScheduleVersion);
        let mut states = Vec::new();
        if self.status != ProjectStatus::Prospect {
            states = vec![VersionState::Superseded; chance.weighted(&[(62, 0), (28, 1), (10, 2)])];
            states.push(VersionState::Published);
        }
        let drafts = WORDS.shares.by_status[&self.status].draft_schedules;
        states.extend(chance.maybe(drafts, |_| VersionState::Draft));
        for (place, state) in (0..).zip(&states) {
            let percent = match state {
                VersionState::Superseded => 60 + chance.below(36),
                VersionState::Published => 100,
                VersionState::Draft => 100 + chance.below(10),
            };
            let (id, tasks) = (self.id(Thing::ScheduleVersion, place), self.size.tasks * percent / 100);
            self.put_version(&Version { place, id, state: *state, tasks });
        }
        (0..).zip(&states).find(|(_, state)| **state == VersionState::Published).map(|(place, _)| place)
    }

    /// Adds a few delays of a project with a published version, some of one of its tasks.
    pub(super) fn put_delays(&mut self, published: Option<u32>) {
        let (mut chance, Some(version)) = (self.chance(Thing::Delay), published) else { return };
        for number in 0..chance.below(5) {
            let (cause, reason) = chance.pick(&WORDS.delays);
            let id = self.id(Thing::Delay, number);
            let task_id = chance.maybe(60, |chance| self.task_id(version, chance.below(self.size.tasks)));
            add!(self => ScheduleDelay {
                id, task_id, cause: *cause, reason, start_on: day(self.start + chance.between(0, 90)),
                days: chance.mostly_low(1, 15), client_viewable: chance.percent(60), version: 1,
            });
        }
    }

    /// The id of a task, by the positions of its version and of itself.
    pub(super) fn task_id(&self, version: u32, sort: u32) -> Uuid {
        self.id(Thing::Task, version * APART + sort)
    }

    fn put_version(&mut self, version: &Version) {
        let mut chance = self.seed.chance(Thing::Task, self.index, version.place);
        let version_id = version.id;
        let number = (version.state != VersionState::Draft).then_some(version.place + 1);
        let published = self.start - 20 + 25 * version.place.cast_signed();
        add!(self => ScheduleVersion {
            id: version_id, state: version.state, number, published_at: number.map(|_| moment(published.min(-1))),
            created_at: moment((published - 7).min(-1)),
        });
        if chance.percent(60) {
            let publish_notes = Some(chance.pick(&WORDS.notes));
            add!(self => ScheduleVersionInternal { version_id, publish_notes });
        }
        for (sort, (name, _)) in (0..).zip(&WORDS.phases) {
            let place = version.place * APART + sort;
            let id = self.id(Thing::Milestone, place);
            let client_viewable = self.seed.chance(Thing::Milestone, self.index, place).percent(92);
            add!(self => Milestone { id, version_id, name, client_viewable, sort });
            if chance.percent(35) {
                let end = self.start + self.days * (sort.cast_signed() + 1) / milestones().cast_signed();
                let internal_target_on = Some(day(end - 3));
                add!(self => MilestoneInternal { milestone_id: id, internal_target_on });
            }
        }
        let mut assignees = 0;
        for sort in 0..version.tasks {
            self.put_task(&mut chance, version, sort);
            assignees += self.put_assignees(&mut chance, version, sort, assignees);
            self.put_dependencies(&mut chance, version, sort);
        }
    }

    fn put_task(&mut self, chance: &mut ChaCha8Rng, version: &Version, sort: u32) {
        let task_id = self.task_id(version.place, sort);
        // Tasks are in the order of the phases, equally many in each, and spread over the project's duration.
        let phase = sort * milestones() / version.tasks;
        let within = sort - (phase * version.tasks).div_ceil(milestones());
        let planned = self.start + (self.days.unsigned_abs() * sort / version.tasks).cast_signed();
        let work_days = if chance.percent(4) { 0 } else { chance.mostly_low(1, 14) };
        let start = planned + chance.between(0, 4);
        let finish = start + (work_days * 7 / 5 - 1).max(0);
        let percent_complete = match (start, finish) {
            (_, finish) if finish < 0 => 100 - if chance.percent(3) { 20 } else { 0 },
            (start, finish) if start < 0 => (-start * 20 / (finish - start + 1)).min(19) * 5,
            _ => 0,
        };
        let milestone_id = chance.maybe(94, |_| self.id(Thing::Milestone, version.place * APART + phase));
        add!(self => Task {
            id: task_id, version_id: version.id, milestone_id,
            name: repeated_name(&WORDS.phases[phase as usize].1, within, "area"), start_on: day(start),
            finish_on: day(finish), work_days, percent_complete, client_viewable: chance.percent(70), sort,
            version: chance.mostly_low(1, 5),
        });
        if chance.percent(55) {
            add!(self => TaskInternal {
                task_id, private_notes: chance.maybe(40, |chance| chance.pick(&WORDS.notes)),
                cost_code: chance.maybe(80, |chance| format!("{:02}-{:04}", chance.between(1, 33), chance.below(10_000))),
                labor_hours: chance.maybe(70, |chance| Decimal::new(chance.between(4, 320).into(), 1)),
                internal_deadline_on: chance.maybe(20, |_| day(planned + 14)),
                buffer_days: chance.maybe(30, |chance| chance.between(0, 10)),
            });
        }
        if chance.percent(30) {
            add!(self => TaskBrief { task_id, public_notes: chance.pick(&WORDS.briefs) });
        }
    }

    /// Adds the assignees. Returns their number.
    fn put_assignees(&mut self, chance: &mut ChaCha8Rng, version: &Version, sort: u32, before: u32) -> u32 {
        // The first task belongs to the first trade partner, so that the one with a token has work.
        let trade =
            if sort == 0 { Some(self.id(Thing::Trade, 0)) } else { chance.maybe(78, |chance| self.any_trade(chance)) };
        let staff = chance.maybe(28, |chance| self.any_staff(chance));
        let both = [trade.map(|trade| (Some(trade), None)), staff.map(|staff| (None, Some(staff)))];
        let mut written = 0;
        for (project_membership_id, staff_membership_id) in both.into_iter().flatten() {
            add!(self => TaskAssignee {
                id: self.id(Thing::Assignee, version.place * (2 * APART) + before + written),
                task_id: self.task_id(version.place, sort), project_membership_id, staff_membership_id,
            });
            written += 1;
        }
        written
    }

    /// Adds dependencies, usually on the previous task, sometimes on an earlier one.
    fn put_dependencies(&mut self, chance: &mut ChaCha8Rng, version: &Version, sort: u32) {
        let both = [chance.maybe(80, |_| 1), chance.maybe(25, |chance| 2 + chance.below(9))];
        for back in both.into_iter().flatten().filter(|back| *back <= sort) {
            add!(self => TaskDependency {
                task_id: self.task_id(version.place, sort), predecessor_id: self.task_id(version.place, sort - back),
                kind: chance.weighted(&WORDS.shares.dependency_kinds),
                lag_days: if chance.percent(85) { 0 } else { chance.between(-2, 7) },
            });
        }
    }
}

/// Number of milestones of a version.
fn milestones() -> u32 {
    WORDS.phases.len() as u32
}
