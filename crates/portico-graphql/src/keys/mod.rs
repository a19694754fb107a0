//! API keys.

mod api_key;
mod mutations;

pub(crate) use api_key::{ApiKey, own_keys};
pub(crate) use mutations::ApiKeyMutations;
