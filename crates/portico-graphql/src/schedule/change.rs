//! What changes in a schedule, for a publication and for a shift.

use async_graphql::{Enum, ID, Object, SimpleObject};
use portico_core::changes::ChangeKind;
use portico_core::id::Tag;
use portico_core::limits::caps;
use portico_core::schedule::{ScheduleItem, SeenChange, SeenItem, VersionTask};
use portico_graphql_macros::gated;

use super::enums::MilestoneStatus;
use crate::ids;
use crate::scalars::Date;

/// Kind of change of a task or milestone of a schedule.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ScheduleChangeKind {
    /// Added.
    #[shared(STAFF)]
    Added,
    /// Changed.
    #[shared(STAFF)]
    Changed,
    /// Removed.
    #[shared(STAFF)]
    Removed,
}

/// Change of a task or milestone of a schedule. Values after it are null if it is removed, and values before it if it is added.
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct ScheduleChange {
    /// Kind of change.
    kind: ScheduleChangeKind,
    /// Task ID. Null for a milestone.
    task_id: Option<ID>,
    /// Milestone ID. Null for a task.
    milestone_id: Option<ID>,
    /// Name after the change.
    name: Option<String>,
    /// Name before the change.
    name_before: Option<String>,
    /// First day of a task after the change.
    start_on: Option<Date>,
    /// First day of a task before the change.
    start_on_before: Option<Date>,
    /// Last day after the change; of a milestone its anticipated finish.
    finish_on: Option<Date>,
    /// Last day before the change; of a milestone its anticipated finish.
    finish_on_before: Option<Date>,
    /// Working days of a task after the change.
    work_days: Option<i32>,
    /// Working days of a task before the change.
    work_days_before: Option<i32>,
    /// Status of a milestone after the change. Null for a task.
    status: Option<MilestoneStatus>,
    /// Status of a milestone before the change. Null for a task.
    status_before: Option<MilestoneStatus>,
    /// Percent complete of a milestone after the change. Null for a task.
    percent_complete: Option<i32>,
    /// Percent complete of a milestone before the change. Null for a task.
    percent_complete_before: Option<i32>,
    /// Whether the fixed start of a task is before what its dependencies allow. Null for publications.
    is_too_early: Option<bool>,
    /// Fields of the task or milestone that differ, such as `startOn`, `milestone`, `publicNotes` or `assignees`. Empty unless the
    /// kind is `CHANGED`.
    #[list_size(NAMES)]
    changed_fields: Vec<&'static str>,
}

impl ScheduleChange {
    fn of_seen(change: &SeenChange) -> Self {
        let (before, after) = (change.before.as_ref(), change.after.as_ref());
        let (task_id, milestone_id) = match change.item {
            ScheduleItem::Task(id) => (Some(ids::global(Tag::TASK, id.0)), None),
            ScheduleItem::Milestone(id) => (None, Some(ids::global(Tag::MILESTONE, id.0))),
        };
        let date =
            |item: Option<&SeenItem>, of: fn(&SeenItem) -> Option<chrono::NaiveDate>| item.and_then(of).map(Into::into);
        Self {
            kind: match change.kind {
                ChangeKind::Created => ScheduleChangeKind::Added,
                ChangeKind::Changed => ScheduleChangeKind::Changed,
                ChangeKind::Removed => ScheduleChangeKind::Removed,
            },
            task_id,
            milestone_id,
            name: after.map(|item| item.name.to_string()),
            name_before: before.map(|item| item.name.to_string()),
            start_on: date(after, |item| item.start_on),
            start_on_before: date(before, |item| item.start_on),
            finish_on: date(after, |item| item.finish_on),
            finish_on_before: date(before, |item| item.finish_on),
            work_days: after.and_then(|item| item.work_days),
            work_days_before: before.and_then(|item| item.work_days),
            status: after.and_then(|item| item.status).map(Into::into),
            status_before: before.and_then(|item| item.status).map(Into::into),
            percent_complete: after.and_then(|item| item.percent_complete),
            percent_complete_before: before.and_then(|item| item.percent_complete),
            is_too_early: None,
            changed_fields: change.fields.clone(),
        }
    }

    fn of_moved((before, after): &(VersionTask, VersionTask)) -> Self {
        Self {
            kind: ScheduleChangeKind::Changed,
            task_id: Some(ids::global(Tag::TASK, after.task_id.0)),
            milestone_id: None,
            name: Some(after.name.clone()),
            name_before: Some(before.name.clone()),
            start_on: Some(after.start_on.into()),
            start_on_before: Some(before.start_on.into()),
            finish_on: Some(after.finish_on.into()),
            finish_on_before: Some(before.finish_on.into()),
            work_days: Some(after.work_days),
            work_days_before: Some(before.work_days),
            status: None,
            status_before: None,
            percent_complete: None,
            percent_complete_before: None,
            is_too_early: Some(after.is_too_early),
            changed_fields: [
                ("startOn", before.start_on != after.start_on),
                ("finishOn", before.finish_on != after.finish_on),
                ("isTooEarly", before.is_too_early != after.is_too_early),
            ]
            .into_iter()
            .filter_map(|(name, differs)| differs.then_some(name))
            .collect(),
        }
    }
}

/// Changes of a schedule.
#[derive(Debug, Clone)]
pub(crate) struct ScheduleChanges(Vec<ScheduleChange>);

impl ScheduleChanges {
    pub(super) fn of_seen(changes: &[SeenChange]) -> Self {
        Self(changes.iter().map(ScheduleChange::of_seen).collect())
    }

    pub(super) fn of_moved(moved: &[(VersionTask, VersionTask)]) -> Self {
        Self(moved.iter().map(ScheduleChange::of_moved).collect())
    }
}

/// Changes of a schedule.
#[gated]
#[Object]
impl ScheduleChanges {
    /// Number of changes.
    #[shared(STAFF)]
    async fn total_count(&self) -> usize {
        self.0.len()
    }

    /// Up to 100 changes: milestones first, in schedule order; those that are removed last.
    #[shared(STAFF)]
    #[list_size(SCHEDULE_CHANGES)]
    async fn items(
        &self,
        #[graphql(desc = "Number of changes to skip. Omit to begin with the first.")] skip: Option<i32>,
    ) -> Vec<ScheduleChange> {
        let skip = skip.map_or(0, |skip| usize::try_from(skip).unwrap_or_default());
        self.0.iter().skip(skip).take(caps::SCHEDULE_CHANGES as usize).cloned().collect()
    }
}
