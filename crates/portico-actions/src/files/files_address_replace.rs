//! Replaces the address to which files of a project are mailed.

use data_encoding::HEXLOWER;
use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::files::mail::MAIL_KEY_BYTES;
use portico_core::id::ProjectId;
use portico_core::refusal::RefusalCode;
use portico_store::files::replace_mail_key;

use crate::projects::open_project;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work};

/// Replaces the address to which files of a project are mailed (FIL-2). Mail to the former address is refused from then on.
#[derive(Debug, Clone, serde::Serialize)]
pub struct FilesAddressReplace {
    /// The project.
    pub project: ProjectId,
    /// Idempotency key.
    pub idempotency_key: String,
}

impl Action for FilesAddressReplace {
    type Done = ProjectId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectId, ActionError> {
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        let staff = work.staff(Permission::DocumentsManage).await?;
        open_project(work, &staff, self.project, "projectId").await?;
        if work.actor().installation.mail_domain.is_none() {
            let message = "this installation does not receive mail: contact the operator";
            return Err(Refusal::new(RefusalCode::InvalidState, message).into());
        }
        let mut random = [0; MAIL_KEY_BYTES];
        getrandom::fill(&mut random)?;
        replace_mail_key(work.connection(), self.project, &HEXLOWER.encode(&random)).await?;
        let event = ActivityEvent::new(ActivityKind::FilesAddressReplaced).in_project(staff.company, self.project);
        work.record(event.to(SubjectKind::Project, self.project)).await?;
        work.answer(&self.idempotency_key, &self.project).await?;
        Ok(self.project)
    }
}
