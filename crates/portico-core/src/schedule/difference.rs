//! Changes that outsiders see when a version is published.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::{MilestoneStatus, VersionAssignee, VersionMilestone, VersionPlan, VersionTask};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    pub name: Arc<str>,
    /// First day; none for milestones.
    pub start_on: Option<NaiveDate>,
    /// Last day; none for milestones without tasks, and for clients while the schedule is not shared.
    pub finish_on: Option<NaiveDate>,
    /// Duration in working days; none for milestones.
    pub work_days: Option<i32>,
    /// The milestone of a task, if the outsider sees it.
    pub milestone: Option<MilestoneId>,
    /// Progress of a milestone; none for tasks, which a publication leaves as they are.
    pub status: Option<MilestoneStatus>,
    /// Percent complete of a milestone; none for tasks, and for clients while the schedule is not shared.
    pub percent_complete: Option<i32>,
}

/// A change that an outsider sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenChange {
    /// Kind of the change.
    pub kind: ChangeKind,
    /// The task or milestone.
    pub item: ScheduleItem,
    /// Before the change; none if it is added.
    pub before: Option<SeenItem>,
    /// After the change; none if it is removed.
    pub after: Option<SeenItem>,
    /// Names of the fields that differ, as in the schema; empty unless the kind is `Changed`.
    pub fields: Vec<&'static str>,
}

/// A plan with the figures that outsiders see of it, computed once for all of them.
#[derive(Debug)]
pub struct SeenPlan<'a> {
    tasks: Vec<(Arc<str>, &'a VersionTask)>,
    milestones: Vec<(Arc<str>, &'a VersionMilestone, RollUp)>,
}

/// Status, percent complete and finish of a milestone, from all its tasks (MIL-5): as the commit computes them.
#[derive(Debug, Clone, Copy)]
struct RollUp {
    status: MilestoneStatus,
    percent_complete: i32,
    finish_on: Option<NaiveDate>,
}

impl<'a> SeenPlan<'a> {
    /// `progress` is the percent complete of the published tasks.
    pub fn new(plan: &'a VersionPlan, progress: &HashMap<TaskId, i32>) -> Self {
        let mut of_milestones: HashMap<MilestoneId, Vec<&VersionTask>> = HashMap::new();
        for task in &plan.tasks {
            if let Some(id) = task.milestone_id {
                of_milestones.entry(id).or_default().push(task);
            }
        }
        let of = |one: &'a VersionMilestone| {
            let tasks = of_milestones.get(&one.milestone_id).map_or(&[][..], Vec::as_slice);
            (Arc::from(one.name.as_str()), one, roll_up(tasks, progress))
        };
        Self {
            tasks: plan.tasks.iter().map(|task| (Arc::from(task.name.as_str()), task)).collect(),
            milestones: plan.milestones.iter().map(of).collect(),
        }
    }
}

/// What an outsider sees, with texts of the plan that are compared but not returned.
struct Seen<'a> {
    item: SeenItem,
    /// None for clients.
    public_notes: Option<&'a str>,
    /// None for clients.
    assignees: &'a [VersionAssignee],
}

impl Seen<'_> {
    /// The fields that differ.
    fn differences(&self, other: &Self) -> Vec<&'static str> {
        let (old, new) = (&self.item, &other.item);
        let all = [
            ("name", old.name != new.name),
            ("startOn", old.start_on != new.start_on),
            ("finishOn", old.finish_on != new.finish_on),
            ("workDays", old.work_days != new.work_days),
            ("milestone", old.milestone != new.milestone),
            ("publicNotes", self.public_notes != other.public_notes),
            ("assignees", self.assignees != other.assignees),
            ("status", old.status != new.status),
            ("percentComplete", old.percent_complete != new.percent_complete),
        ];
        all.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect()
    }
}

impl Outsider {
    fn sees_task(self, task: &VersionTask) -> bool {
        match self {
            Self::Clients(share) => share.is_some_and(|share| share != ScheduleShare::None) && task.client_viewable,
            Self::Trade(trade) => task.assignees.contains(&VersionAssignee::ProjectMembershipId(trade)),
        }
    }

