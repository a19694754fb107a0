//! The states of a contract (STA-11).

use super::ContractStatus;
use crate::refusal::refused_in;
use crate::signatures::{SignerParty, Signing};

text_enum! {
    /// What is done with a contract.
    pub enum ContractAction {
        /// Staff change it.
        Edit = "changed",
        /// Staff delete it.
        Delete = "deleted",
        /// Staff send it to the signers.
        Send = "sent",
        /// A client signs it, and others are missing.
        SignAsClient = "signed",
        /// The company signs it, and others are missing.
        SignAsCompany = "countersigned",
        /// The last signer signs it.
        Complete = "completed",
        /// A client declines it.
        Decline = "declined",
        /// Staff withdraw it.
        Void = "voided",
        /// A client cancels it within the period, or both agree to.
        Cancel = "cancelled",
    }
}

impl ContractAction {
    /// The action that a signature of a party is, after it was added to the signatures.
    pub fn of_signature(party: SignerParty, signing: &Signing) -> Self {
        match party {
            _ if signing.is_complete() => Self::Complete,
            SignerParty::Client => Self::SignAsClient,
            SignerParty::Company => Self::SignAsCompany,
        }
    }

    /// The states in which it is possible.
    pub const fn possible_in(self) -> &'static [ContractStatus] {
        use ContractStatus as Is;
        match self {
            Self::Edit | Self::Delete | Self::Send => &[Is::Draft],
            Self::SignAsClient | Self::SignAsCompany | Self::Complete | Self::Decline | Self::Void => {
                &[Is::Sent, Is::ClientSigned]
            }
            Self::Cancel => &[Is::Complete],
        }
    }

    /// Why it is not possible in a state; none if it is.
    pub fn refused_in(self, status: ContractStatus) -> Option<String> {
        refused_in("the contract", status, self.possible_in(), self)
    }
}

impl ContractStatus {
    /// The state after an action; none if it is not possible, or if nothing is left.
    pub fn after(self, action: ContractAction) -> Option<Self> {
        if action.refused_in(self).is_some() {
            return None;
        }
        match action {
            ContractAction::Edit | ContractAction::SignAsCompany => Some(self),
            ContractAction::Delete => None,
            ContractAction::Send => Some(Self::Sent),
            ContractAction::SignAsClient => Some(Self::ClientSigned),
            ContractAction::Complete => Some(Self::Complete),
            ContractAction::Decline | ContractAction::Void => Some(Self::Void),
            ContractAction::Cancel => Some(Self::Cancelled),
        }
    }
}
