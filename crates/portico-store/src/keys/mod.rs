//! API keys.

mod rows;
mod writes;

pub use rows::{ApiKeyRow, keys_by_id, keys_of_companies};
pub use writes::{
    Creator, NewApiKey, find_creator, find_projects, insert_api_key, keys_in_force, lock_key, own_projects, revoke_key,
};
