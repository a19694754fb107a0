//! Creates the draft of a project's schedule.

use chrono::NaiveDate;
use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{ProjectId, ScheduleTemplateId, ScheduleVersionId};
use portico_core::limits::caps;
use portico_core::refusal::RefusalCode;
use portico_core::schedule::{VersionPlan, VersionState};
use portico_store::company::keep_work_calendar;
use portico_store::schedule::{
    OwnVersion, count_versions, first_day_of_project, insert_draft, own_template, plan_of_version, save_plan,
    version_in_state,
};
use portico_store::sessions::ActingStaff;
use serde_json::json;

use super::draft::calendar_of;
use super::milestone_save::check_date;
use super::refused_plan::refused;
use crate::projects::open_project;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work};

/// What a draft begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftBasis {
    /// The published schedule, or nothing if there is none. Tasks and milestones keep their ids.
    Published,
    /// Nothing.
    Empty,
    /// A template of the company.
    Template(ScheduleTemplateId),
}

/// Creates the draft of a project's schedule; a project has at most one.
#[derive(Debug, Clone, Copy)]
pub struct ScheduleDraftCreate {
    /// The project.
    pub project: ProjectId,
    /// What the draft begins with.
    pub basis: DraftBasis,
    /// First day of tasks with neither predecessors nor a fixed start. `None`: as in the published schedule, otherwise
    /// the start of the project, otherwise today in the project's time zone.
    pub start_on: Option<NaiveDate>,
}

impl Action for ScheduleDraftCreate {
    type Done = ScheduleVersionId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ScheduleVersionId, ActionError> {
        const MEMBER: &str = "projectId";
        let staff = work.staff(Permission::ScheduleEdit).await?;
        keep_work_calendar(work.connection(), staff.company).await?;
        open_project(work, &staff, self.project, MEMBER).await?;
        if version_in_state(work.connection(), self.project, VersionState::Draft).await?.is_some() {
            let message = "has a draft already: edit it, or discard it with `scheduleDraftDiscard`";
            return Err(Refusal::of(RefusalCode::InvalidState, MEMBER, message).into());
        }
        if count_versions(work.connection(), self.project).await? >= i64::from(caps::VERSIONS) {
            let message =
                format!("has {} versions of its schedule, the maximum: plan on in another project", caps::VERSIONS);
            return Err(Refusal::of(RefusalCode::InvalidState, MEMBER, message).into());
        }
        create_draft(work, &staff, self).await
    }
}

/// The plan with which a draft begins, and the day from which it is planned.
async fn basis_of(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    draft: &ScheduleDraftCreate,
) -> Result<Option<VersionPlan>, ActionError> {
    match draft.basis {
        DraftBasis::Empty => Ok(None),
        DraftBasis::Published => {
            let published = version_in_state(work.connection(), draft.project, VersionState::Published).await?;
            let Some(published) = published else { return Ok(None) };
            let plan = plan_of_version(work.connection(), published.id).await?;
            Ok(Some(VersionPlan { start_on: draft.start_on.unwrap_or(plan.start_on), ..plan }))
        }
        DraftBasis::Template(id) => {
            let template = own_template(work.connection(), staff.company, id).await?;
            let mut plan = template.ok_or_else(|| Refusal::not_found("templateId"))?.plan;
            plan.with_new_ids();
            let now = work.now();
            let start_on = match draft.start_on {
                Some(start_on) => start_on,
                None => first_day_of_project(work.connection(), draft.project, now).await?,
            };
            Ok(Some(plan.starting_on(start_on)))
        }
    }
}

/// Creates the draft of a project that the caller has locked, and that has none.
pub(crate) async fn create_draft(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    draft: &ScheduleDraftCreate,
) -> Result<ScheduleVersionId, ActionError> {
    // Of a new project, which no other transaction sees yet.
    keep_work_calendar(work.connection(), staff.company).await?;
    let now = work.now();
    check_date("startOn", draft.start_on)?;
    let basis = basis_of(work, staff, draft).await?;
    let start_on = match (&basis, draft.start_on) {
        (Some(basis), _) => basis.start_on,
        (None, Some(start_on)) => start_on,
        (None, None) => first_day_of_project(work.connection(), draft.project, now).await?,
    };
    let empty = VersionPlan { start_on, milestones: Vec::new(), tasks: Vec::new() };
    let mut plan = basis.unwrap_or_else(|| empty.clone());
    let calendar = calendar_of(work, staff).await?;
    plan.reschedule(&calendar).map_err(|error| refused(&plan, &error))?;
    let id = insert_draft(work.connection(), (staff.company, draft.project), start_on, now).await?;
    let (company, project) = (staff.company, draft.project);
    let version = OwnVersion { id, company, project, state: VersionState::Draft, version: 1 };
    save_plan(work.connection(), &version, &empty, &plan).await?;
    let event = ActivityEvent::new(ActivityKind::ScheduleDraftCreated)
        .in_project(company, project)
        .to(SubjectKind::ScheduleVersion, id)
        .with(json!({ "tasks": plan.tasks.len() }));
    work.record(event).await?;
    Ok(id)
}
