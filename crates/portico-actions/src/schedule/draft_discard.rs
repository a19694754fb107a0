//! Discards a draft.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{ProjectId, ScheduleVersionId};
use portico_store::schedule::delete_version;

use super::draft::lock_draft;
use crate::{Action, ActionError, ActivityEvent, Work};

/// Discards a draft with all that was planned in it. The published schedule is unchanged.
#[derive(Debug, Clone, Copy)]
pub struct ScheduleDraftDiscard {
    /// The draft.
    pub version: ScheduleVersionId,
    /// The version of its plan that the caller has seen.
    pub expected_version: Option<i32>,
}

impl Action for ScheduleDraftDiscard {
    type Done = ProjectId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectId, ActionError> {
        let staff = work.staff(Permission::ScheduleEdit).await?;
        let draft = lock_draft(work, &staff, self.version, self.expected_version).await?;
        delete_version(work.connection(), &draft).await?;
        let event = ActivityEvent::new(ActivityKind::ScheduleDraftDiscarded)
            .in_project(staff.company, draft.project)
            .to(SubjectKind::ScheduleVersion, draft.id);
        work.record(event).await?;
        Ok(draft.project)
    }
}
