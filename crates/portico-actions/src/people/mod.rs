//! People: keys.

mod key_create;

pub use key_create::{KeyCreate, KeyCreateError, KeyCreated};
