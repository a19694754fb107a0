//! Creates a project.

use portico_core::access::Permission;
use portico_core::id::ProjectId;
use serde::Serialize;

use super::ProjectDraft;
use crate::{Action, ActionError, Refusal, Work};

/// Creates a project.
#[derive(Debug, Clone, Serialize)]
pub struct ProjectCreate(
    /// Its values.
    pub ProjectDraft,
);

impl Action for ProjectCreate {
    type Done = ProjectId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectId, ActionError> {
        let staff = work.staff(Permission::ProjectsWrite).await?;
        let Some(key) = &self.0.idempotency_key else {
            if self.0.invite_clients {
                return Err(Refusal::missing("idempotencyKey", "is required with `inviteClients`").into());
            }
            return self.0.checked()?.begin(work, &staff).await;
        };
        if let Some(known) = work.answered(key, self).await? {
            return Ok(known);
        }
        let id = self.0.checked()?.begin(work, &staff).await?;
        work.answer(key, &id).await?;
        Ok(id)
    }
}
