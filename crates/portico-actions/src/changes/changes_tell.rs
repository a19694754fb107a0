//! Keeps what a reader is told of changes.

use std::sync::Arc;

use portico_store::changes::{ProjectSync, save_sync};

use crate::{Action, ActionError, Work, WriteScope};

/// Keeps that the caller is told of all differences in a project. Done is false if another request of the same reader has told
/// something meanwhile; then nothing is kept. It changes nothing that anyone sees, so it has no entry in the audit log.
#[derive(Debug, Clone)]
pub struct ChangesTell(pub Arc<ProjectSync>);

impl Action for ChangesTell {
    type Done = bool;

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<bool, ActionError> {
        let now = work.now();
        Ok(save_sync(work.connection(), &self.0, now).await?)
    }
}
