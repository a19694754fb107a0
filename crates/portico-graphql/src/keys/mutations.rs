//! Mutations of API keys.

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::keys::{ApiKeyCreate, ApiKeyRevoke};
use portico_core::id::{ProjectId, Tag};
use portico_graphql_macros::gated;
use secrecy::ExposeSecret;

use super::api_key::{ApiKey, own_key};
use crate::access::Permission;
use crate::act::{act, payload};
use crate::error::ApiError;
use crate::ids;

/// Input of `apiKeyCreate`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ApiKeyCreateInput {
    /// Name that tells what the key is for.
    name: String,
    /// Permissions to grant; each must be one of the caller's own.
    permissions: Vec<Permission>,
    /// Projects it may read, at most 100. Omit for all projects of the company, including future ones.
    project_ids: Option<Vec<ID>>,
    /// Lifetime in days, 1 to 366.
    lifetime_days: i32,
}

payload! {
    /// Result of `apiKeyCreate`.
    ApiKeyCreatePayload for (STAFF) {
        /// Bearer token for scripts. Returned only once and not stored.
        token: String,
        /// The key.
        api_key: ApiKey,
    }
}

/// Input of `apiKeyRevoke`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ApiKeyRevokeInput {
    /// Key ID.
    id: ID,
}

payload! {
    /// Result of `apiKeyRevoke`.
    ApiKeyRevokePayload for (STAFF) {
        /// The revoked key.
        api_key: ApiKey,
    }
}

#[derive(Default)]
pub(crate) struct ApiKeyMutations;

/// Mutations of API keys.
#[gated]
#[Object]
impl ApiKeyMutations {
    /// Creates a read-only key for scripts in the caller's name. A company has at most 50 keys that are neither revoked
    /// nor expired.
    #[requires(REPORTS_KEYS)]
    async fn api_key_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `apiKeyCreate`.")] input: ApiKeyCreateInput,
    ) -> Result<ApiKeyCreatePayload, ApiError> {
        let ApiKeyCreateInput { name, permissions, project_ids, lifetime_days } = input;
        let read = |id: &ID| ids::read_as::<ProjectId>(id, "input.projectIds", Tag::PROJECT);
        let projects = project_ids.map(|listed| listed.iter().map(read).collect()).transpose()?;
        let permissions = permissions.into_iter().map(Into::into).collect();
        Ok(match act(ctx, ApiKeyCreate { name, permissions, projects, lifetime_days }).await? {
            Ok(made) => ApiKeyCreatePayload::done(made.token.expose_secret().to_owned(), own_key(ctx, made.id).await?),
            Err(refused) => ApiKeyCreatePayload::refused(refused),
        })
    }

    /// Revokes a key; requests with it fail at once.
    /// Owners can revoke any key of the company, other staff their own.
    #[requires(REPORTS_KEYS)]
    async fn api_key_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `apiKeyRevoke`.")] input: ApiKeyRevokeInput,
    ) -> Result<ApiKeyRevokePayload, ApiError> {
        let key = ids::read_as(&input.id, "input.id", Tag::API_KEY)?;
        Ok(match act(ctx, ApiKeyRevoke { key }).await? {
            Ok(key) => ApiKeyRevokePayload::done(own_key(ctx, key).await?),
            Err(refused) => ApiKeyRevokePayload::refused(refused),
        })
    }
}
