//! Selections, their options and allowances.

text_enum! {
    /// A selection's state (STA-7). Overdue is a matter of the date, not a state.
    pub enum SelectionStatus {
        /// Being prepared; staff only.
        Draft = "DRAFT",
        /// Open to the client.
        Shared = "SHARED",
        /// The client has chosen and may still change the choice.
        Chosen = "CHOSEN",
        /// The choice has been approved.
        Approved = "APPROVED",
        /// Bound; only staff reopen it.
        Locked = "LOCKED",
        /// Ordered from the supplier.
        Ordered = "ORDERED",
        /// The client has declined it.
        Declined = "DECLINED",
    }
}

/// What selections may be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub enum SelectionSortKey {
    /// The number; those without one, which are being prepared, come last.
    Number,
    /// When the choice is due; those without a date come last.
    DueOn,
    /// The title, whatever its case.
    Title,
}

/// Which of a project's selections, in which order.
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
