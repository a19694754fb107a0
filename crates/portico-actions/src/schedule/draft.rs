//! A draft while it is edited.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::ScheduleVersionId;
use portico_core::projects::ProjectStatus;
use portico_core::refusal::RefusalCode;
use portico_core::schedule::{VersionPlan, VersionState, WorkCalendar};
use portico_store::StoreError;
use portico_store::company::{keep_work_calendar, work_calendar_of};
use portico_store::projects::own_project;
use portico_store::schedule::{OwnVersion, drafts_of_company, own_version, plan_of_version, save_plan};
use portico_store::sessions::ActingStaff;
use serde_json::{Value, json};

use super::refused_plan::refused;
use crate::projects::open_project;
use crate::{ActionError, ActivityEvent, Refusal, Work};

/// The draft and its project, locked, with the plan before the change.
pub(super) struct Draft {
    pub(super) staff: ActingStaff,
    pub(super) version: OwnVersion,
    pub(super) plan: VersionPlan,
}

/// The calendar of the company, which was checked when it was saved.
pub(super) async fn calendar_of(work: &mut Work<'_>, staff: &ActingStaff) -> Result<WorkCalendar, ActionError> {
    let saved = work_calendar_of(work.connection(), staff.company).await?;
    Ok(saved.calendar().map_err(|error| StoreError::Failed(format!("the work calendar: {error}")))?)
}

/// Locks a version and its project. Refuses one that is not a draft, or has changed since the caller read it.
pub(super) async fn lock_draft(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    id: ScheduleVersionId,
    expected: Option<i32>,
) -> Result<OwnVersion, ActionError> {
    const MEMBER: &str = "versionId";
    let not_found = || Refusal::not_found(MEMBER);
    // Before the project, as the change of a calendar does: no plan is computed with a calendar that is being replaced.
    keep_work_calendar(work.connection(), staff.company).await?;
    let found = own_version(work.connection(), staff.company, id).await?.ok_or_else(not_found)?;
    open_project(work, staff, found.project, MEMBER).await?;
    // As it is now that no other request can change it.
    let version = own_version(work.connection(), staff.company, id).await?.ok_or_else(not_found)?;
    if version.state != VersionState::Draft {
        let now = if version.state == VersionState::Published { "published already" } else { version.state.as_str() };
        let message =
            format!("is {now}: only drafts can be changed; to change the schedule again, use `scheduleDraftCreate`");
        return Err(Refusal::of(RefusalCode::InvalidState, MEMBER, message).into());
    }
    if expected.is_some_and(|expected| expected != version.version) {
        return Err(Refusal::outdated(version.version).into());
    }
    Ok(version)
}

/// Computes the dates of the company's drafts from its changed calendar. Published schedules stay as they are until they are published again.
/// A draft whose dates would be out of range stays as it is, and is refused at its next change or publication.
pub(crate) async fn reschedule_drafts(work: &mut Work<'_>, staff: &ActingStaff) -> Result<(), ActionError> {
    let calendar = calendar_of(work, staff).await?;
    for found in drafts_of_company(work.connection(), staff.company).await? {
        let project = own_project(work.connection(), staff.company, found.project).await?;
        let version = own_version(work.connection(), staff.company, found.id).await?;
        let is_open = project.is_some_and(|project| project.status != ProjectStatus::Archived);
        // Discarded or published meanwhile.
        let Some(version) = version.filter(|version| is_open && version.state == VersionState::Draft) else { continue };
        let old = plan_of_version(work.connection(), version.id).await?;
        let mut new = old.clone();
        if new.reschedule(&calendar).is_ok() && new != old {
            save_plan(work.connection(), &version, &old, &new).await?;
            let event = ActivityEvent::new(ActivityKind::ScheduleDraftChanged)
                .in_project(staff.company, version.project)
                .to(SubjectKind::ScheduleVersion, version.id)
                .with(json!({ "change": "workCalendar" }));
            work.record(event).await?;
        }
    }
    Ok(())
}

impl Draft {
    /// Locks a draft and reads its plan.
    pub(super) async fn open(
        work: &mut Work<'_>,
        id: ScheduleVersionId,
        expected: Option<i32>,
    ) -> Result<Self, ActionError> {
        let staff = work.staff(Permission::ScheduleEdit).await?;
        let version = lock_draft(work, &staff, id, expected).await?;
        let plan = plan_of_version(work.connection(), id).await?;
        Ok(Self { staff, version, plan })
    }

    /// Computes the dates of a changed plan. Without a difference it is as before.
    pub(super) async fn reschedule(&self, work: &mut Work<'_>, plan: &mut VersionPlan) -> Result<(), ActionError> {
        let calendar = calendar_of(work, &self.staff).await?;
        Ok(plan.reschedule(&calendar).map_err(|error| refused(plan, &error))?)
    }

    /// Computes the dates of a changed plan, saves it, and records the change. Without a difference nothing is written.
    pub(super) async fn save(
        &self,
        work: &mut Work<'_>,
        mut plan: VersionPlan,
        what: Value,
    ) -> Result<(), ActionError> {
        self.reschedule(work, &mut plan).await?;
        if plan == self.plan {
            return Ok(());
        }
        save_plan(work.connection(), &self.version, &self.plan, &plan).await?;
        let event = ActivityEvent::new(ActivityKind::ScheduleDraftChanged)
            .in_project(self.staff.company, self.version.project)
            .to(SubjectKind::ScheduleVersion, self.version.id)
            .with(json!({ "change": what }));
        work.record(event).await
    }
}
