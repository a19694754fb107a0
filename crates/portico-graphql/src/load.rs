//! Reads of resolvers.

use async_graphql::Context;
use portico_loader::{Key, Loader};

use crate::error::ApiError;

/// Loads a key through the loader of the request.
pub(crate) async fn load<K: Key>(ctx: &Context<'_>, key: K) -> Result<K::Value, ApiError> {
    Ok(ctx.data_unchecked::<Loader>().load(key).await?)
}
