//! Creates the draft of a project's schedule.

use chrono::NaiveDate;
use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{ProjectId, ScheduleVersionId};
use portico_core::limits::caps;
use portico_core::refusal::RefusalCode;
use portico_core::schedule::{VersionPlan, VersionState};
use portico_store::schedule::{
    OwnVersion, count_versions, first_day_of_project, insert_draft, plan_of_version, save_plan, version_in_state,
};
use serde_json::json;

use super::draft::calendar_of;
use super::refused_plan::refused;
use crate::projects::open_project;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work};

/// What a draft begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftBasis {
    /// The published schedule, or nothing if there is none.
    Published,
    /// Nothing.
    Empty,
}

/// Creates the draft of a project's schedule; a project has at most one. Tasks and milestones keep their ids.
#[derive(Debug, Clone, Copy)]
pub struct ScheduleDraftCreate {
    /// The project.
    pub project: ProjectId,
    /// What the draft begins with.
    pub basis: DraftBasis,
    /// The first day of tasks that neither wait for another nor have a fixed date. `None`: as in the published schedule, otherwise
    /// the start of the project, otherwise today in the project's time zone.
    pub start_on: Option<NaiveDate>,
}

impl Action for ScheduleDraftCreate {
    type Done = ScheduleVersionId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ScheduleVersionId, ActionError> {
        const MEMBER: &str = "projectId";
        let staff = work.staff(Permission::ScheduleEdit).await?;
        open_project(work, &staff, self.project, MEMBER).await?;
        if version_in_state(work.connection(), self.project, VersionState::Draft).await?.is_some() {
            let message = "has a draft already: edit it, or discard it with `scheduleDraftDiscard`";
            return Err(Refusal::of(RefusalCode::InvalidState, MEMBER, message).into());
        }
        if count_versions(work.connection(), self.project).await? >= i64::from(caps::VERSIONS) {
            let message = format!("has {} versions of its schedule, the maximum", caps::VERSIONS);
            return Err(Refusal::of(RefusalCode::InvalidState, MEMBER, message).into());
        }
        let published = version_in_state(work.connection(), self.project, VersionState::Published).await?;
        let basis = match (self.basis, published) {
            (DraftBasis::Published, Some(published)) => Some(plan_of_version(work.connection(), published.id).await?),
            _ => None,
        };
        let now = work.now();
        let start_on = match (self.start_on, &basis) {
            (Some(start_on), _) => start_on,
            (None, Some(basis)) => basis.start_on,
            (None, None) => first_day_of_project(work.connection(), self.project, now).await?,
        };
        let empty = VersionPlan { start_on, milestones: Vec::new(), tasks: Vec::new() };
        let mut plan = VersionPlan { start_on, ..basis.unwrap_or_else(|| empty.clone()) };
        let calendar = calendar_of(work, &staff).await?;
        plan.reschedule(&calendar).map_err(|error| refused(&plan, &error))?;
        let id = insert_draft(work.connection(), (staff.company, self.project), start_on, now).await?;
        let version =
            OwnVersion { id, company: staff.company, project: self.project, state: VersionState::Draft, version: 1 };
        save_plan(work.connection(), &version, &empty, &plan).await?;
        let event = ActivityEvent::new(ActivityKind::ScheduleDraftCreated)
            .in_project(staff.company, self.project)
            .to(SubjectKind::ScheduleVersion, id)
            .with(json!({ "basis": published.map(|published| published.id), "tasks": plan.tasks.len() }));
        work.record(event).await?;
        Ok(id)
    }
}
