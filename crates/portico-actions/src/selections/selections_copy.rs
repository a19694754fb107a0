//! Copies the selections of a project to another one of the company.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::ProjectId;
use portico_core::limits::caps;
use portico_core::refusal::RefusalCode;
use portico_store::projects::own_project;
use portico_store::selections::{copy_selections, count_allowances, count_copied_allowances, count_selections};
use serde::Serialize;
use serde_json::json;

use crate::projects::open_project;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work};

/// Copies the selections of a project, drafts included, to another one of the company: as drafts with options and costs, without
/// locations, dates, choices and files.
#[derive(Debug, Clone, Serialize)]
pub struct SelectionsCopy {
    /// The project whose selections are copied.
    pub from: ProjectId,
    /// The project to which they are added.
    pub to: ProjectId,
    /// Idempotency key.
    pub idempotency_key: String,
}

impl Action for SelectionsCopy {
    type Done = ProjectId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectId, ActionError> {
        let staff = work.staff(Permission::SelectionsManage).await?;
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        if self.from == self.to {
            let message = "is the project to which selections are copied: choose another one";
            return Err(Refusal::of(RefusalCode::Invalid, "fromProjectId", message).into());
        }
        let to = open_project(work, &staff, self.to, "toProjectId").await?;
        let from = own_project(work.connection(), staff.company, self.from).await?;
        let from = from.ok_or_else(|| Refusal::not_found("fromProjectId"))?;
        if from.currency != to.currency {
            let message =
                format!("has prices in {}, and not in {}: choose another project", from.currency, to.currency);
            return Err(Refusal::of(RefusalCode::Invalid, "fromProjectId", message).into());
        }
        let selections =
            count_selections(work.connection(), from.id).await? + count_selections(work.connection(), to.id).await?;
        let copied = count_copied_allowances(work.connection(), (staff.company, from.id, to.id)).await?;
        let allowances = count_allowances(work.connection(), to.id).await? + copied;
        if selections > i64::from(caps::SELECTIONS) || allowances > i64::from(caps::ALLOWANCES) {
            let message = format!(
                "would have more than {} selections or {} allowances: delete drafts and unused allowances first",
                caps::SELECTIONS,
                caps::ALLOWANCES
            );
            return Err(Refusal::of(RefusalCode::InvalidState, "toProjectId", message).into());
        }
        let at = work.now();
        let count = copy_selections(work.connection(), (staff.company, from.id, to.id), at).await?;
        if count > 0 {
            let event = ActivityEvent::new(ActivityKind::SelectionsCopied)
                .in_project(staff.company, to.id)
                .to(SubjectKind::Project, to.id)
                .with(json!({ "count": count }));
            work.record(event).await?;
        }
        work.answer(&self.idempotency_key, &to.id).await?;
        Ok(to.id)
    }
}
