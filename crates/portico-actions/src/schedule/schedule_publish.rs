//! Publishes a draft.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{ProjectId, ScheduleVersionId};
use portico_core::refusal::RefusalCode;
use portico_core::schedule::{Outsider, SeenChange, SeenPlan, VersionPlan, VersionState};
use portico_store::schedule::{
    plan_of_version, progress_of_tasks, publish_version, save_plan, share_of_project, trades_with_access,
    version_in_state,
};
use portico_store::selections::move_due_dates;
use serde_json::json;

use super::draft::{calendar_of, lock_draft};
use super::refused_plan::refused;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Maximum length of notes on a publication, in characters.
const NOTES: usize = 10_000;

/// Publishes a draft, which supersedes the version before: clients and trade partners see all of it at once (SCH-7).
#[derive(Debug, Clone)]
pub struct SchedulePublish {
    /// The draft.
    pub version: ScheduleVersionId,
    /// The version of its plan that the caller has seen.
    pub expected_version: i32,
    /// Internal notes; `None` keeps those of the draft.
    pub notes: Option<String>,
    /// Whether to return what outsiders would see, without publishing.
    pub is_dry_run: bool,
}

/// A publication, or what it would be.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedSchedule {
    /// The project.
    pub project: ProjectId,
    /// The version.
    pub version: ScheduleVersionId,
    /// What clients, and each trade partner with web access, see change.
    pub changes: Vec<(Outsider, Vec<SeenChange>)>,
}

impl Action for SchedulePublish {
    type Done = PublishedSchedule;

    async fn write(&self, work: &mut Work<'_>) -> Result<PublishedSchedule, ActionError> {
        work.staff(Permission::SchedulePublish).await?;
        // The answer shows the draft.
        let staff = work.staff(Permission::ScheduleEdit).await?;
        let notes = self.notes.as_deref().map(|notes| check::body("publishNotes", notes, NOTES)).transpose()?;
        let draft = lock_draft(work, &staff, self.version, Some(self.expected_version)).await?;
        let saved = plan_of_version(work.connection(), draft.id).await?;
        let mut new = saved.clone();
        new.reschedule(&calendar_of(work, &staff).await?).map_err(|error| refused(&saved, &error))?;
        let published = version_in_state(work.connection(), draft.project, VersionState::Published).await?;
        let old = match published {
            Some(published) => plan_of_version(work.connection(), published.id).await?,
            None => VersionPlan { start_on: new.start_on, milestones: Vec::new(), tasks: Vec::new() },
        };
        if published.is_some() && old.milestones == new.milestones && old.tasks == new.tasks {
            let message =
                "is the same as the published schedule: change it first, or discard it with `scheduleDraftDiscard`";
            return Err(Refusal::of(RefusalCode::InvalidState, "versionId", message).into());
        }
        let mut outsiders = vec![Outsider::Clients(share_of_project(work.connection(), draft.project).await?)];
        outsiders.extend(trades_with_access(work.connection(), draft.project).await?.into_iter().map(Outsider::Trade));
        let progress = progress_of_tasks(work.connection(), draft.project).await?;
        let (seen_old, seen_new) = (SeenPlan::new(&old, &progress), SeenPlan::new(&new, &progress));
        let of_each = |outsider: Outsider| (outsider, outsider.changes(&seen_old, &seen_new));
        let changes: Vec<_> = outsiders.into_iter().map(of_each).collect();
        if !self.is_dry_run {
            if new != saved {
                save_plan(work.connection(), &draft, &saved, &new).await?;
            }
            let now = work.now();
            let number = publish_version(work.connection(), &draft, notes.as_deref(), now).await?;
            move_due_dates(work.connection(), draft.project, now).await?;
            let seen_by_clients = changes.first().map_or(0, |(_, changes)| changes.len());
            let event = ActivityEvent::new(ActivityKind::SchedulePublished)
                .in_project(staff.company, draft.project)
                .to(SubjectKind::ScheduleVersion, draft.id)
                .with(json!({ "number": number, "isForClients": seen_by_clients > 0 }));
            work.record(event).await?;
        }
        Ok(PublishedSchedule { project: draft.project, version: draft.id, changes })
    }
}
