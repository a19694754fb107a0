//! Changes the portal settings of a project.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::ProjectId;
use portico_core::portal::{Feature, ScheduleShare};
use portico_core::projects::ProjectStatus;
use portico_core::refusal::RefusalCode;
use portico_store::Differences;
use portico_store::portal::{PortalChange, change_portal, status_of_project};
use serde_json::json;

use super::features::features;
use super::optional;
use crate::refusal::ARCHIVED;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Changes the portal settings of a project (PRT-1). `None` keeps the current value.
#[derive(Debug, Clone)]
pub struct PortalSettingsUpdate {
    /// The project.
    pub project: ProjectId,
    /// All enabled sections.
    pub features: Option<Vec<Feature>>,
    /// How the schedule is shared with clients.
    pub schedule_share: Option<ScheduleShare>,
    /// Whether clients see the baseline of the shared schedule (EXP-9).
    pub shares_baseline: Option<bool>,
    /// The URL of the project's own guide; `Some(None)` clears it.
    pub guide_url: Option<Option<String>>,
}

impl PortalSettingsUpdate {
    fn checked(&self) -> Result<PortalChange, ActionError> {
        let &Self { schedule_share, shares_baseline, .. } = self;
        let mut change = PortalChange { schedule_share, shares_baseline, ..PortalChange::default() };
        let on = self.features.as_deref().map(|on| features("features", on)).transpose();
        let guide = optional(self.guide_url.as_ref(), |url| check::url("guideUrl", url));
        check::all([on.map(|on| change.features = on), guide.map(|url| change.guide_url = url)])?;
        Ok(change)
    }
}

impl Action for PortalSettingsUpdate {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let staff = work.staff(Permission::ProjectsWrite).await?;
        let status = status_of_project(work.connection(), staff.company, self.project).await?;
        let status = status.ok_or_else(|| Refusal::not_found("projectId"))?;
        if status == ProjectStatus::Archived {
            return Err(Refusal::of(RefusalCode::ProjectClosed, "projectId", ARCHIVED).into());
        }
        let differences = change_portal(work.connection(), self.project, self.checked()?).await?;
        let Differences { change, names } = differences.ok_or_else(|| Refusal::not_found("projectId"))?;
        let details = json!({
            "features": change.features,
            "scheduleShare": change.schedule_share,
            "sharesBaseline": change.shares_baseline,
            "isGuideChanged": change.guide_url.is_some(),
        });
        let event = ActivityEvent::new(ActivityKind::PortalSettingsChanged).in_project(staff.company, self.project);
        work.record_changes(event.to(SubjectKind::Project, self.project).with(details), &names).await
    }
}
