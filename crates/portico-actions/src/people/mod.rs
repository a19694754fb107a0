//! People: keys.

mod key_create;
mod viewer_update;

pub use key_create::{KeyCreate, KeyCreateError, KeyCreated};
pub use viewer_update::ViewerUpdate;
