//! Support: accounts that it opens, and corrects after verifying.

mod account;
mod mutations;

pub(crate) use account::{Account, open_account};
pub(crate) use mutations::SupportMutations;
