//! Decisions of clients: a chain of hashes for each project, whose newest hash is signed (docs/decisions/0034).
//!
//! Everything that is hashed or signed is an object in canonical JSON (RFC 8785), built from the texts that the API shows. So
//! an export of `Project.decisions` is enough to check a chain; `docs/verify-decisions` does so without Portico.

mod document;
mod keys;
mod verify;

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use data_encoding::HEXLOWER;
use ring::digest::{SHA256, digest};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::id::{DecisionId, GlobalId, ProjectId, ProjectMembershipId, Tag};

pub use document::{SeenAllowance, SeenFile, SeenOption, SelectionDocument};
pub use keys::{DecisionKeys, KeyFault, SignatureFault};
pub use verify::{ChainFault, ChainLink, Verified, verify};

text_enum! {
    /// Kind of a decision. Rows are never rewritten, so a name that was once used stays.
    pub enum DecisionKind {
        /// A client approved the chosen option of a selection.
        SelectionApproved = "SELECTION_APPROVED",
    }
}

text_enum! {
    /// Kind of the record that a decision is about.
    pub enum DecisionSubject {
        /// A selection.
        Selection = "SELECTION",
    }
}

text_enum! {
    /// Outcome of a decision.
    pub enum DecisionOutcome {
        /// The client agreed.
        Approved = "APPROVED",
        /// The client did not agree.
        Declined = "DECLINED",
    }
}

impl DecisionKind {
    /// The kind of its subject.
    pub const fn subject(self) -> DecisionSubject {
        match self {
            Self::SelectionApproved => DecisionSubject::Selection,
        }
    }
}

impl DecisionSubject {
    /// The type of the subject's global ID.
    pub const fn tag(self) -> Tag {
        match self {
            Self::Selection => Tag::SELECTION,
        }
    }
}

/// Canonical JSON of a value, in UTF-8.
///
/// # Errors
///
/// The value is not JSON.
pub fn canonical(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json_canonicalizer::to_string(value)
}

/// SHA-256 of a text, in lower case hexadecimal.
pub fn sha256(text: &str) -> String {
    HEXLOWER.encode(digest(&SHA256, text.as_bytes()).as_ref())
}

/// A decision, as it is hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The decision.
    pub id: DecisionId,
    /// Its project.
    pub project: ProjectId,
    /// Position in the project's chain, from 1.
    pub position: i32,
    /// The kind.
    pub kind: DecisionKind,
    /// The kind of the record that it is about.
    pub subject_kind: DecisionSubject,
    /// The record that it is about.
    pub subject: Uuid,
    /// The outcome.
    pub outcome: DecisionOutcome,
    /// Hash of what the client saw.
    pub document_hash: String,
    /// The time, in whole milliseconds.
    pub decided_at: DateTime<Utc>,
    /// The membership of the client who decided.
    pub decided_by: ProjectMembershipId,
    /// The client's name at that time.
    pub decided_by_name: String,
    /// Version of the terms that the client agreed to; none if there were none.
    pub terms_version: Option<String>,
    /// Hash of the evidence.
    pub evidence_hash: String,
    /// Hash of the previous decision; none for the first.
    pub prev_hash: Option<String>,
}

impl Decision {
    /// The canonical form, with the fields and texts of the API.
    ///
    /// # Errors
    ///
    /// As [`canonical`].
    pub fn canonical(&self) -> serde_json::Result<String> {
        let id = |tag, id| GlobalId::new(tag, id).to_string();
        canonical(&json!({
            "format": "portico-decision/1",
            "projectId": id(Tag::PROJECT, self.project.0),
            "position": self.position,
            "id": id(Tag::DECISION, self.id.0),
            "kind": self.kind,
            "subjectId": id(self.subject_kind.tag(), self.subject),
            "outcome": self.outcome,
            "documentHash": self.document_hash,
            "decidedAt": self.decided_at.to_rfc3339_opts(SecondsFormat::Millis, true),
            "decidedBy": {
                "id": id(Tag::PROJECT_MEMBERSHIP, self.decided_by.0),
                "name": self.decided_by_name,
            },
            "termsVersion": self.terms_version,
            "evidenceHash": self.evidence_hash,
            "prevHash": self.prev_hash,
        }))
    }

    /// The hash, which the next decision repeats.
    ///
    /// # Errors
    ///
    /// As [`canonical`].
    pub fn hash(&self) -> serde_json::Result<String> {
        Ok(sha256(&self.canonical()?))
    }
}

/// Evidence of how a decision was made. It is hashed with a random salt, so that the hash reveals none of it, and is stored
/// apart: once it is deleted, the chain is still complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Random text.
    pub salt: String,
    /// The network address.
    pub network: Option<String>,
    /// The browser or app, as it names itself.
    pub device: Option<String>,
    /// Why staff recorded the decision on behalf of the client.
    pub on_behalf_reason: Option<String>,
}

