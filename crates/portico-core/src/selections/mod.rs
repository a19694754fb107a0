//! Selections, their options and allowances.

mod amounts;
mod choice;
mod reminder;
mod state;
#[cfg(test)]
mod tests;

pub use amounts::{
    AllowanceTerms, Basis, ChosenPrice, Effect, MAX_CHOICES, MAX_QUANTITY, Overage, added_overage, effect, overage,
    total_price, unused_credit,
};
pub use choice::{ChoiceFault, EXPIRED, NamedChoice, Offered, check_choices};
pub use reminder::{DueSelection, SelectionReminderJob};
pub use state::SelectionAction;

use crate::activity::TimeRange;
use crate::id::LocationId;

text_enum! {
    /// State of a selection (STA-7). Overdue is a flag and not a state.
    pub enum SelectionStatus {
        /// Draft, for staff only.
        Draft = "DRAFT",
        /// Open for a choice.
        Shared = "SHARED",
        /// The client has chosen and may still change the choice.
        Chosen = "CHOSEN",
        /// The choice has been approved.
        Approved = "APPROVED",
        /// Choice locked: only a change order changes it.
        Locked = "LOCKED",
        /// Ordered from the supplier.
        Ordered = "ORDERED",
        /// The client has declined it.
        Declined = "DECLINED",
    }
}

text_enum! {
    /// What an allowance pays for.
    pub enum AllowanceCovers {
        /// Materials.
        Material = "MATERIAL",
        /// Materials and labor.
        MaterialAndLabor = "MATERIAL_AND_LABOR",
    }
}

text_enum! {
    /// What happens with the unused part of an allowance (MR-5).
    pub enum UnusedAllowancePolicy {
        /// It is credited to the client.
        Credit = "CREDIT",
        /// It stays part of the contract.
        Keep = "KEEP",
    }
}

text_enum! {
    /// Kind of an entry in the ledger of an allowance.
    pub enum AllowanceEntryKind {
        /// The amount that was granted first.
        Granted = "GRANTED",
        /// A change of the granted amount.
        GrantChanged = "GRANT_CHANGED",
        /// The price of an approved selection.
        Approved = "APPROVED",
        /// Reverses the entry of a selection that was reopened.
        Reopened = "REOPENED",
    }
}

/// Sort orders of selections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub enum SelectionSortKey {
    /// The number; drafts, which have none, come last.
    Number,
    /// The due date; selections without one come last.
    DueOn,
    /// The title, ignoring case.
    Title,
    /// When it was chosen; selections without a choice come last.
    ChosenAt,
    /// When it was approved; others come last.
    ApprovedAt,
    /// When it was ordered; others come last.
    OrderedAt,
}

/// Filter and order of a project's selections.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct SelectionList {
    /// One of these states.
    pub status_in: Option<Vec<SelectionStatus>>,
    /// When the choice is due.
    pub due_on: Option<crate::projects::DateRange>,
    /// In this location.
    pub location: Option<LocationId>,
    /// Of this category, ignoring case.
    pub category: Option<String>,
    /// When it was chosen.
    pub chosen_at: Option<TimeRange>,
    /// When it was approved.
    pub approved_at: Option<TimeRange>,
    /// When it was ordered.
    pub ordered_at: Option<TimeRange>,
    /// The order.
    pub sort: SelectionSortKey,
    /// Largest first.
    pub descending: bool,
}
