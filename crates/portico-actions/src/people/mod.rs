//! People: accounts, keys, and companies' clients.

mod client_create;
mod client_request_contact_review;
mod client_update;
mod key_create;
mod meet;
mod viewer_update;

pub use client_create::ClientCreate;
pub use client_request_contact_review::ClientRequestContactReview;
pub use client_update::ClientUpdate;
pub use key_create::{KeyCreate, KeyCreateError, KeyCreated};
pub use meet::KNOWN_AN_HOUR;
pub(crate) use meet::{Met, meet};
pub use viewer_update::ViewerUpdate;
