//! Rows of decisions.

use chrono::{DateTime, Utc};
use portico_core::access::{Audience, Permission, Viewer};
use portico_core::decisions::{ChainLink, Decision, DecisionKind, DecisionOutcome, DecisionSubject};
use portico_core::id::{CompanyId, DecisionId, IdentityId, ProjectId, ProjectMembershipId};
use portico_store_macros::role_view;
use uuid::Uuid;

use crate::visible::Visible;

/// A decision of a client, with the signature of its hash.
#[role_view(decisions(id))]
pub struct DecisionRow {
    /// The decision.
    pub id: DecisionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Position in the project's chain, from 1.
    pub position: i32,
    /// The kind.
    pub kind: DecisionKind,
    /// The kind of the record that it is about.
    pub subject_kind: DecisionSubject,
    /// The record that it is about.
    pub subject_id: Uuid,
    /// The outcome.
    pub outcome: DecisionOutcome,
    /// What the client saw, as canonical JSON.
    pub document: Option<String>,
    /// Its hash.
    pub document_hash: String,
    /// The time.
    pub decided_at: DateTime<Utc>,
    /// The membership of the client who decided.
    pub decided_by: ProjectMembershipId,
    /// The client's name at that time.
    pub decided_by_name: String,
    /// Version of the terms that the client agreed to.
    pub terms_version: Option<String>,
    /// Hash of the evidence.
    pub evidence_hash: String,
    /// Hash of the previous decision; none for the first.
    pub prev_hash: Option<String>,
    /// The hash.
    pub hash: String,
    /// The id of the key that signed the hash.
    pub key_id: Option<String>,
    /// The signature.
    pub signature: Option<String>,
}

impl DecisionRow {
    /// The decision as a link of its chain.
    pub fn link(&self) -> ChainLink<'_> {
        let decision = Decision {
            id: self.id,
            project: self.project_id,
            position: self.position,
            kind: self.kind,
            subject_kind: self.subject_kind,
            subject: self.subject_id,
            outcome: self.outcome,
            document_hash: self.document_hash.clone(),
            decided_at: self.decided_at,
            decided_by: self.decided_by,
            decided_by_name: self.decided_by_name.clone(),
            terms_version: self.terms_version.clone(),
            evidence_hash: self.evidence_hash.clone(),
            prev_hash: self.prev_hash.clone(),
        };
        let signed = self.key_id.as_deref().zip(self.signature.as_deref());
        ChainLink { decision, document: self.document.as_deref(), hash: &self.hash, signed }
    }
}

impl Visible for DecisionRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.audience() != Audience::Trade && viewer.may_see_project(self.company_id, self.project_id)
    }
}

/// Evidence of a decision, for the client who decided and for staff who explain access.
#[role_view(decision_evidence(decision_id))]
pub struct DecisionEvidenceRow {
    /// The decision.
    pub decision_id: DecisionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// The person who decided.
    pub identity_id: IdentityId,
    /// Salt of the evidence's hash.
    pub salt: String,
    /// The network address.
    pub network: Option<String>,
    /// The browser or app, as it names itself.
    pub device: Option<String>,
    /// Why staff recorded the decision on behalf of the client.
    pub on_behalf_reason: Option<String>,
}

impl Visible for DecisionEvidenceRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        let may_read = match viewer.audience() {
            Audience::Staff => viewer.may_in(self.company_id, Permission::AccessExplain),
            Audience::Client => viewer.person.as_ref().is_some_and(|person| person.id == self.identity_id.0),
            Audience::Public | Audience::Trade | Audience::Support => false,
        };
        may_read && viewer.may_see_project(self.company_id, self.project_id)
    }
}
