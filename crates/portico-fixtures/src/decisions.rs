//! Decisions of worlds: their hashes and signatures are made as those of real decisions.

use portico_core::decisions::{DecisionKeys, NewDecision, SealedDecision};

use crate::{row, rows};

/// The keys of the demo's and seeded decisions. Everyone can know them, so these signatures prove nothing.
pub fn demo_decision_keys() -> DecisionKeys {
    DecisionKeys::from_seed(blake3::hash(b"portico demo decisions").as_bytes()).unwrap_or_default()
}

/// Decisions of one project, in the order of their chain.
#[derive(Debug, Default)]
pub struct Chain {
    newest: Option<(i32, String)>,
}

/// Rows of a decision. Their project and company are not set.
#[derive(Debug)]
pub struct DecisionRows {
    /// The decision.
    pub decision: rows::Decision,
    /// Its signature.
    pub head: rows::DecisionHead,
    /// Its evidence.
    pub evidence: rows::DecisionEvidence,
}

impl Chain {
    /// Appends a decision.
    ///
    /// # Errors
    ///
    /// The reason why it cannot be hashed or signed.
    pub fn append(&mut self, new: NewDecision, keys: &DecisionKeys) -> Result<DecisionRows, String> {
        let sealed = new.seal(self.newest.take(), keys).map_err(|error| error.to_string())?;
        let SealedDecision { decision, document, evidence, hash, key_id, signature } =
            sealed.ok_or("there is no key")?;
        self.newest = Some((decision.position, hash.clone()));
        let decision_id = decision.id.0;
        Ok(DecisionRows {
            decision: row!(Decision {
                id: decision_id,
                position: decision.position,
                kind: decision.kind,
                subject_kind: decision.subject_kind,
                subject_id: decision.subject,
                outcome: decision.outcome,
                document: Some(document),
                document_hash: decision.document_hash,
                decided_at: decision.decided_at,
                decided_by: decision.decided_by.0,
                decided_by_name: decision.decided_by_name,
                terms_version: decision.terms_version,
                evidence_hash: decision.evidence_hash,
                prev_hash: decision.prev_hash,
                hash: &hash,
            }),
            head: row!(DecisionHead { decision_id, position: decision.position, hash, key_id, signature }),
            evidence: row!(DecisionEvidence {
                decision_id,
                salt: evidence.salt,
                network: evidence.network,
                device: evidence.device,
                on_behalf_reason: evidence.on_behalf_reason,
                decided_at: decision.decided_at,
            }),
        })
    }
}
