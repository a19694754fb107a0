//! Contacts, email addresses and telephone numbers.

mod contact;
mod email;
mod phone;

pub use contact::{ContactKind, ContactList};
pub use email::{Email, NotAnAddress};
pub(crate) use phone::plain;
pub use phone::{Phone, PhoneError};
