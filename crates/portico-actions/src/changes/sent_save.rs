//! Keeps what a reader is sent of changes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use portico_core::id::ProjectId;
use portico_store::changes::{ProjectSync, save_sync};
use tokio::sync::OnceCell;

use crate::{Action, ActionError, Actor, Work, WriteScope};

/// Records that the caller is sent all differences in a project. Done is false if another request of the same reader has sent
/// something meanwhile; then nothing is kept. It changes nothing that anyone sees, so it has no entry in the audit log.
#[derive(Debug, Clone)]
struct SentSave(Arc<ProjectSync>);

impl Action for SentSave {
    type Done = bool;

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<bool, ActionError> {
        let now = work.now();
        Ok(save_sync(work.connection(), &self.0, now).await?)
    }
}

/// What a request has sent, by project and position: fields of one request, and its repetition in the same snapshot, find the same
/// differences, and send them once.
#[derive(Debug, Clone, Default)]
pub(crate) struct SentByRequest(Arc<Mutex<SentByPosition>>);

type SentByPosition = HashMap<(ProjectId, Option<i64>), Arc<OnceCell<bool>>>;

impl Actor {
    /// Records that the caller is sent all differences in a project. False if another request of the same reader has sent something
    /// meanwhile; then nothing is kept.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing is kept.
    pub async fn save_sent(&self, sync: &Arc<ProjectSync>) -> Result<bool, ActionError> {
        let sent = {
            let mut all = self.sent.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry((sync.state.project_id, sync.state.position)).or_default())
        };
        let save = || async { self.perform(&SentSave(Arc::clone(sync))).await };
        sent.get_or_try_init(save).await.copied()
    }
}
