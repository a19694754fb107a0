//! API keys.

mod rows;
mod writes;

pub use rows::{ApiKeyRow, keys_of_companies};
pub use writes::{Creator, NewApiKey, find_creator, find_projects, insert_api_key, lock_key, own_projects, revoke_key};
