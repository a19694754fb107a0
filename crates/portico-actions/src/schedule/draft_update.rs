//! Changes a draft as a whole.

use chrono::NaiveDate;
use portico_core::id::ScheduleVersionId;
use portico_core::schedule::VersionPlan;
use serde_json::json;

use super::draft::Draft;
use super::milestone_save::check_date;
use crate::{Action, ActionError, Work};

/// Changes the start of a draft, and computes the dates of all its tasks. Fixed starts stay.
#[derive(Debug, Clone, Copy)]
pub struct ScheduleDraftUpdate {
    /// The draft.
    pub version: ScheduleVersionId,
    /// The version of its plan that the caller has seen.
    pub expected_version: Option<i32>,
    /// First day of tasks with neither predecessors nor a fixed start; `None` keeps it.
    pub start_on: Option<NaiveDate>,
}

impl Action for ScheduleDraftUpdate {
    type Done = ScheduleVersionId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ScheduleVersionId, ActionError> {
        let draft = Draft::open(work, self.version, self.expected_version).await?;
        check_date("startOn", self.start_on)?;
        let start_on = self.start_on.unwrap_or(draft.plan.start_on);
        let plan = VersionPlan { start_on, ..draft.plan.clone() };
        draft.save(work, plan, json!({ "startOn": start_on })).await?;
        Ok(self.version)
    }
}
