//! The caller, and the caller's own account.

mod mutations;
mod notifications;
mod role;
mod viewer;

pub(crate) use mutations::AccountMutations;
pub(crate) use notifications::SummaryFrequency;
pub(crate) use viewer::ViewerNode;
