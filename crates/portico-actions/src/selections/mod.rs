//! Actions on selections.

mod selection_approve;

pub use selection_approve::{ApprovedSelection, SelectionApprove};
