//! Schedules: the published version, earlier ones, and sometimes a draft.

use portico_core::projects::ProjectStatus;
use portico_core::schedule::{LagUnit, VersionState};
use rand::rngs::ChaCha8Rng;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::chance::{Chance, Thing};
use super::project::{Site, repeated_name};
use super::words::WORDS;
use super::{day, moment};
use crate::{IntoColumn, add, row};

/// Offset between the numbers of tasks and milestones of two versions.
const APART: u32 = 1 << 16;

/// Builder of a version.
struct Version {
    place: u32,
    id: Uuid,
    state: VersionState,
    tasks: u32,
}

impl Version {
    fn is_published(&self) -> bool {
        self.state == VersionState::Published
    }
}

impl Site<'_> {
    /// Adds the versions. Tasks and milestones have the same ids in all of them.
    /// Returns whether one is published.
    pub(super) fn put_schedule(&mut self) -> bool {
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
        states.contains(&VersionState::Published)
    }

    /// Adds a few delays of a project with a published version, some of one of its tasks.
    pub(super) fn put_delays(&mut self, has_schedule: bool) {
        if !has_schedule {
            return;
        }
        let mut chance = self.chance(Thing::Delay);
        for number in 0..chance.below(5) {
            let (cause, reason) = chance.pick(&WORDS.delays);
            let id = self.id(Thing::Delay, number);
            let task_id = chance.maybe(60, |chance| self.task_id(chance.below(self.size.tasks)));
            add!(self => ScheduleDelay {
                id, task_id, cause: *cause, reason, start_on: day(self.start + chance.between(0, 90)),
                days: chance.mostly_low(1, 15), client_viewable: chance.percent(60), version: 1,
            });
        }
    }

    /// The id of a task, by its position.
    pub(super) fn task_id(&self, sort: u32) -> Uuid {
        self.id(Thing::Task, sort)
    }

    fn planned_task_id(&self, version: &Version, sort: u32) -> Uuid {
        self.id(Thing::PlannedTask, version.place * APART + sort)
    }

    fn planned_milestone_id(&self, version: &Version, sort: u32) -> Uuid {
        self.id(Thing::PlannedMilestone, version.place * APART + sort)
    }

    fn put_version(&mut self, version: &Version) {
        let mut chance = self.seed.chance(Thing::Task, self.index, version.place);
        let version_id = version.id;
        let number = (version.state != VersionState::Draft).then_some(version.place + 1);
        let published = self.start - 20 + 25 * version.place.cast_signed();
        add!(self => ScheduleVersion {
            id: version_id, state: version.state, number, published_at: number.map(|_| moment(published.min(-1))),
            created_at: moment((published - 7).min(-1)), start_on: day(self.start), version: 1,
        });
        if chance.percent(60) {
            let publish_notes = Some(chance.pick(&WORDS.notes));
            add!(self => ScheduleVersionInternal { version_id, publish_notes });
        }
        for (sort, (name, _)) in (0..).zip(&WORDS.phases) {
            let milestone_id = self.id(Thing::Milestone, sort);
            let client_viewable = self.seed.chance(Thing::Milestone, self.index, sort).percent(92);
            let end = self.start + self.days * (sort.cast_signed() + 1) / milestones().cast_signed();
            let internal_target_on = chance.maybe(35, |_| day(end - 3));
            add!(self => PlannedMilestone {
                id: self.planned_milestone_id(version, sort), version_id, milestone_id, name, client_viewable,
                internal_target_on, sort,
            });
            if version.is_published() {
                add!(self => Milestone { id: milestone_id, name, client_viewable, sort });
                if internal_target_on.is_some() {
                    add!(self => MilestoneInternal { milestone_id, internal_target_on });
                }
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
        let task_id = self.task_id(sort);
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
        let has_milestone = chance.percent(94);
        let name = repeated_name(&WORDS.phases[phase as usize].1, within, "area");
        let client_viewable = chance.percent(70);
        let mut row = row!(PlannedTask {
            id: self.planned_task_id(version, sort),
            version_id: version.id,
            task_id,
            planned_milestone_id: has_milestone.then(|| self.planned_milestone_id(version, phase)),
            name,
            work_days,
            // Dates are not computed from the dependencies, so they are fixed.
            fixed_start_on: Some(day(start)),
            start_on: day(start),
            finish_on: day(finish),
            client_viewable,
            sort,
            is_critical: chance.percent(20),
            total_float_days: chance.mostly_low(0, 20),
        });
        if chance.percent(55) {
            row.private_notes = chance.maybe(40, |chance| chance.pick(&WORDS.notes)).into_column();
            row.cost_code = chance
                .maybe(80, |chance| format!("{:02}-{:04}", chance.between(1, 33), chance.below(10_000)))
                .into_column();
            row.labor_hours = chance.maybe(70, |chance| Decimal::new(chance.between(4, 320).into(), 1));
            row.internal_deadline_on = chance.maybe(20, |_| day(planned + 14));
            row.buffer_days = chance.maybe(30, |chance| chance.between(0, 10));
        }
        row.public_notes = chance.maybe(30, |chance| chance.pick(&WORDS.briefs)).into_column();
        if version.is_published() {
            add!(self => Task {
                id: task_id, milestone_id: has_milestone.then(|| self.id(Thing::Milestone, phase)), name: row.name.clone(),
                start_on: row.start_on, finish_on: row.finish_on, work_days, percent_complete, client_viewable, sort,
                version: chance.mostly_low(1, 5),
            });
            add!(self => TaskInternal {
                task_id, private_notes: row.private_notes.clone(), cost_code: row.cost_code.clone(),
                labor_hours: row.labor_hours, internal_deadline_on: row.internal_deadline_on,
                buffer_days: row.buffer_days, total_float_days: Some(row.total_float_days),
                is_critical: Some(row.is_critical),
            });
            if let Some(public_notes) = row.public_notes.clone() {
                add!(self => TaskBrief { task_id, public_notes });
            }
        }
        // Tasks of the first version are in all later ones.
        if version.place == 0 && version.state != VersionState::Draft {
            let (start_on, finish_on) = (row.start_on, row.finish_on);
            add!(self => TaskBaseline { task_id, start_on, finish_on, work_days });
        }
        self.add(row);
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
            let number = version.place * (2 * APART) + before + written;
            let planned_task_id = self.planned_task_id(version, sort);
            add!(self => PlannedAssignee {
                id: self.id(Thing::PlannedAssignee, number), planned_task_id, project_membership_id, staff_membership_id,
            });
            if version.is_published() {
                add!(self => TaskAssignee {
                    id: self.id(Thing::Assignee, number), task_id: self.task_id(sort), project_membership_id,
                    staff_membership_id,
                });
            }
            written += 1;
        }
        written
    }

    /// Adds dependencies, usually on the previous task, sometimes on an earlier one.
    fn put_dependencies(&mut self, chance: &mut ChaCha8Rng, version: &Version, sort: u32) {
        let both = [chance.maybe(80, |_| 1), chance.maybe(25, |chance| 2 + chance.below(9))];
        for back in both.into_iter().flatten().filter(|back| *back <= sort) {
            let kind = chance.weighted(&WORDS.shares.dependency_kinds);
            let lag_days = if chance.percent(85) { 0 } else { chance.between(-2, 7) };
            let lag_unit = if chance.percent(90) { LagUnit::WorkingDays } else { LagUnit::ElapsedDays };
            add!(self => PlannedDependency {
                planned_task_id: self.planned_task_id(version, sort),
                predecessor_id: self.planned_task_id(version, sort - back), kind, lag_days, lag_unit,
            });
            if version.is_published() {
                add!(self => TaskDependency {
                    task_id: self.task_id(sort), predecessor_id: self.task_id(sort - back), kind, lag_days, lag_unit,
                });
            }
        }
    }
}

/// Number of milestones of a version.
fn milestones() -> u32 {
    WORDS.phases.len() as u32
}
