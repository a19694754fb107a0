//! Progress of published tasks.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{CompanyId, TaskId};
use portico_core::messages::AuthorKind;
use portico_core::projects::ProjectStatus;
use portico_core::refusal::RefusalCode;
use portico_store::memberships::lock_project;
use portico_store::schedule::{lock_task, set_progress, trades_report_progress};
use serde_json::json;

use crate::member_action::{MemberAction, Named, author, perform};
use crate::refusal::ARCHIVED;
use crate::{ActionError, ActivityEvent, Actor, Refusal, Work};

/// Member of the input that names the task.
const TASK: &str = "taskId";

/// Sets the percent complete of a task of the published schedule, without a new version. Milestones follow (MIL-5).
#[derive(Debug, Clone, Copy)]
pub struct TaskProgressSet {
    /// The task.
    pub task: TaskId,
    /// The version of the task that the caller has seen.
    pub expected_version: Option<i32>,
    /// Percent complete, 0 to 100.
    pub percent_complete: i32,
}

impl TaskProgressSet {
    /// Sets the progress, as staff who edit schedules, or as a trade partner of the task whose company allows it (SCH-8).
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<TaskId, ActionError> {
        perform(actor, &self).await
    }
}

impl MemberAction for TaskProgressSet {
    type Done = TaskId;

    fn named(&self) -> Named {
        Named::Task(self.task, TASK)
    }

    async fn write_in(&self, work: &mut Work<'_>, company: CompanyId) -> Result<TaskId, ActionError> {
        let not_found = || Refusal::not_found(TASK);
        // Projects are locked first, everywhere.
        let found = lock_task_of(work, company, self.task).await?;
        let author = author(work, company, found.project, self.named()).await?;
        match author.kind {
            AuthorKind::Company => {
                work.staff(Permission::ScheduleEdit).await?;
            }
            AuthorKind::Trade => {
                if !author.partner.is_some_and(|partner| found.trades.contains(&partner)) {
                    return Err(not_found().into());
                }
                if !trades_report_progress(work.connection(), company).await? {
                    let message = "the company does not accept progress from trade partners: write a message instead";
                    return Err(Refusal::new(RefusalCode::InvalidState, message).into());
                }
            }
            AuthorKind::Client => return Err(not_found().into()),
        }
        if author.project_status == ProjectStatus::Archived {
            return Err(Refusal::of(RefusalCode::ProjectClosed, TASK, ARCHIVED).into());
        }
        if !(0..=100).contains(&self.percent_complete) {
            let message = format!("must be between 0 and 100, not {}", self.percent_complete);
            return Err(Refusal::of(RefusalCode::Invalid, "percentComplete", message).into());
        }
        if self.expected_version.is_some_and(|expected| expected != found.version) {
            return Err(Refusal::outdated(found.version).into());
        }
        if found.percent_complete == self.percent_complete {
            return Ok(self.task);
        }
        set_progress(work.connection(), self.task, self.percent_complete).await?;
        let event = ActivityEvent::new(ActivityKind::TaskProgressSet)
            .in_project(company, found.project)
            .to(SubjectKind::Task, self.task)
            .with(json!({ "from": found.percent_complete, "to": self.percent_complete }));
        work.record(event).await?;
        Ok(self.task)
    }
}

/// The task with its project locked, as it is then.
async fn lock_task_of(
    work: &mut Work<'_>,
    company: CompanyId,
    task: TaskId,
) -> Result<portico_store::schedule::PublishedTask, ActionError> {
    let not_found = || Refusal::not_found(TASK);
    let place = portico_store::memberships::place_of_task(work.connection(), task).await?.ok_or_else(not_found)?;
    lock_project(work.connection(), company, place.project).await?.ok_or_else(not_found)?;
    Ok(lock_task(work.connection(), company, task).await?.ok_or_else(not_found)?)
}
