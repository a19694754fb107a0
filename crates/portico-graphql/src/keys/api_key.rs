//! API keys.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::access::Permission as CorePermission;
use portico_core::id::{ApiKeyId, Tag};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::keys::{ApiKeyRow, KeyById, KeysOfCompany};

use crate::access::Permission;
use crate::direct::Direct;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::scalars::DateTime;

pub(crate) struct ApiKey(Arc<ApiKeyRow>);

/// API keys of the viewer's company: all of them for owners, their own for other staff.
pub(crate) async fn own_keys(ctx: &Context<'_>) -> Result<Vec<Direct<ApiKey>>, ApiError> {
    let Some(company) = ctx.data_unchecked::<Loader>().viewer().company() else { return Ok(Vec::new()) };
    let mut rows = load(ctx, KeysOfCompany(company)).await?.to_vec();
    rows.sort_by_key(|row| (row.created_at, row.id));
    Ok(rows.into_iter().map(|row| ApiKey(row).into()).collect())
}

pub(super) async fn own_key(ctx: &Context<'_>, id: ApiKeyId) -> Result<Option<ApiKey>, ApiError> {
    Ok(load(ctx, KeyById(id)).await?.map(ApiKey))
}

/// Read-only key for scripts, limited to its creator's current permissions.
#[gated]
#[Object]
impl ApiKey {
    /// Key ID; cannot be fetched with `node`.
    #[shared(STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::API_KEY, self.0.id.0)
    }

    /// Name that tells what the key is for.
    #[shared(STAFF)]
    async fn name(&self) -> &str;

    /// Granted permissions, in the order of the enum. A permission that the creator has lost has no effect.
    #[shared(STAFF)]
    #[list_size(NAMES)]
    async fn permissions(&self) -> Vec<Permission> {
        let known = self.0.permissions.iter().filter_map(|name| name.parse::<CorePermission>().ok());
        known.map(Into::into).collect()
    }

    /// IDs of the projects it may read, in no particular order. Null for all projects of the company.
    #[shared(STAFF)]
    #[list_size(KEY_PROJECTS)]
    async fn project_ids(&self) -> Option<Vec<ID>> {
        let listed = self.0.project_ids.as_ref()?;
        Some(listed.iter().map(|project| ids::global(Tag::PROJECT, project.0)).collect())
    }

    /// Creation time.
    #[shared(STAFF)]
    async fn created_at(&self) -> DateTime;

    /// Expiry time.
    #[shared(STAFF)]
    async fn expires_at(&self) -> DateTime;

    /// Time of the last use, to the hour. Null if it was never used.
    #[shared(STAFF)]
    async fn last_used_at(&self) -> Option<DateTime>;

    /// Whether it has been revoked.
    #[shared(STAFF)]
    async fn is_revoked(&self) -> bool;

    /// Name of the member of staff who created it.
    #[shared(STAFF)]
    async fn creator_name(&self) -> &str;
}
