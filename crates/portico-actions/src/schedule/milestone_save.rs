//! Milestones of a draft.

use chrono::NaiveDate;
use portico_core::id::{MilestoneId, PlannedMilestoneId, ProjectId, ScheduleVersionId};
use portico_core::limits::caps;
use portico_core::refusal::RefusalCode;
use portico_core::schedule::{SUPPORTED_DATES, VersionMilestone};
use portico_store::schedule::planned_milestone_row;
use serde_json::json;

use super::draft::Draft;
use crate::{Action, ActionError, Refusal, Work, check};

/// Adds a milestone to a draft, or changes one.
#[derive(Debug, Clone)]
pub struct MilestoneSave {
    /// The draft.
    pub version: ScheduleVersionId,
    /// The version of its plan that the caller has seen.
    pub expected_version: Option<i32>,
    /// The milestone to change; `None` adds one.
    pub milestone: Option<MilestoneId>,
    /// The name; required to add a milestone.
    pub name: Option<String>,
    /// Whether clients may see it; a new one is shown to them.
    pub client_viewable: Option<bool>,
    /// Internal target date.
    pub internal_target_on: Option<Option<NaiveDate>>,
    /// Sort order; a new one is last.
    pub sort: Option<i32>,
}

/// Refuses a date that no schedule can have.
pub(super) fn check_date(member: &str, date: Option<NaiveDate>) -> Result<(), Refusal> {
    if date.is_none_or(|date| SUPPORTED_DATES.contains(&date)) {
        return Ok(());
    }
    let message = format!("must be between {} and {}", SUPPORTED_DATES.start(), SUPPORTED_DATES.end());
    Err(Refusal::of(RefusalCode::Invalid, member, message))
}

impl Action for MilestoneSave {
    type Done = (ProjectId, PlannedMilestoneId);

    async fn write(&self, work: &mut Work<'_>) -> Result<Self::Done, ActionError> {
        let draft = Draft::open(work, self.version, self.expected_version).await?;
        let name = self.name.as_deref().map(|name| check::text("name", name, check::NAME)).transpose()?;
        check_date("internalTarget", self.internal_target_on.flatten())?;
        let mut plan = draft.plan.clone();
        let id = match self.milestone {
            Some(id) => {
                let known = plan.milestones.iter_mut().find(|known| known.milestone_id == id);
                let known = known.ok_or_else(|| Refusal::not_found("milestoneId"))?;
                known.name = name.unwrap_or_else(|| known.name.clone());
                known.client_viewable = self.client_viewable.unwrap_or(known.client_viewable);
                known.internal_target_on = self.internal_target_on.unwrap_or(known.internal_target_on);
                known.sort = self.sort.unwrap_or(known.sort);
                id
            }
            None => {
                if plan.milestones.len() >= caps::MILESTONES as usize {
                    let message = format!("has {} milestones, the maximum: delete one first", caps::MILESTONES);
                    return Err(Refusal::of(RefusalCode::InvalidState, "versionId", message).into());
                }
                let last = plan.milestones.iter().map(|known| known.sort).max().unwrap_or_default();
                let milestone_id = MilestoneId::generate();
                plan.milestones.push(VersionMilestone {
                    milestone_id,
                    name: name.ok_or_else(|| Refusal::missing("name", "is required to add a milestone"))?,
                    client_viewable: self.client_viewable.unwrap_or(true),
                    internal_target_on: self.internal_target_on.flatten(),
                    sort: self.sort.unwrap_or_else(|| last.saturating_add(1)),
                });
                milestone_id
            }
        };
        draft.save(work, plan, json!({ "milestone": id })).await?;
        Ok((draft.version.project, planned_milestone_row(work.connection(), self.version, id).await?))
    }
}

/// Removes a milestone from a draft. Its tasks stay, without a milestone.
#[derive(Debug, Clone, Copy)]
pub struct MilestoneDelete {
    /// The draft.
    pub version: ScheduleVersionId,
    /// The version of its plan that the caller has seen.
    pub expected_version: Option<i32>,
    /// The milestone.
    pub milestone: MilestoneId,
}

impl Action for MilestoneDelete {
    type Done = ScheduleVersionId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ScheduleVersionId, ActionError> {
        let draft = Draft::open(work, self.version, self.expected_version).await?;
        let mut plan = draft.plan.clone();
        plan.milestones.retain(|known| known.milestone_id != self.milestone);
        if plan.milestones.len() == draft.plan.milestones.len() {
            return Err(Refusal::not_found("milestoneId").into());
        }
        for task in plan.tasks.iter_mut().filter(|task| task.milestone_id == Some(self.milestone)) {
            task.milestone_id = None;
        }
        draft.save(work, plan, json!({ "milestoneDeleted": self.milestone })).await?;
        Ok(self.version)
    }
}
