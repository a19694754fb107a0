//! A company's contacts.

mod checks;
mod client_create;
mod client_request_contact_review;
mod client_update;
mod resolve_person;

pub(crate) use checks::{identity_of_contact, wrong_contact_kind};
pub use client_create::ClientCreate;
pub use client_request_contact_review::ClientRequestContactReview;
pub use client_update::ClientUpdate;
pub use resolve_person::KNOWN_ADDRESSES_PER_HOUR;
pub(crate) use resolve_person::{ResolvedPerson, resolve_person};
