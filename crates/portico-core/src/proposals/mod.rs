//! Proposals: their states, and what an acceptance adds to the contract.
//!
//! Each version is a record of its own with the same number. What was sent never changes: a change is a new version
//! ([`ProposalAction::Revise`]), which replaces the earlier one when it is sent or accepted.

mod report;
mod state;
#[cfg(test)]
mod tests;

pub use report::{ReportItem, StatusReportKind};
pub use state::ProposalAction;

use crate::line_items::Amounts;

text_enum! {
    /// State of a version of a proposal (STA-9).
    pub enum ProposalStatus {
        /// Draft, for staff only.
        Draft = "DRAFT",
        /// Sent to the client.
        Sent = "SENT",
        /// The client has read it.
        Viewed = "VIEWED",
        /// The client has accepted it.
        Accepted = "ACCEPTED",
        /// The client has declined it.
        Declined = "DECLINED",
        /// Its last day has passed without an answer.
        Expired = "EXPIRED",
        /// Staff withdrew it, or sent a later version before the client had answered.
        Withdrawn = "WITHDRAWN",
        /// A later version has been accepted instead.
        Superseded = "SUPERSEDED",
    }
}

impl ProposalStatus {
    /// Whether the client can answer.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Viewed)
    }

    /// Whether clients see it. An accepted version stays visible when it is superseded: it was agreed to (DOC-4).
    pub const fn is_visible_to_clients(self) -> bool {
        !matches!(self, Self::Draft | Self::Withdrawn)
    }

    /// Whether its lines are items of the project, in the status reports and in the contract total (PRP-4, MR-7).
    pub const fn is_in_contract(self) -> bool {
        matches!(self, Self::Accepted)
    }
}

/// What an acceptance adds to the contract total: the totals of the version, less those of the accepted one that it supersedes (MR-7).
pub const fn contract_change(accepted: Amounts, superseded: Option<Amounts>) -> Amounts {
    match superseded {
        Some(superseded) => accepted.minus(superseded),
        None => accepted,
    }
}
