//! People: who asks, and what they do with their accounts.

mod account;
mod enums;
mod viewer;

pub(crate) use account::AccountMutations;
pub(crate) use enums::Permission;
pub(crate) use viewer::ViewerNode;
