//! Verification of a project's chain.

use super::{Decision, DecisionKeys, Head, SignatureFault, sha256};

text_enum! {
    /// Why a decision of a chain is not valid.
    pub enum ChainFault {
        /// Its position does not follow the previous one: a decision is missing, or the order was changed.
        Position = "POSITION",
        /// The document is not the one whose hash was recorded.
        Document = "DOCUMENT",
        /// It does not repeat the hash of the previous decision.
        PrevHash = "PREV_HASH",
        /// The recorded hash is not that of the decision.
        Hash = "HASH",
        /// The newest decision has no signature.
        Unsigned = "UNSIGNED",
        /// The newest decision is signed with a key that is not published.
        UnknownKey = "UNKNOWN_KEY",
        /// The signature of the newest decision is not valid.
        Signature = "SIGNATURE",
    }
}

/// A decision with what was recorded beside it.
#[derive(Debug, Clone)]
pub struct ChainLink<'a> {
    /// The decision.
    pub decision: Decision,
    /// What the client saw; none for kinds whose hash is that of a file.
    pub document: Option<&'a str>,
    /// The recorded hash.
    pub hash: &'a str,
    /// The id of the key and the signature; none if it has none.
    pub signed: Option<(&'a str, &'a str)>,
}

/// Result of a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Number of decisions of the chain.
    pub count: i32,
    /// The recorded hash of the newest one.
    pub head: Option<String>,
    /// The first position that fails, counted from 1, and the reason.
    pub fault: Option<(i32, ChainFault)>,
}

/// Recomputes a project's chain, given in the order of positions, and verifies the signature of the newest decision.
///
/// A chain without its newest decisions is valid: the mails to clients tell which were there.
pub fn verify<'a>(links: impl Iterator<Item = ChainLink<'a>>, keys: &DecisionKeys) -> Verified {
    let (mut count, mut last, mut fault): (i32, Option<ChainLink<'a>>, _) = (0, None, None);
    for link in links {
        count = count.saturating_add(1);
        let prev_hash = last.as_ref().map(|last| last.hash);
        fault = fault.or_else(|| fault_of(&link, count, prev_hash).map(|fault| (count, fault)));
        last = Some(link);
    }
    if let Some(newest) = &last {
        fault = fault.or_else(|| unsigned(newest, keys).map(|fault| (count, fault)));
    }
    Verified { count, head: last.map(|link| link.hash.to_owned()), fault }
}

fn fault_of(link: &ChainLink<'_>, position: i32, prev_hash: Option<&str>) -> Option<ChainFault> {
    let decision = &link.decision;
    if decision.position != position {
        Some(ChainFault::Position)
    } else if link.document.is_some_and(|document| sha256(document) != decision.document_hash) {
        Some(ChainFault::Document)
    } else if decision.prev_hash.as_deref() != prev_hash {
        Some(ChainFault::PrevHash)
    } else if !decision.hash().is_ok_and(|hash| hash == link.hash) {
        Some(ChainFault::Hash)
    } else {
        None
    }
}

fn unsigned(newest: &ChainLink<'_>, keys: &DecisionKeys) -> Option<ChainFault> {
    let Some((key, signature)) = newest.signed else { return Some(ChainFault::Unsigned) };
    let Decision { project, position, .. } = newest.decision;
    match keys.verify(Head { project, position, hash: newest.hash }, key, signature) {
        Ok(()) => None,
        Err(SignatureFault::UnknownKey) => Some(ChainFault::UnknownKey),
        Err(SignatureFault::Wrong) => Some(ChainFault::Signature),
    }
}
