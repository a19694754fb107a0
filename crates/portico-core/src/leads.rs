//! Leads: requests for information from possible clients.

use crate::id::ContactId;

text_enum! {
    /// State of a lead (docs/domain.md).
    pub enum LeadState {
        /// Received, and not answered yet.
        New = "NEW",
        /// Answered by staff.
        Contacted = "CONTACTED",
        /// Likely to become a client.
        Qualified = "QUALIFIED",
        /// Converted to a client. Final.
        Converted = "CONVERTED",
        /// Will not become a client.
        Lost = "LOST",
        /// Spam.
        Spam = "SPAM",
    }
}

impl LeadState {
    /// Whether staff may change the state to this one. `CONVERTED` is set by a conversion only, which is final.
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::New => matches!(next, Self::Contacted | Self::Qualified | Self::Lost | Self::Spam),
            Self::Contacted => matches!(next, Self::Qualified | Self::Lost | Self::Spam),
            Self::Qualified => matches!(next, Self::Contacted | Self::Lost | Self::Spam),
            // A lost lead may come back, and spam may be a false positive.
            Self::Lost => matches!(next, Self::Contacted | Self::Qualified),
            Self::Spam => matches!(next, Self::New),
            Self::Converted => false,
        }
    }

    /// Whether it can be converted to a client.
    pub const fn can_be_converted(self) -> bool {
        matches!(self, Self::New | Self::Contacted | Self::Qualified)
    }
}

text_enum! {
    /// Source of a lead.
    pub enum LeadSource {
        /// Form on the company's web site (LEAD-3).
        Web = "WEB",
        /// Added by a member of staff.
        Staff = "STAFF",
    }
}

/// Filter of a company's leads, which are listed newest first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct LeadList {
    /// Leads in one of these states.
    pub state_in: Option<Vec<LeadState>>,
    /// Leads of this contact.
    pub contact: Option<ContactId>,
    /// Words that must each occur in name, address, telephone number, interest or message.
    pub search: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::LeadState::{self, Contacted, Converted, Lost, New, Qualified, Spam};

    #[test]
    fn only_a_conversion_sets_converted() {
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
    fn closed_leads_cannot_be_converted() {
        let can: Vec<_> = LeadState::ALL.iter().copied().filter(|state| state.can_be_converted()).collect();
        assert_eq!(can, [New, Contacted, Qualified]);
    }
}
