//! Support: opening and correcting users' accounts.

mod account;
mod mutations;

pub(crate) use account::{Account, open_account};
pub(crate) use mutations::SupportMutations;
