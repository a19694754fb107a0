//! Selections, their options and allowances.

mod allowance;
mod approval;
mod list;
mod mutations;
mod option;
mod selection;

pub(crate) use allowance::Allowance;
pub(crate) use list::{SelectionConnection, SelectionFilter, SelectionSortKey, SelectionStatus, selections_page};
pub(crate) use mutations::SelectionMutations;
pub(crate) use option::SelectionOption;
pub(crate) use selection::Selection;
