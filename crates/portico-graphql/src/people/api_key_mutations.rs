//! How staff make keys for scripts, and withdraw them.

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::people::{ApiKeyCreate, ApiKeyRevoke};
use portico_core::id::{ProjectId, Tag};
use portico_graphql_macros::gated;

use super::Permission;
use super::api_key::{ApiKey, own_key};
use crate::act::{act, payload};
use crate::error::ApiError;
use crate::ids;

/// A key to be made.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ApiKeyCreateInput {
    /// What it is for.
    name: String,
    /// What it may do: of what you may yourself, now and whenever it is used.
    permissions: Vec<Permission>,
    /// The projects that it may read. Null for all of the company's, those that are yet to come among them.
    project_ids: Option<Vec<ID>>,
    /// How many days it lives: 1 to 366.
    days: i32,
}

payload! {
    /// What came of making a key.
    ApiKeyCreatePayload for (STAFF) {
        /// What a script sends as its bearer token. It is shown this once, and kept nowhere.
        token: String,
        /// The key.
        api_key: ApiKey,
    }
}

payload! {
    /// What came of withdrawing a key.
    ApiKeyRevokePayload for (STAFF) {
        /// The key, as it is now.
        api_key: ApiKey,
    }
}

/// How staff make keys for scripts, and withdraw them.
#[derive(Default)]
pub(crate) struct ApiKeyMutations;

/// How staff make keys for scripts, and withdraw them.
#[gated]
#[Object]
impl ApiKeyMutations {
    /// Makes a key for scripts, which reads in your name and changes nothing.
    #[requires(REPORTS_KEYS)]
    async fn api_key_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key.")] input: ApiKeyCreateInput,
    ) -> Result<ApiKeyCreatePayload, ApiError> {
        let ApiKeyCreateInput { name, permissions, project_ids, days } = input;
        let read = |id: &ID| ids::read_as::<ProjectId>(id, "projectIds", Tag::PROJECT);
        let projects = project_ids.map(|listed| listed.iter().map(read).collect()).transpose()?;
        let permissions = permissions.into_iter().map(Into::into).collect();
        Ok(match act(ctx, ApiKeyCreate { name, permissions, projects, days }).await? {
            Ok(made) => ApiKeyCreatePayload::done(made.token, own_key(ctx, made.id).await?),
            Err(refused) => ApiKeyCreatePayload::refused(refused),
        })
    }

    /// Withdraws a key, which opens nothing from its next request on: one that you have made or, if you are an owner, any of
    /// the company's.
    #[requires(REPORTS_KEYS)]
    async fn api_key_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key's id.")] id: ID,
    ) -> Result<ApiKeyRevokePayload, ApiError> {
        let key = ids::read_as(&id, "id", Tag::API_KEY)?;
        Ok(match act(ctx, ApiKeyRevoke { key }).await? {
            Ok(key) => ApiKeyRevokePayload::done(own_key(ctx, key).await?),
            Err(refused) => ApiKeyRevokePayload::refused(refused),
        })
    }
}
