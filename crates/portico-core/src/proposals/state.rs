//! The states of a proposal (STA-9).

use super::ProposalStatus;
use crate::refusal::refused_in;

text_enum! {
    /// What is done with a version of a proposal.
    pub enum ProposalAction {
        /// Staff change it.
        Edit = "changed",
        /// Staff delete it.
        Delete = "deleted",
        /// Staff send it.
        Send = "sent",
        /// The client has read it.
        View = "viewed",
        /// The client accepts it, with or without its optional lines.
        Accept = "accepted",
        /// The client declines it.
        Decline = "declined",
        /// Its last day has passed.
        Expire = "expired",
        /// Staff withdraw it, or send a later version.
        Withdraw = "withdrawn",
        /// Staff prepare the next version, a record of its own.
        Revise = "revised",
        /// The client accepts a later version.
        Supersede = "superseded",
        /// Staff assign it to another client (ACC-5).
        Reassign = "assigned to another client",
    }
}

impl ProposalAction {
    /// The states in which it is possible.
    pub const fn possible_in(self) -> &'static [ProposalStatus] {
        use ProposalStatus as Is;
        match self {
            Self::Edit | Self::Delete | Self::Send => &[Is::Draft],
            Self::View | Self::Accept | Self::Decline | Self::Expire | Self::Withdraw => &[Is::Sent, Is::Viewed],
            Self::Revise => &[Is::Sent, Is::Viewed, Is::Accepted, Is::Declined, Is::Expired, Is::Withdrawn],
            Self::Supersede => &[Is::Accepted],
            Self::Reassign => &[Is::Draft, Is::Sent, Is::Viewed],
        }
    }

    /// Why it is not possible in a state; none if it is.
    pub fn refused_in(self, status: ProposalStatus) -> Option<String> {
        refused_in("the proposal", status, self.possible_in(), self)
    }
}

impl ProposalStatus {
    /// The state after an action; none if it is not possible, or if nothing is left.
    pub fn after(self, action: ProposalAction) -> Option<Self> {
        if action.refused_in(self).is_some() {
            return None;
        }
        match action {
            ProposalAction::Edit | ProposalAction::Revise => Some(self),
            ProposalAction::Delete => None,
            ProposalAction::Send => Some(Self::Sent),
            ProposalAction::View => Some(Self::Viewed),
            ProposalAction::Accept => Some(Self::Accepted),
            ProposalAction::Decline => Some(Self::Declined),
            ProposalAction::Expire => Some(Self::Expired),
            ProposalAction::Withdraw => Some(Self::Withdrawn),
            ProposalAction::Supersede => Some(Self::Superseded),
            // The other client has not read it.
            ProposalAction::Reassign if self == Self::Viewed => Some(Self::Sent),
            ProposalAction::Reassign => Some(self),
        }
    }
}
