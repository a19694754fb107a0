//! A project begins.

use portico_core::id::ProjectId;
use portico_core::people::Permission;

use super::ProjectDraft;
use crate::{Action, ActionError, Work};

/// Begins a project.
#[derive(Debug, Clone)]
pub struct ProjectCreate(
    /// What it is to be.
    pub ProjectDraft,
);

impl Action for ProjectCreate {
    type Done = ProjectId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectId, ActionError> {
        let staff = work.staff(Permission::ProjectsWrite).await?;
        self.0.checked()?.begin(work, &staff).await
    }
}
