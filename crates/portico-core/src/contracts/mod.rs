//! Contracts: states, what is billed of the contract total, and the period in which a client may cancel.

mod cancellation;
mod state;
#[cfg(test)]
mod tests;

pub use cancellation::{CancellationRule, CancellationRuleFault, CountedDays, Holiday, last_day_to_cancel};
pub use state::ContractAction;

text_enum! {
    /// State of a contract (STA-11).
    pub enum ContractStatus {
        /// Draft, for staff only.
        Draft = "DRAFT",
        /// Sent to the signers.
        Sent = "SENT",
        /// At least one client has signed, and a signature is missing.
        ClientSigned = "CLIENT_SIGNED",
        /// All signers have signed.
        Complete = "COMPLETE",
        /// Cancelled after all had signed.
        Cancelled = "CANCELLED",
        /// Declined by a client or withdrawn by staff before all had signed.
        Void = "VOID",
    }
}

impl ContractStatus {
    /// Whether it can be signed or declined.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::ClientSigned)
    }

    /// Whether clients see it.
    pub const fn is_visible_to_clients(self) -> bool {
        !matches!(self, Self::Draft)
    }
}

/// How much of a contract is billed (MR-7). Amounts without tax.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Billed {
    /// Amount that is not billed yet.
    pub unbilled_minor: i64,
    /// Amount that is billed above the contract total.
    pub overbilled_minor: i64,
}

/// How much of a contract is billed. Credit notes reduce what is billed, never the contract total.
pub const fn billed(contract_minor: i64, billed_minor: i64, credited_minor: i64) -> Billed {
    let left = contract_minor.saturating_sub(billed_minor.saturating_sub(credited_minor));
    if left < 0 {
        Billed { unbilled_minor: 0, overbilled_minor: left.saturating_neg() }
    } else {
        Billed { unbilled_minor: left, overbilled_minor: 0 }
    }
}
