//! Selections, their options and allowances.

mod allowance;
mod approval;
mod list;
mod mutations;
mod option;
mod pending;
mod preview;
mod selection;
mod staff_mutations;

pub(crate) use allowance::{Allowance, AllowanceCovers, UnusedAllowancePolicy};
pub(crate) use list::{SelectionConnection, SelectionFilter, SelectionSortKey, SelectionStatus, selections_page};
pub(crate) use mutations::SelectionMutations;
pub(crate) use option::{SelectionChoice, SelectionOption};
pub(crate) use pending::{PendingAction, own_pending_actions, pending_actions};
pub(crate) use selection::Selection;
pub(crate) use staff_mutations::{AllowanceMutations, SelectionStaffMutations};