    /// The milestones and tasks that the outsider sees, in the order of the plan.
    fn seen<'a>(self, plan: &SeenPlan<'a>) -> Vec<(ScheduleItem, Seen<'a>)> {
        let tasks: Vec<_> = plan.tasks.iter().filter(|(_, task)| self.sees_task(task)).collect();
        let own: HashSet<_> = tasks.iter().filter_map(|(_, task)| task.milestone_id).collect();
        let sees_milestone = |one: &VersionMilestone| match self {
            Self::Clients(share) => share.is_some() && one.client_viewable,
            Self::Trade(_) => own.contains(&one.milestone_id),
        };
        let has_dates = self != Self::Clients(Some(ScheduleShare::None));
        let milestones: Vec<_> = plan.milestones.iter().filter(|(_, one, _)| sees_milestone(one)).collect();
        let seen_milestones: HashSet<_> = milestones.iter().map(|(_, one, _)| one.milestone_id).collect();
        let of_milestones = milestones.into_iter().map(|(name, one, roll_up)| {
            let item = SeenItem {
                name: Arc::clone(name),
                start_on: None,
                finish_on: roll_up.finish_on.filter(|_| has_dates),
                work_days: None,
                milestone: None,
                status: Some(roll_up.status),
                percent_complete: Some(roll_up.percent_complete).filter(|_| has_dates),
            };
            (ScheduleItem::Milestone(one.milestone_id), Seen { item, public_notes: None, assignees: &[] })
        });
        let is_trade = matches!(self, Self::Trade(_));
        let of_tasks = tasks.into_iter().map(|(name, task)| {
            let item = SeenItem {
                name: Arc::clone(name),
                start_on: Some(task.start_on),
                finish_on: Some(task.finish_on),
                work_days: Some(task.work_days),
                milestone: task.milestone_id.filter(|id| seen_milestones.contains(id)),
                status: None,
                percent_complete: None,
            };
            let public_notes = task.public_notes.as_deref().filter(|_| is_trade);
            let assignees = if is_trade { task.assignees.as_slice() } else { &[] };
            (ScheduleItem::Task(task.task_id), Seen { item, public_notes, assignees })
        });
        of_milestones.chain(of_tasks).collect()
    }

    /// What the outsider sees change between two plans: what is new or different in the order of the new plan, then what is gone.
    pub fn changes(self, old: &SeenPlan<'_>, new: &SeenPlan<'_>) -> Vec<SeenChange> {
        let (old, new) = (self.seen(old), self.seen(new));
        let before: HashMap<_, _> = old.iter().map(|(item, seen)| (*item, seen)).collect();
        let after: HashSet<_> = new.iter().map(|(item, _)| *item).collect();
        let changed = new.iter().filter_map(|(item, seen)| {
            let known = before.get(item);
            let fields = known.map_or_else(Vec::new, |known| known.differences(seen));
            let kind = match known {
                Some(_) if fields.is_empty() => return None,
                Some(_) => ChangeKind::Changed,
                None => ChangeKind::Created,
            };
            let before = known.map(|known| known.item.clone());
            Some(SeenChange { kind, item: *item, before, after: Some(seen.item.clone()), fields })
        });
        let removed = old.iter().filter(|(item, _)| !after.contains(item)).map(|(item, seen)| SeenChange {
            kind: ChangeKind::Removed,
            item: *item,
            before: Some(seen.item.clone()),
            after: None,
            fields: Vec::new(),
        });
        changed.chain(removed).collect()
    }
}

fn roll_up(tasks: &[&VersionTask], progress: &HashMap<TaskId, i32>) -> RollUp {
    let of = |task: &VersionTask| i64::from(progress.get(&task.task_id).copied().unwrap_or_default());
    let weight = |task: &VersionTask| i64::from(task.work_days.max(1));
    let all: Vec<_> = tasks.iter().map(|task| (of(task), weight(task))).collect();
    let (done, whole) =
        all.iter().fold((0, 0), |(done, whole), (percent, weight)| (done + percent * weight, whole + weight));
    let status = if !all.is_empty() && all.iter().all(|(percent, _)| *percent == 100) {
        MilestoneStatus::Completed
    } else if all.iter().any(|(percent, _)| *percent > 0) {
        MilestoneStatus::Started
    } else {
        MilestoneStatus::NotStarted
    };
    let percent_complete = if whole == 0 { 0 } else { i32::try_from(done / whole).unwrap_or_default() };
    RollUp { status, percent_complete, finish_on: tasks.iter().map(|task| task.finish_on).max() }
}
