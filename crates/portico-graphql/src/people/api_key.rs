//! Keys for scripts.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::{ApiKeyId, Tag};
use portico_core::people::Permission as CorePermission;
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::people::{ApiKeyRow, KeysOfCompany};

use super::Permission;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::scalars::DateTime;

/// A key with which a script reads in somebody's name: never more than they may now.
pub(crate) struct ApiKey(Arc<ApiKeyRow>);

/// The keys of the viewer's company: all of them for owners, for others those that they have made.
pub(crate) async fn own_keys(ctx: &Context<'_>) -> Result<Vec<ApiKey>, ApiError> {
    let Some(company) = ctx.data_unchecked::<Loader>().viewer().company() else { return Ok(Vec::new()) };
    Ok(load(ctx, KeysOfCompany(company)).await?.iter().cloned().map(ApiKey).collect())
}

/// One of them.
pub(super) async fn own_key(ctx: &Context<'_>, id: ApiKeyId) -> Result<Option<ApiKey>, ApiError> {
    Ok(own_keys(ctx).await?.into_iter().find(|key| key.0.id == id))
}

/// A key with which a script reads in somebody's name: never more than they may now.
#[gated]
#[Object]
impl ApiKey {
    /// Its id, to revoke it by. `node` does not know it.
    #[shared(STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::API_KEY, self.0.id.0)
    }

    /// What it is for.
    #[shared(STAFF)]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it was given. What its creator may not do now it may not either.
    #[shared(STAFF)]
    async fn permissions(&self) -> Vec<Permission> {
        let known = self.0.permissions.iter().filter_map(|name| name.parse::<CorePermission>().ok());
        known.map(Into::into).collect()
    }

    /// The ids of the projects that it may read. Null for all of the company's.
    #[shared(STAFF)]
    async fn project_ids(&self) -> Option<Vec<ID>> {
        let listed = self.0.project_ids.as_ref()?;
        Some(listed.iter().map(|project| ids::global(Tag::PROJECT, project.0)).collect())
    }

    /// When it was made.
    #[shared(STAFF)]
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it stops working.
    #[shared(STAFF)]
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// When it was last used, to the hour. Null if it never was.
    #[shared(STAFF)]
    async fn last_used_at(&self) -> Option<DateTime> {
        self.0.last_used_at.map(DateTime)
    }

    /// Whether it has been withdrawn.
    #[shared(STAFF)]
    async fn is_revoked(&self) -> bool {
        self.0.is_revoked
    }

    /// The name of whoever made it, and in whose name it reads.
    #[shared(STAFF)]
    async fn creator_name(&self) -> &str {
        &self.0.creator_name
    }
}
