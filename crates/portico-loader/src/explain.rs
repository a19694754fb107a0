//! Explanations of what outsiders see. Never cached: they are rarely requested, and must be current.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use portico_core::id::{ProjectId, ProjectMembershipId};
pub use portico_store::explain::{PreviewRow, PreviewSettings, RulesRow};
use portico_store::explain::{preview_of_project, rules_of_records};
use portico_store::{ReadSession, StoreError, Visible};
use serde::Serialize;
use uuid::Uuid;

use crate::gather::Rows;
use crate::{CachePolicy, Key};

/// Evaluated visibility rules of one view for one membership and one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct RulesOfRecord {
    /// The membership.
    pub membership: ProjectMembershipId,
    /// The view.
    pub view: &'static str,
    /// The row.
    pub record: Uuid,
}

impl Key for RulesOfRecord {
    type Value = Option<Arc<RulesRow>>;

    const KIND: &'static str = "RulesOfRecord";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Uncached
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let memberships: BTreeSet<_> = keys.iter().map(|key| key.membership).collect();
        let views: BTreeSet<_> = keys.iter().map(|key| key.view).collect();
        let records: BTreeSet<_> = keys.iter().map(|key| key.record).collect();
        let (memberships, views) = (memberships.into_iter().collect(), views.into_iter().collect());
        let rows = rules_of_records(session, memberships, views, records.into_iter().collect()).await?;
        let own = rows.into_iter().filter(|row| row.visible_to(session.viewer()));
        let found: HashMap<_, _> =
            own.map(|row| ((row.membership_id, row.view_name.clone(), row.record_id), Arc::new(row))).collect();
        let answer = |key: Self| (key, found.get(&(key.membership, key.view.to_owned(), key.record)).cloned());
        Ok(keys.into_iter().map(answer).collect())
    }
}

/// The effect of other portal settings on a project's clients.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct PreviewOfProject {
    /// The project.
    pub project: ProjectId,
    /// The portal settings to preview.
    pub supposed: PreviewSettings,
    /// Maximum number of rows per view and direction.
    pub first: u32,
}

impl Key for PreviewOfProject {
    type Value = Rows<PreviewRow>;

    const KIND: &'static str = "PreviewOfProject";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Uncached
    }

    // One after the other, since the previewed settings apply to the whole snapshot. Aliases with other settings are
    // few, and bounded at admission.
    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let mut previews = HashMap::new();
        for key in keys {
            let rows = preview_of_project(session, key.project, &key.supposed, key.first).await?;
            let own: Vec<_> = rows.into_iter().filter(|row| row.visible_to(session.viewer())).map(Arc::new).collect();
            previews.insert(key, own.into());
        }
        Ok(previews)
    }
}
