//! Mailed links.

mod email_confirm;
mod mutations;

pub(crate) use email_confirm::EmailConfirmMutations;
pub(crate) use mutations::LinkMutations;
