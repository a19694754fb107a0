//! The states of a selection (STA-7).

use super::SelectionStatus;
use crate::refusal::refused_in;

text_enum! {
    /// What is done with a selection.
    pub enum SelectionAction {
        /// Staff change it, its options or its terms.
        Edit = "changed",
        /// Staff share it with the clients.
        Share = "shared",
        /// A client chooses, or changes the choice.
        Choose = "chosen",
        /// A client declines it.
        Decline = "declined",
        /// A client approves the choice.
        Approve = "approved",
        /// Staff lock the approved choice.
        Lock = "locked",
        /// Staff order it.
        Order = "ordered",
        /// Staff reopen it, so that a client approves again.
        Reopen = "reopened",
        /// Staff delete it.
        Delete = "deleted",
    }
}

impl SelectionAction {
    /// The states in which it is possible.
    pub const fn possible_in(self) -> &'static [SelectionStatus] {
        use SelectionStatus as Is;
        match self {
            Self::Edit => &[Is::Draft, Is::Shared, Is::Chosen],
            Self::Share | Self::Delete => &[Is::Draft],
            Self::Choose => &[Is::Shared, Is::Chosen],
            Self::Decline => &[Is::Shared],
            Self::Approve => &[Is::Chosen],
            Self::Lock | Self::Reopen => &[Is::Approved],
            Self::Order => &[Is::Locked],
        }
    }

    /// Why it is not possible in a state; none if it is.
    pub fn refused_in(self, status: SelectionStatus) -> Option<String> {
        refused_in("the selection", status, self.possible_in(), self)
    }
}

impl SelectionStatus {
    /// The state after an action; none if it is not possible, or if nothing is left.
    pub fn after(self, action: SelectionAction) -> Option<Self> {
        if action.refused_in(self).is_some() {
            return None;
        }
        match action {
            SelectionAction::Edit => Some(self),
            SelectionAction::Share => Some(Self::Shared),
            SelectionAction::Choose | SelectionAction::Reopen => Some(Self::Chosen),
            SelectionAction::Decline => Some(Self::Declined),
            SelectionAction::Approve => Some(Self::Approved),
            SelectionAction::Lock => Some(Self::Locked),
            SelectionAction::Order => Some(Self::Ordered),
            SelectionAction::Delete => None,
        }
    }

    /// Whether a client has approved the choice.
    pub const fn is_approved(self) -> bool {
        matches!(self, Self::Approved | Self::Locked | Self::Ordered)
    }
}
