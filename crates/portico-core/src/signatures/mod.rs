//! Signatures of documents: who signs, in which order, and when a document is complete (MR-23, EXP-4).
//!
//! A change order or contract names its signers when it is sent, the company's countersignature among them. What staff record on behalf of
//! a client is a decision with evidence, never a signature.

mod consent;
#[cfg(test)]
mod tests;

pub use consent::{Consent, has_consented};

use chrono::{DateTime, Utc};

use crate::id::IdentityId;

/// Maximum number of signers of a document.
pub const MAX_SIGNERS: usize = 10;

text_enum! {
    /// Party for which a person signs.
    pub enum SignerParty {
        /// The clients.
        Client = "CLIENT",
        /// The company.
        Company = "COMPANY",
    }
}

text_enum! {
    /// In which order signers sign.
    pub enum SigningOrder {
        /// At once, in any order.
        AtOnce = "AT_ONCE",
        /// One after the other.
        InOrder = "IN_ORDER",
    }
}

/// A signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// The person who signed.
    pub by: IdentityId,
    /// When.
    pub at: DateTime<Utc>,
}

/// A signature that a document requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The party.
    pub party: SignerParty,
    /// Who signs; none for the company if any of its staff who may sign can do so.
    pub assigned: Option<IdentityId>,
    /// The signature; none until then.
    pub signature: Option<Signature>,
}

/// The signatures that a document requires, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    order: SigningOrder,
    slots: Vec<Slot>,
}

/// Why a document cannot have these signers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignersFault {
    /// No client signs.
    #[error("name at least one client as signer")]
    NoClient,
    /// The company signs not once.
    #[error("the company signs once: name one signer of the company")]
    CompanyNotOnce,
    /// More than [`MAX_SIGNERS`].
    #[error("at most {MAX_SIGNERS} signers are possible: remove some of them")]
    TooMany,
    /// A client's slot without a person, by position.
    #[error("name the client who signs")]
    Unassigned(usize),
    /// A person is named twice, by position of the second.
    #[error("is named twice: each person signs once")]
    Twice(usize),
}

/// A person who is about to sign or decline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signer<'a> {
    /// The person.
    pub identity: IdentityId,
    /// The party for which the person acts.
    pub party: SignerParty,
    /// Whether the person has the right to: `canApprove` of the membership, or the permission to sign for the company.
    pub has_right: bool,
    /// Consents of the person to electronic records. Those of the company's signer do not count.
    pub consents: &'a [Consent],
}

/// Why a person cannot sign or decline now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignRefusal {
    /// The person is no signer of the document for this party.
    #[error("you are not a signer of this document")]
    NotASigner,
    /// The person has signed; also for the other party.
    #[error("you have signed this document already")]
    AlreadySigned,
    /// The right was withdrawn since the document was sent.
    #[error("you do not have the right to sign: ask the company")]
    NoRight,
    /// Others sign before.
    #[error("another signer signs first: you will get a message when it is your turn")]
    NotYourTurn,
    /// The person has not consented to the current text about electronic records, or has withdrawn the consent.
    #[error("consent to electronic records first, or ask the company for a paper copy")]
    ConsentRequired,
    /// All have signed.
    #[error("all signers have signed this document")]
    Complete,
}

impl Signing {
    /// The required signatures, new or as stored.
    ///
    /// # Errors
    ///
    /// [`SignersFault`] with the first reason.
    pub fn new(order: SigningOrder, slots: Vec<Slot>) -> Result<Self, SignersFault> {
        let count = |party| slots.iter().filter(|slot| slot.party == party).count();
        if count(SignerParty::Client) == 0 {
            return Err(SignersFault::NoClient);
        }
        if count(SignerParty::Company) != 1 {
            return Err(SignersFault::CompanyNotOnce);
        }
        if slots.len() > MAX_SIGNERS {
            return Err(SignersFault::TooMany);
        }
        for (position, slot) in slots.iter().enumerate() {
            match slot.assigned {
                None if slot.party == SignerParty::Client => return Err(SignersFault::Unassigned(position)),
                None => {}
                Some(person) if slots[..position].iter().any(|before| before.assigned == Some(person)) => {
                    return Err(SignersFault::Twice(position));
                }
                Some(_) => {}
            }
        }
        Ok(Self { order, slots })
    }

