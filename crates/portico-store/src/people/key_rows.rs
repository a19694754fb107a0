//! Keys for scripts, as those who make them see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::id::{ApiKeyId, CompanyId, IdentityId, ProjectId};
use portico_core::people::{Permission, Role, Viewer};
use serde::{Deserialize, Serialize};

use crate::by_key::rows_by_key;
use crate::schema::api_keys;
use crate::visible::Visible;

/// A key for scripts, without what opens it.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = api_keys, check_for_backend(diesel::pg::Pg))]
pub struct ApiKeyRow {
    /// The key.
    pub id: ApiKeyId,
    /// Its company.
    pub company_id: CompanyId,
    /// What it is for.
    pub name: String,
    /// What it was given; never more than its creator may now.
    pub permissions: Vec<String>,
    /// Which projects it may read; none for all of the company's.
    pub project_ids: Option<Vec<ProjectId>>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
    /// When it was last used, to the hour.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Whether it has been withdrawn.
    pub is_revoked: bool,
    /// Who made it.
    pub creator_id: IdentityId,
    /// How they are called.
    pub creator_name: String,
}

impl Visible for ApiKeyRow {
    // A key is told of no key, whatever it was given.
    fn visible_to(&self, viewer: &Viewer) -> bool {
        let is_own = || viewer.person.as_ref().is_some_and(|person| person.id == self.creator_id.0);
        viewer.may_in(self.company_id, Permission::ReportsKeys)
            && match viewer.role {
                Some(Role::Owner) => true,
                Some(Role::Staff) => is_own(),
                _ => false,
            }
    }
}

rows_by_key! {
    /// The keys of companies, the oldest first.
    keys_of_companies(CompanyId) -> ApiKeyRow = api_keys by company_id in order of created_at, id;
}