impl Evidence {
    /// The salted hash.
    ///
    /// # Errors
    ///
    /// As [`canonical`].
    pub fn hash(&self) -> serde_json::Result<String> {
        let Self { salt, network, device, on_behalf_reason } = self;
        let evidence = json!({
            "salt": salt, "ipAddress": network, "userAgent": device, "onBehalfReason": on_behalf_reason,
        });
        Ok(sha256(&canonical(&evidence)?))
    }
}

/// A decision to append to a project's chain.
#[derive(Debug, Clone)]
pub struct NewDecision {
    /// The decision.
    pub id: DecisionId,
    /// Its project.
    pub project: ProjectId,
    /// The kind.
    pub kind: DecisionKind,
    /// The record that it is about.
    pub subject: Uuid,
    /// The outcome.
    pub outcome: DecisionOutcome,
    /// What the client saw, as canonical JSON.
    pub document: String,
    /// The time; fractions of milliseconds are dropped.
    pub decided_at: DateTime<Utc>,
    /// The membership of the client who decided.
    pub decided_by: ProjectMembershipId,
    /// The client's name.
    pub decided_by_name: String,
    /// Version of the terms that the client agreed to.
    pub terms_version: Option<String>,
    /// How it was made.
    pub evidence: Evidence,
}

/// A decision with its place in the chain, its hash and the signature of that hash.
#[derive(Debug, Clone)]
pub struct SealedDecision {
    /// The decision.
    pub decision: Decision,
    /// What the client saw.
    pub document: String,
    /// The evidence.
    pub evidence: Evidence,
    /// The hash.
    pub hash: String,
    /// The id of the key that signed it.
    pub key_id: String,
    /// The signature.
    pub signature: String,
}

impl NewDecision {
    /// Appends it to a chain, after the position and hash of the newest decision. None without a key to sign it.
    ///
    /// # Errors
    ///
    /// As [`canonical`].
    pub fn seal(
        self,
        newest: Option<(i32, String)>,
        keys: &DecisionKeys,
    ) -> serde_json::Result<Option<SealedDecision>> {
        let (last, prev_hash) = newest.unzip();
        let decision = Decision {
            id: self.id,
            project: self.project,
            position: last.unwrap_or_default().saturating_add(1),
            kind: self.kind,
            subject_kind: self.kind.subject(),
            subject: self.subject,
            outcome: self.outcome,
            document_hash: sha256(&self.document),
            decided_at: self.decided_at.trunc_subsecs(3),
            decided_by: self.decided_by,
            decided_by_name: self.decided_by_name,
            terms_version: self.terms_version,
            evidence_hash: self.evidence.hash()?,
            prev_hash,
        };
        let hash = decision.hash()?;
        let head = Head { project: self.project, position: decision.position, hash: &hash };
        let Some((key_id, signature)) = keys.sign(head)? else { return Ok(None) };
        Ok(Some(SealedDecision { decision, document: self.document, evidence: self.evidence, hash, key_id, signature }))
    }
}

/// The newest hash of a project's chain, which is signed.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// The project.
    pub project: ProjectId,
    /// Position of the newest decision.
    pub position: i32,
    /// Its hash.
    pub hash: &'a str,
}

impl Head<'_> {
    /// The signed text.
    fn canonical(&self) -> serde_json::Result<String> {
        canonical(&json!({
            "format": "portico-decision-head/1",
            "projectId": GlobalId::new(Tag::PROJECT, self.project.0).to_string(),
            "position": self.position,
            "hash": self.hash,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_form_is_documented() {
        // SEL-2
        let id = Uuid::nil();
        let decision = Decision {
            id: DecisionId(id),
            project: ProjectId(id),
            position: 1,
            kind: DecisionKind::SelectionApproved,
            subject_kind: DecisionSubject::Selection,
            subject: id,
            outcome: DecisionOutcome::Approved,
            document_hash: sha256(""),
            decided_at: DateTime::UNIX_EPOCH,
            decided_by: ProjectMembershipId(id),
            decided_by_name: "Zoë \"Z\"".to_owned(),
            terms_version: None,
            evidence_hash: sha256(""),
            prev_hash: None,
        };
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let expected = format!(
            r#"{{"decidedAt":"1970-01-01T00:00:00.000Z","decidedBy":{{"id":"UE0AAAAAAAAAAAAAAAAAAAAA","name":"Zoë \"Z\""}},"documentHash":"{empty}","evidenceHash":"{empty}","format":"portico-decision/1","id":"REUAAAAAAAAAAAAAAAAAAAAA","kind":"SELECTION_APPROVED","outcome":"APPROVED","position":1,"prevHash":null,"projectId":"UFIAAAAAAAAAAAAAAAAAAAAA","subjectId":"U0UAAAAAAAAAAAAAAAAAAAAA","termsVersion":null}}"#
        );
        assert_eq!(decision.canonical().unwrap(), expected);
        assert_eq!(decision.hash().unwrap(), sha256(&expected));
    }
}
