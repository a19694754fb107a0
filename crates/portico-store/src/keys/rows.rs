//! API keys, as their creators see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::access::{Permission, Role, Viewer};
use portico_core::id::{ApiKeyId, CompanyId, IdentityId, ProjectId};
use portico_store_macros::role_view;

use crate::by_key::{first_rows_by_key, rows_by_key};
use crate::visible::Visible;

/// An API key, without its token.
#[role_view(api_keys(id))]
pub struct ApiKeyRow {
    /// The key.
    pub id: ApiKeyId,
    /// The company.
    pub company_id: CompanyId,
    /// The name.
    pub name: String,
    /// Granted permissions, effective as far as the creator has them now.
    pub permissions: Vec<String>,
    /// Projects it may read; none for all of the company's.
    pub project_ids: Option<Vec<ProjectId>>,
    /// Creation time.
    pub created_at: DateTime<Utc>,
    /// Expiry time.
    pub expires_at: DateTime<Utc>,
    /// Time of the last use, to the hour.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Whether it has been revoked.
    pub is_revoked: bool,
    /// The creator.
    pub creator_id: IdentityId,
    /// The creator's name.
    pub creator_name: String,
}

impl Visible for ApiKeyRow {
    // An API key sees no API keys, whatever its permissions.
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
    /// API keys by id.
    keys_by_id(ApiKeyId) -> ApiKeyRow = api_keys by id;
}

first_rows_by_key! {
    /// API keys of companies: those in force first, which are fewer than the maximum of the list.
    keys_of_companies(CompanyId) -> ApiKeyRow = the first API_KEYS of api_keys by company_id
        in order of (api_keys::is_revoked, api_keys::expires_at.desc(), api_keys::id);
}
