//! Leads: people who asked for information, until they become clients.

use crate::id::ContactId;

text_enum! {
    /// Where a lead stands (STA-3).
    pub enum LeadState {
        /// Nobody has answered yet.
        New = "NEW",
        /// Somebody has.
        Contacted = "CONTACTED",
        /// They mean to build.
        Qualified = "QUALIFIED",
        /// They became a client; this is final.
        Converted = "CONVERTED",
        /// They will not.
        Lost = "LOST",
        /// Nobody asked at all.
        Spam = "SPAM",
    }
}

impl LeadState {
    /// Whether somebody of the staff may say that it stands there now. Nobody says that it is converted: that is done, by
    /// making a client of it, and never undone.
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::New => matches!(next, Self::Contacted | Self::Qualified | Self::Lost | Self::Spam),
            Self::Contacted => matches!(next, Self::Qualified | Self::Lost | Self::Spam),
            Self::Qualified => matches!(next, Self::Contacted | Self::Lost | Self::Spam),
            // What was given up may come back, and what was taken for spam may be none.
            Self::Lost => matches!(next, Self::Contacted | Self::Qualified),
            Self::Spam => matches!(next, Self::New),
            Self::Converted => false,
        }
    }

    /// Whether a client can be made of it.
    pub const fn can_be_converted(self) -> bool {
        matches!(self, Self::New | Self::Contacted | Self::Qualified)
    }
}

text_enum! {
    /// How a lead came.
    pub enum LeadSource {
        /// By the form on a web site (LEAD-3).
        Web = "WEB",
        /// Somebody of the staff wrote it down.
        Staff = "STAFF",
    }
}

/// Which leads of a company, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct LeadList {
    /// One of these states.
    pub state_in: Option<Vec<LeadState>>,
    /// What this contact asked.
    pub contact: Option<ContactId>,
    /// Words to be found in name, address, telephone number, interest or message.
    pub search: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::LeadState::{self, Contacted, Converted, Lost, New, Qualified, Spam};

    #[test]
    fn a_lead_moves_along_its_states_and_never_by_word_into_or_out_of_a_conversion() {
        let moves = |from: LeadState| -> Vec<LeadState> {
            LeadState::ALL.iter().copied().filter(|next| from.may_become(*next)).collect()
        };
        assert_eq!(moves(New), [Contacted, Qualified, Lost, Spam]);
        assert_eq!(moves(Contacted), [Qualified, Lost, Spam]);
        assert_eq!(moves(Qualified), [Contacted, Lost, Spam]);
        assert_eq!(moves(Lost), [Contacted, Qualified]);
        assert_eq!(moves(Spam), [New]);
        assert_eq!(moves(Converted), []);
    }

    #[test]
    fn what_was_given_up_or_converted_is_not_converted() {
        let can: Vec<_> = LeadState::ALL.iter().copied().filter(|state| state.can_be_converted()).collect();
        assert_eq!(can, [New, Contacted, Qualified]);
    }
}
