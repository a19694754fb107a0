//! What outsiders see change when a version is published.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;

use super::{MilestoneStatus, VersionAssignee, VersionPlan, VersionTask};
use crate::changes::ChangeKind;
use crate::id::{MilestoneId, ProjectMembershipId, TaskId};
use crate::portal::ScheduleShare;

/// An outsider of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outsider {
    /// All clients with the portal. None if the portal has no schedule.
    Clients(Option<ScheduleShare>),
    /// A trade partner with web access.
    Trade(ProjectMembershipId),
}

/// A task or milestone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScheduleItem {
    /// A task.
    Task(TaskId),
    /// A milestone.
    Milestone(MilestoneId),
}

/// What an outsider sees of a task or milestone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenItem {
    /// Its name.
    pub name: String,
    /// First day; none for milestones.
    pub start_on: Option<NaiveDate>,
    /// Last day; none for milestones without tasks, and for clients while the schedule is not shared.
    pub finish_on: Option<NaiveDate>,
    /// Work days; none for milestones.
    pub work_days: Option<i32>,
    /// The milestone of a task, if the outsider sees it.
    pub milestone: Option<MilestoneId>,
    /// Notes; none for clients.
    pub public_notes: Option<String>,
    /// Assignees; none for clients.
    pub assignees: Vec<VersionAssignee>,
    /// Progress of a milestone; none for tasks, which a publication leaves as they are.
    pub status: Option<MilestoneStatus>,
    /// Percent complete of a milestone; none for tasks, and for clients while the schedule is not shared.
    pub percent_complete: Option<i32>,
}

/// A change that an outsider sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenChange {
    /// What happened.
    pub kind: ChangeKind,
    /// The task or milestone.
    pub item: ScheduleItem,
    /// What was seen.
    pub before: Option<SeenItem>,
    /// What is seen.
    pub after: Option<SeenItem>,
}

impl Outsider {
    fn sees_task(self, task: &VersionTask) -> bool {
        match self {
            Self::Clients(share) => share.is_some_and(|share| share != ScheduleShare::None) && task.client_viewable,
            Self::Trade(trade) => task.assignees.contains(&VersionAssignee::ProjectMembershipId(trade)),
        }
    }

    /// The milestones and tasks that the outsider sees, in the order of the plan.
    fn seen(self, plan: &VersionPlan, progress: &HashMap<TaskId, i32>) -> Vec<(ScheduleItem, SeenItem)> {
        let own: BTreeSet<_> =
            plan.tasks.iter().filter(|task| self.sees_task(task)).filter_map(|task| task.milestone_id).collect();
        let sees_milestone = |id: MilestoneId, viewable: bool| match self {
            Self::Clients(share) => share.is_some() && viewable,
            Self::Trade(_) => own.contains(&id),
        };
        let has_dates = self != Self::Clients(Some(ScheduleShare::None));
        let milestones = plan.milestones.iter().filter(|one| sees_milestone(one.milestone_id, one.client_viewable));
        let seen_milestones: BTreeSet<_> = milestones.clone().map(|one| one.milestone_id).collect();
        // The roll-up is of all tasks (MIL-5).
        let finish =
            |id| plan.tasks.iter().filter(|task| task.milestone_id == Some(id)).map(|task| task.finish_on).max();
        let mut items: Vec<_> = milestones
            .map(|one| {
                let seen = SeenItem {
                    name: one.name.clone(),
                    start_on: None,
                    finish_on: finish(one.milestone_id).filter(|_| has_dates),
                    work_days: None,
                    milestone: None,
                    public_notes: None,
                    assignees: Vec::new(),
                    status: Some(roll_up(plan, one.milestone_id, progress).0),
                    percent_complete: Some(roll_up(plan, one.milestone_id, progress).1).filter(|_| has_dates),
                };
                (ScheduleItem::Milestone(one.milestone_id), seen)
            })
            .collect();
        let is_trade = matches!(self, Self::Trade(_));
        items.extend(plan.tasks.iter().filter(|task| self.sees_task(task)).map(|task| {
            let seen = SeenItem {
                name: task.name.clone(),
                start_on: Some(task.start_on),
                finish_on: Some(task.finish_on),
                work_days: Some(task.work_days),
                milestone: task.milestone_id.filter(|id| seen_milestones.contains(id)),
                public_notes: task.public_notes.clone().filter(|_| is_trade),
                assignees: if is_trade { task.assignees.clone() } else { Vec::new() },
                status: None,
                percent_complete: None,
            };
            (ScheduleItem::Task(task.task_id), seen)
        }));
        items
    }

    /// What the outsider sees change between two plans: what is new or different in the order of the new plan, then what is gone.
    /// `progress` is the percent complete of the published tasks.
    pub fn changes(self, old: &VersionPlan, new: &VersionPlan, progress: &HashMap<TaskId, i32>) -> Vec<SeenChange> {
        let (mut before, after) = (self.seen(old, progress), self.seen(new, progress));
        let mut changes = Vec::new();
        for (item, after) in after {
            let known = before.iter().position(|(known, _)| *known == item).map(|place| before.remove(place).1);
            if known.as_ref() != Some(&after) {
                let kind = if known.is_some() { ChangeKind::Changed } else { ChangeKind::Created };
                changes.push(SeenChange { kind, item, before: known, after: Some(after) });
            }
        }
        changes.extend(before.into_iter().map(|(item, before)| SeenChange {
            kind: ChangeKind::Removed,
            item,
            before: Some(before),
            after: None,
        }));
        changes
    }
}

/// Status and percent complete of a milestone, from all its tasks (MIL-5): as the commit computes them.
fn roll_up(plan: &VersionPlan, id: MilestoneId, progress: &HashMap<TaskId, i32>) -> (MilestoneStatus, i32) {
    let tasks = plan.tasks.iter().filter(|task| task.milestone_id == Some(id));
    let of = |task: &VersionTask| i64::from(progress.get(&task.task_id).copied().unwrap_or_default());
    let weight = |task: &VersionTask| i64::from(task.work_days.max(1));
    let all: Vec<_> = tasks.map(|task| (of(task), weight(task))).collect();
    let (done, whole) =
        all.iter().fold((0, 0), |(done, whole), (percent, weight)| (done + percent * weight, whole + weight));
    let status = if !all.is_empty() && all.iter().all(|(percent, _)| *percent == 100) {
        MilestoneStatus::Completed
    } else if all.iter().any(|(percent, _)| *percent > 0) {
        MilestoneStatus::Started
    } else {
        MilestoneStatus::NotStarted
    };
    (status, if whole == 0 { 0 } else { i32::try_from(done / whole).unwrap_or_default() })
}
