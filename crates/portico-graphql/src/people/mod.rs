//! People: who asks, and what they do with their accounts, and companies' cards of them.

mod account;
mod clients;
mod contact;
mod enums;
mod viewer;

pub(crate) use account::AccountMutations;
pub(crate) use clients::{ClientMutations, contact, contact_id};
pub(crate) use contact::{Contact, ContactKind};
pub(crate) use enums::Permission;
pub(crate) use viewer::ViewerNode;
