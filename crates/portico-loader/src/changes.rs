//! Changes of projects for one reader, compared each time.

use std::collections::HashMap;
use std::sync::Arc;

use portico_core::changes::Since;
use portico_core::id::ProjectId;
pub use portico_store::changes::ProjectSync;
use portico_store::changes::sync_of_projects;
use portico_store::{ReadSession, StoreError, Visible};
use serde::Serialize;

use crate::{CachePolicy, Key};

/// What the viewer was sent a project, and what differs from it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct SyncOfProject {
    /// The project.
    pub project: ProjectId,
    /// Only what the viewer was sent after this.
    pub since: Since,
    /// Maximum number of changes that the viewer was sent.
    pub size: u32,
}

impl Key for SyncOfProject {
    type Value = Option<Arc<ProjectSync>>;

    const KIND: &'static str = "SyncOfProject";

    // Read marks and evidence of decisions count, and have no generation.
    fn policy(&self) -> CachePolicy {
        CachePolicy::Uncached
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let mut by_question: HashMap<(Since, u32), Vec<ProjectId>> = HashMap::new();
        for Self { project, since, size } in keys {
            by_question.entry((since, size)).or_default().push(project);
        }
        let mut found = HashMap::new();
        for ((since, size), projects) in by_question {
            let syncs = sync_of_projects(session, projects, since, size).await?;
            let seen = syncs.into_iter().filter(|sync| sync.visible_to(session.viewer()));
            found.extend(seen.map(|sync| (Self { project: sync.state.project_id, since, size }, Some(Arc::new(sync)))));
        }
        Ok(found)
    }
}
