//! Selections, their options and allowances.

text_enum! {
    /// State of a selection (STA-7). Overdue follows from the due date and is not a state.
    pub enum SelectionStatus {
        /// Draft, for staff only.
        Draft = "DRAFT",
        /// Open for a choice.
        Shared = "SHARED",
        /// The client has chosen and may still change the choice.
        Chosen = "CHOSEN",
        /// The choice has been approved.
        Approved = "APPROVED",
        /// Choice locked; only staff can reopen it.
        Locked = "LOCKED",
        /// Ordered from the supplier.
        Ordered = "ORDERED",
        /// The client has declined it.
        Declined = "DECLINED",
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
}

/// Filter and order of a project's selections.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct SelectionList {
    /// One of these states.
    pub status_in: Option<Vec<SelectionStatus>>,
    /// When the choice is due.
    pub due_on: Option<crate::projects::DateRange>,
    /// The order.
    pub sort: SelectionSortKey,
    /// Largest first.
    pub descending: bool,
}
