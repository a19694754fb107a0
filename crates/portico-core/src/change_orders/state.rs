//! The states of a change order (STA-10), and of a request for one.

use super::{ChangeOrderStatus, ChangeRequestStatus};
use crate::refusal::refused_in;

text_enum! {
    /// What is done with a change order.
    pub enum ChangeOrderAction {
        /// Staff change it.
        Edit = "changed",
        /// Staff delete it.
        Delete = "deleted",
        /// Staff submit it to their colleagues.
        Review = "submitted for review",
        /// Staff return it to its author.
        Return = "returned",
        /// Staff send it to the clients.
        Send = "sent",
        /// A client has read it.
        View = "viewed",
        /// A signer signs it, and others are missing.
        Sign = "signed",
        /// The last signer signs it.
        Approve = "approved",
        /// A client declines it.
        Decline = "declined",
        /// Staff move its due date.
        Extend = "extended",
        /// Its last day has passed.
        Expire = "expired",
        /// Staff withdraw it.
        Void = "voided",
    }
}

impl ChangeOrderAction {
    /// The states in which it is possible.
    pub const fn possible_in(self) -> &'static [ChangeOrderStatus] {
        use ChangeOrderStatus as Is;
        match self {
            Self::Edit | Self::Delete | Self::Review => &[Is::Draft],
            Self::Return => &[Is::InternalReview],
            Self::Send => &[Is::Draft, Is::InternalReview],
            Self::View | Self::Sign | Self::Approve | Self::Decline | Self::Extend | Self::Expire | Self::Void => {
                &[Is::Sent, Is::Viewed]
            }
        }
    }

    /// Why it is not possible in a state; none if it is.
    pub fn refused_in(self, status: ChangeOrderStatus) -> Option<String> {
        refused_in("the change order", status, self.possible_in(), self)
    }
}

impl ChangeOrderStatus {
    /// The state after an action; none if it is not possible, or if nothing is left.
    pub fn after(self, action: ChangeOrderAction) -> Option<Self> {
        if action.refused_in(self).is_some() {
            return None;
        }
        match action {
            // The company may sign first, so a signature does not mean that a client has read it.
            ChangeOrderAction::Edit | ChangeOrderAction::Extend | ChangeOrderAction::Sign => Some(self),
            ChangeOrderAction::Delete => None,
            ChangeOrderAction::Review => Some(Self::InternalReview),
            ChangeOrderAction::Return => Some(Self::Draft),
            ChangeOrderAction::Send => Some(Self::Sent),
            ChangeOrderAction::View => Some(Self::Viewed),
            ChangeOrderAction::Approve => Some(Self::Approved),
            ChangeOrderAction::Decline => Some(Self::Declined),
            ChangeOrderAction::Expire => Some(Self::Expired),
            ChangeOrderAction::Void => Some(Self::Void),
        }
    }
}

text_enum! {
    /// What is done with a client's request for a change.
    pub enum ChangeRequestAction {
        /// The client changes it.
        Edit = "changed",
        /// Staff send a change order that answers it.
        Answer = "answered",
        /// Staff decline it.
        Decline = "declined",
        /// The client withdraws it.
        Withdraw = "withdrawn",
    }
}

impl ChangeRequestAction {
    /// Why it is not possible in a state; none if it is. All need an open request.
    pub fn refused_in(self, status: ChangeRequestStatus) -> Option<String> {
        refused_in("the request", status, &[ChangeRequestStatus::Open], self)
    }
}

impl ChangeRequestStatus {
    /// The state after an action; none if it is not possible.
    pub fn after(self, action: ChangeRequestAction) -> Option<Self> {
        if action.refused_in(self).is_some() {
            return None;
        }
        match action {
            ChangeRequestAction::Edit => Some(self),
            ChangeRequestAction::Answer => Some(Self::Answered),
            ChangeRequestAction::Decline => Some(Self::Declined),
            ChangeRequestAction::Withdraw => Some(Self::Withdrawn),
        }
    }
}
