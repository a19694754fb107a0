//! API keys.

mod api_key_create;
mod api_key_revoke;
mod key_create;
mod key_write;

pub use api_key_create::{ApiKeyCreate, CreatedApiKey};
pub use api_key_revoke::ApiKeyRevoke;
pub use key_create::{KeyCreate, KeyCreateError, KeyCreated};
pub use key_write::KeyError;
