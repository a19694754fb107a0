//! Decisions of clients.

use std::collections::HashMap;
use std::sync::Arc;

use portico_core::generations::Owner;
use portico_core::id::{DecisionId, ProjectId};
use portico_core::page::{Paged, Slice};
pub use portico_store::decisions::{DecisionEvidenceRow, DecisionRow};
use portico_store::decisions::{
    chains_of_projects, count_decisions_of_projects, decisions_by_id, decisions_of_projects, evidence_of_decisions,
};
use portico_store::{ReadSession, StoreError};
use serde::Serialize;

use crate::gather::{loads_one, page_each};
use crate::uncached::{loads_many_uncached, loads_uncached};
use crate::{CachePolicy, Key};

loads_one! {
    /// A decision.
    DecisionById(DecisionId) => DecisionRow, decisions_by_id, by id
}
loads_uncached! {
    /// Evidence of a decision: other clients of the project may not see it.
    EvidenceOfDecision(DecisionId) => DecisionEvidenceRow, evidence_of_decisions, by decision_id
}
loads_many_uncached! {
    /// All decisions of a project, in the order of its chain: as they are in the database now.
    ChainOfProject(ProjectId) => DecisionRow, chains_of_projects, by project_id
}

/// A page of a project's decisions, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct DecisionsOfProject {
    /// The project.
    pub project: ProjectId,
    /// The slice.
    pub slice: Slice,
}

impl Key for DecisionsOfProject {
    type Value = Arc<Paged<Arc<DecisionRow>>>;

    const KIND: &'static str = "DecisionsOfProject";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Owner(Owner::Project(self.project))
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let mut by_slice: HashMap<Slice, Vec<ProjectId>> = HashMap::new();
        for Self { project, slice } in keys {
            by_slice.entry(slice).or_default().push(project);
        }
        let mut pages = HashMap::new();
        for (slice, projects) in by_slice {
            let rows = decisions_of_projects(session, projects, &slice).await?;
            let of_project =
                page_each(rows, session.viewer(), &slice, |row| Self { project: row.project_id, slice: slice.clone() });
            pages.extend(of_project);
        }
        Ok(pages)
    }
}

/// The number of decisions of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct DecisionCount(pub ProjectId);

impl Key for DecisionCount {
    type Value = i64;

    const KIND: &'static str = "DecisionCount";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Owner(Owner::Project(self.0))
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let projects = keys.into_iter().map(|key| key.0).collect();
        let counts = count_decisions_of_projects(session, projects).await?;
        Ok(counts.into_iter().map(|(project, count)| (Self(project), count)).collect())
    }
}
