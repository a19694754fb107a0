//! People: sign-in, and the keys that actions make.

mod keys;
mod sign_in;

pub use keys::{Creator, NewApiKey, find_creator, find_projects, insert_api_key};
