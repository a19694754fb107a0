//! Keeps what a reader is told of changes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use portico_core::id::ProjectId;
use portico_store::changes::{ProjectSync, save_sync};
use tokio::sync::OnceCell;

use crate::{Action, ActionError, Actor, Work, WriteScope};

/// Keeps that the caller is told of all differences in a project. Done is false if another request of the same reader has told
/// something meanwhile; then nothing is kept. It changes nothing that anyone sees, so it has no entry in the audit log.
#[derive(Debug, Clone)]
struct ChangesTell(Arc<ProjectSync>);

impl Action for ChangesTell {
    type Done = bool;

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<bool, ActionError> {
        let now = work.now();
        Ok(save_sync(work.connection(), &self.0, now).await?)
    }
}

/// What a request has told, by project and position: fields of one request, and its repetition in the same snapshot, find the same
/// differences, and tell them once.
#[derive(Debug, Clone, Default)]
pub(crate) struct ToldByRequest(Arc<Mutex<HashMap<(ProjectId, Option<i64>), Arc<OnceCell<bool>>>>>);

impl Actor {
    /// Keeps that the caller is told of all differences in a project. False if another request of the same reader has told something
    /// meanwhile; then nothing is kept.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing is kept.
    pub async fn tell_changes(&self, sync: &Arc<ProjectSync>) -> Result<bool, ActionError> {
        let told = {
            let mut all = self.told.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry((sync.state.project_id, sync.state.position)).or_default())
        };
        let tell = || async { self.perform(&ChangesTell(Arc::clone(sync))).await };
        told.get_or_try_init(tell).await.copied()
    }
}