    /// The required signatures, in their order.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Whether all have signed.
    pub fn is_complete(&self) -> bool {
        self.slots.iter().all(|slot| slot.signature.is_some())
    }

    /// The time from which the document counts: that of the last signature; none until all have signed.
    pub fn counts_from(&self) -> Option<DateTime<Utc>> {
        let times: Option<Vec<_>> = self.slots.iter().map(|slot| slot.signature.map(|it| it.at)).collect();
        times?.into_iter().max()
    }

    /// Number of clients who have signed, and of all who sign.
    pub fn clients(&self) -> (usize, usize) {
        let clients = || self.slots.iter().filter(|slot| slot.party == SignerParty::Client);
        (clients().filter(|slot| slot.signature.is_some()).count(), clients().count())
    }

    /// The signatures that can be made now, by position: the first missing one, or all of them. They are asked for and reminded of.
    pub fn expected(&self) -> Vec<usize> {
        let missing = (0..self.slots.len()).filter(|position| self.slots[*position].signature.is_none());
        match self.order {
            SigningOrder::AtOnce => missing.collect(),
            SigningOrder::InOrder => missing.take(1).collect(),
        }
    }

    /// The position of the signature that a person can make now.
    ///
    /// # Errors
    ///
    /// [`SignRefusal`], with the first reason.
    pub fn may_sign(&self, signer: &Signer<'_>, consent_version: &str) -> Result<usize, SignRefusal> {
        let position = self.missing_slot(signer)?;
        if !self.expected().contains(&position) {
            return Err(SignRefusal::NotYourTurn);
        }
        if signer.party == SignerParty::Client && !has_consented(signer.consents, consent_version) {
            return Err(SignRefusal::ConsentRequired);
        }
        Ok(position)
    }

    /// Adds a signature, and returns its position.
    ///
    /// # Errors
    ///
    /// As [`Signing::may_sign`].
    pub fn sign(
        &mut self,
        signer: &Signer<'_>,
        consent_version: &str,
        at: DateTime<Utc>,
    ) -> Result<usize, SignRefusal> {
        let position = self.may_sign(signer, consent_version)?;
        self.slots[position].signature = Some(Signature { by: signer.identity, at });
        Ok(position)
    }

    /// Whether a person can decline the document: a client who is to sign and has not, also before it is the client's turn. It takes no
    /// consent to electronic records. The company withdraws the document instead.
    ///
    /// # Errors
    ///
    /// [`SignRefusal`].
    pub fn may_decline(&self, signer: &Signer<'_>) -> Result<(), SignRefusal> {
        if signer.party == SignerParty::Company {
            return Err(SignRefusal::NotASigner);
        }
        self.missing_slot(signer).map(|_| ())
    }

    /// The position of the signature that is missing of a person with the right to it.
    fn missing_slot(&self, signer: &Signer<'_>) -> Result<usize, SignRefusal> {
        let has_signed = |slot: &Slot| slot.signature.is_some_and(|signature| signature.by == signer.identity);
        if self.slots.iter().any(has_signed) {
            return Err(SignRefusal::AlreadySigned);
        }
        let is_theirs = |slot: &Slot| match slot.assigned {
            Some(person) => person == signer.identity,
            None => !self.is_assigned(signer.identity),
        };
        let theirs = (0..self.slots.len()).find(|position| {
            let slot = &self.slots[*position];
            slot.party == signer.party && is_theirs(slot)
        });
        match theirs {
            None => Err(SignRefusal::NotASigner),
            Some(_) if !signer.has_right => Err(SignRefusal::NoRight),
            Some(position) if self.slots[position].signature.is_some() => Err(SignRefusal::Complete),
            Some(position) => Ok(position),
        }
    }

    /// Whether a slot is assigned to a person, who then signs in no other: one person signs once.
    fn is_assigned(&self, person: IdentityId) -> bool {
        self.slots.iter().any(|slot| slot.assigned == Some(person))
    }
}
