//! Delays of a project's schedule, with their reasons (EXP-9).

use chrono::NaiveDate;
use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{ProjectId, ScheduleDelayId, TaskId};
use portico_core::limits::caps;
use portico_core::refusal::RefusalCode;
use portico_core::schedule::{DateOutOfRange, DelayCause, MAX_DELAY_DAYS, SUPPORTED_DATES};
use portico_store::schedule::{
    NewScheduleDelay, ScheduleDelayChange, change_delay, count_delays, delete_delay, insert_delay, is_task_of_project,
    lock_delay, project_of_delay,
};
use portico_store::sessions::ActingStaff;
use serde_json::json;

use crate::projects::open_project;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Maximum length of a reason, in characters.
const REASON: usize = 2_000;

/// Adds or changes a delay of a project's schedule. It moves no dates.
#[derive(Debug, Clone)]
pub struct ScheduleDelaySave {
    /// The delay to change; `None` adds one.
    pub id: Option<ScheduleDelayId>,
    /// The version that was read; required to change a delay.
    pub expected_version: Option<i32>,
    /// The project; required to add a delay.
    pub project: Option<ProjectId>,
    /// The delayed task; `Some(None)` makes it a delay of the project as a whole.
    pub task: Option<Option<TaskId>>,
    /// First day; required to add a delay.
    pub start_on: Option<NaiveDate>,
    /// Length in working days; required to add a delay.
    pub days: Option<i32>,
    /// The reason; required to add a delay.
    pub reason: Option<String>,
    /// Its kind; required to add a delay.
    pub cause: Option<DelayCause>,
    /// Whether clients see it while the schedule is shared; a new delay is hidden.
    pub client_viewable: Option<bool>,
}

/// A saved delay, with the changed fields.
struct Saved {
    project: ProjectId,
    id: ScheduleDelayId,
    changed: Vec<&'static str>,
}

impl ScheduleDelaySave {
    fn checked(&self) -> Result<ScheduleDelayChange, ActionError> {
        let mut change = ScheduleDelayChange {
            task_id: self.task,
            cause: self.cause,
            client_viewable: self.client_viewable,
            ..ScheduleDelayChange::default()
        };
        let checks = [
            self.start_on.map(|date| supported(date).map(|date| change.start_on = Some(date))),
            self.days.map(|days| length(days).map(|days| change.days = Some(days))),
            self.reason
                .as_deref()
                .map(|text| check::body("reason", text, REASON).map(|reason| change.reason = Some(reason))),
        ];
        check::all(checks.into_iter().flatten())?;
        Ok(change)
    }

    async fn add(
        &self,
        work: &mut Work<'_>,
        staff: &ActingStaff,
        change: ScheduleDelayChange,
    ) -> Result<Saved, ActionError> {
        let required = |member: &str| Refusal::missing(member, "is required to add a delay");
        let project = self.project.ok_or_else(|| required("projectId"))?;
        open_project(work, staff, project, "projectId").await?;
        if count_delays(work.connection(), project).await? >= i64::from(caps::DELAYS) {
            let message = format!("a project has at most {} delays: remove one first", caps::DELAYS);
            return Err(Refusal::of(RefusalCode::InvalidState, "projectId", message).into());
        }
        of_project(work, project, change.task_id).await?;
        let changed = change.clone().of_new_row().names;
        let new = NewScheduleDelay {
            id: ScheduleDelayId::generate(),
            company_id: staff.company,
            project_id: project,
            task_id: change.task_id.flatten(),
            start_on: change.start_on.ok_or_else(|| required("startOn"))?,
            days: change.days.ok_or_else(|| required("days"))?,
            reason: change.reason.ok_or_else(|| required("reason"))?,
            cause: change.cause.ok_or_else(|| required("cause"))?,
            client_viewable: change.client_viewable.unwrap_or(false),
        };
        let id = new.id;
        insert_delay(work.connection(), new).await?;
        Ok(Saved { project, id, changed })
    }

    async fn change(
        &self,
        work: &mut Work<'_>,
        staff: &ActingStaff,
        id: ScheduleDelayId,
        change: ScheduleDelayChange,
    ) -> Result<Saved, ActionError> {
        let project = project_of_delay(work.connection(), staff.company, id).await?;
        let project = project.ok_or_else(|| Refusal::not_found("id"))?;
        if self.project.is_some_and(|named| named != project) {
            return Err(Refusal::of(RefusalCode::Invalid, "projectId", "cannot be changed: omit it").into());
        }
        open_project(work, staff, project, "id").await?;
        // Another request may have changed or removed it before the project was locked.
        let version = lock_delay(work.connection(), id).await?.ok_or_else(|| Refusal::not_found("id"))?;
        match self.expected_version {
            None => return Err(Refusal::missing("expectedVersion", "is required to change a delay").into()),
            Some(read) if read != version => return Err(Refusal::outdated(version).into()),
            Some(_) => {}
        }
        of_project(work, project, change.task_id).await?;
        let changed = change_delay(work.connection(), id, change).await?.names;
        Ok(Saved { project, id, changed })
    }
}

/// Rejects a task that the project does not have.
async fn of_project(work: &mut Work<'_>, project: ProjectId, task: Option<Option<TaskId>>) -> Result<(), ActionError> {
    match task.flatten() {
        Some(task) if !is_task_of_project(work.connection(), project, task).await? => {
            Err(Refusal::not_found("taskId").into())
        }
        _ => Ok(()),
    }
}

fn supported(date: NaiveDate) -> Result<NaiveDate, Refusal> {
    if SUPPORTED_DATES.contains(&date) {
        return Ok(date);
    }
    Err(Refusal::of(RefusalCode::Invalid, "startOn", DateOutOfRange.to_string()))
}

fn length(days: i32) -> Result<i32, Refusal> {
    if (1..=MAX_DELAY_DAYS).contains(&days) {
        return Ok(days);
    }
    Err(Refusal::of(RefusalCode::Invalid, "days", format!("must be from 1 to {MAX_DELAY_DAYS} working days")))
}

impl Action for ScheduleDelaySave {
    type Done = ScheduleDelayId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ScheduleDelayId, ActionError> {
        let staff = work.staff(Permission::ScheduleEdit).await?;
        let change = self.checked()?;
        let Saved { project, id, changed } = match self.id {
            Some(id) => self.change(work, &staff, id, change).await?,
            None => self.add(work, &staff, change).await?,
        };
        let event = ActivityEvent::new(ActivityKind::ScheduleDelaySaved)
            .in_project(staff.company, project)
            .to(SubjectKind::ScheduleDelay, id)
            .with(json!({ "isNew": self.id.is_none() }));
        work.record_changes(event, &changed).await?;
        Ok(id)
    }
}

/// Removes a delay from its project.
#[derive(Debug, Clone, Copy)]
pub struct ScheduleDelayRemove {
    /// The delay.
    pub id: ScheduleDelayId,
}

impl Action for ScheduleDelayRemove {
    type Done = ProjectId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectId, ActionError> {
        let staff = work.staff(Permission::ScheduleEdit).await?;
        let project = project_of_delay(work.connection(), staff.company, self.id).await?;
        let project = project.ok_or_else(|| Refusal::not_found("id"))?;
        open_project(work, &staff, project, "id").await?;
        if !delete_delay(work.connection(), self.id).await? {
            return Err(Refusal::not_found("id").into());
        }
        let event = ActivityEvent::new(ActivityKind::ScheduleDelayRemoved).in_project(staff.company, project);
        work.record(event.to(SubjectKind::ScheduleDelay, self.id)).await?;
        Ok(project)
    }
}
