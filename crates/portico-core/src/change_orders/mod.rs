//! Change orders and clients' requests for them: states, deadlines, and what an approval does.

mod allowance;
mod deadline;
mod effect;
mod state;
#[cfg(test)]
mod tests;

pub use allowance::{AllowanceChange, AllowanceEffect, AllowanceFault, AllowanceState};
pub use deadline::{Deadline, DeadlineFault};
pub use effect::{
    ChangeOrderFault, CurrentContract, Effect, MAX_DAYS, NextPayment, Preview, check_still_as_sent, next_payment,
    preview,
};
pub use state::{ChangeOrderAction, ChangeRequestAction};

text_enum! {
    /// State of a change order (STA-10). Overdue is a flag and not a state.
    pub enum ChangeOrderStatus {
        /// Draft, for staff only.
        Draft = "DRAFT",
        /// Under review by staff.
        InternalReview = "INTERNAL_REVIEW",
        /// Sent to the clients.
        Sent = "SENT",
        /// A client has read it.
        Viewed = "VIEWED",
        /// All signers have signed it.
        Approved = "APPROVED",
        /// A client has declined it.
        Declined = "DECLINED",
        /// Its last day has passed without all signatures.
        Expired = "EXPIRED",
        /// Staff withdrew it.
        Void = "VOID",
    }
}

impl ChangeOrderStatus {
    /// Whether it can be signed or declined.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Viewed)
    }

    /// Whether clients see it.
    pub const fn is_visible_to_clients(self) -> bool {
        !matches!(self, Self::Draft | Self::InternalReview)
    }
}

text_enum! {
    /// State of a client's request for a change (EXP-5). A change order in preparation does not show.
    pub enum ChangeRequestStatus {
        /// The company has not answered.
        Open = "OPEN",
        /// The company has sent a change order.
        Answered = "ANSWERED",
        /// The company has declined it.
        Declined = "DECLINED",
        /// The client has withdrawn it.
        Withdrawn = "WITHDRAWN",
    }
}

text_enum! {
    /// State of a client's request to extend the due date of a change order.
    pub enum ExtensionStatus {
        /// The company has not answered.
        Requested = "REQUESTED",
        /// The due date was moved.
        Granted = "GRANTED",
        /// The due date stays.
        Refused = "REFUSED",
    }
}

text_enum! {
    /// When the price of a change order is billed.
    pub enum ChangeOrderBilling {
        /// At once, by an invoice of its own.
        OnApproval = "ON_APPROVAL",
        /// With the next payment of the contract.
        WithNextPayment = "WITH_NEXT_PAYMENT",
        /// With the last payment of the contract.
        WithLastPayment = "WITH_LAST_PAYMENT",
    }
}
