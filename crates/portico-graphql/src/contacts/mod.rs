//! A company's contacts.

mod contact;
mod mutations;

pub(crate) use contact::{Contact, ContactKind};
pub(crate) use mutations::{ClientMutations, contact, contact_id};
