//! A decision.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use portico_core::decisions::{DecisionKind as CoreKind, DecisionOutcome as CoreOutcome, DecisionSubject};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::decisions::{DecisionRow, EvidenceOfDecision};
use portico_loader::selections::SelectionById;

use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::scalars::DateTime;
use crate::selections::Selection;

/// Kind of a decision. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreKind")]
pub(crate) enum DecisionKind {
    /// The chosen option of a selection was approved.
    #[shared(CLIENT, STAFF)]
    SelectionApproved,
}

/// Outcome of a decision. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreOutcome")]
pub(crate) enum DecisionOutcome {
    /// The client agreed.
    #[shared(CLIENT, STAFF)]
    Approved,
    /// The client did not agree.
    #[shared(CLIENT, STAFF)]
    Declined,
}

/// Client who decided.
#[gated(CLIENT, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct DecisionMaker {
    /// Membership ID of the client, who may have been removed since.
    id: ID,
    /// Name of the client at that time.
    name: String,
}

/// Evidence of how a decision was made.
#[gated]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct DecisionEvidence {
    /// Random text that is hashed with the evidence.
    #[shared(CLIENT)]
    #[requires(ACCESS_EXPLAIN)]
    salt: String,
    /// Network address of the client. Null if not known.
    #[shared(CLIENT)]
    #[requires(ACCESS_EXPLAIN)]
    ip_address: Option<String>,
    /// Browser or app of the client, as it names itself. Null if not known.
    #[shared(CLIENT)]
    #[requires(ACCESS_EXPLAIN)]
    user_agent: Option<String>,
    /// Why the decision was recorded on behalf of the client. Null if the client made it in the portal.
    #[shared(CLIENT)]
    #[requires(ACCESS_EXPLAIN)]
    on_behalf_reason: Option<String>,
}

pub(crate) struct Decision(pub(crate) Arc<DecisionRow>);

/// Decision of a client. Never changed or deleted; each contains the hash of the previous one.
#[gated]
#[Object]
impl Decision {
    #[shared(CLIENT, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::DECISION, self.0.id.0)
    }

    /// Project ID.
    #[shared(CLIENT, STAFF)]
    async fn project_id(&self) -> ID {
        ids::global(Tag::PROJECT, self.0.project_id.0)
    }

    /// Position among the project's decisions, from 1, without gaps.
    #[shared(CLIENT, STAFF)]
    async fn position(&self) -> i32;

    /// Kind.
    #[shared(CLIENT, STAFF)]
    async fn kind(&self) -> DecisionKind;

    /// ID of the record that was decided on.
    #[shared(CLIENT, STAFF)]
    async fn subject_id(&self) -> ID {
        ids::global(self.0.subject_kind.tag(), self.0.subject_id)
    }

    /// Selection that was decided on. Null if you have no access to it.
    #[shared(CLIENT, STAFF)]
    async fn selection(&self, ctx: &Context<'_>) -> Result<Option<Selection>, ApiError> {
        match self.0.subject_kind {
            DecisionSubject::Selection => Ok(load(ctx, SelectionById(self.0.subject_id.into())).await?.map(Selection)),
        }
    }

    /// Outcome.
    #[shared(CLIENT, STAFF)]
    async fn outcome(&self) -> DecisionOutcome;

    /// What the client saw, as canonical JSON (RFC 8785). Null if `documentHash` is the hash of a file.
    #[shared(CLIENT, STAFF)]
    async fn document(&self) -> Option<&str>;

    /// SHA-256 of what the client saw, hexadecimal.
    #[shared(CLIENT, STAFF)]
    async fn document_hash(&self) -> &str;

    /// Time of the decision.
    #[shared(CLIENT, STAFF)]
    async fn decided_at(&self) -> DateTime;

    /// Client who decided.
    #[shared(CLIENT, STAFF)]
    async fn decided_by(&self) -> DecisionMaker {
        let id = ids::global(Tag::PROJECT_MEMBERSHIP, self.0.decided_by.0);
        DecisionMaker { id, name: self.0.decided_by_name.clone() }
    }

    /// Version of the terms that the client agreed to. Null if there were none.
    #[shared(CLIENT, STAFF)]
    async fn terms_version(&self) -> Option<&str>;

    /// SHA-256 of the evidence with a random salt, hexadecimal.
    #[shared(CLIENT, STAFF)]
    async fn evidence_hash(&self) -> &str;

    /// Evidence of how it was made. Null for clients other than the one who decided, and after it was deleted.
    #[shared(CLIENT)]
    #[requires(ACCESS_EXPLAIN)]
    async fn evidence(&self, ctx: &Context<'_>) -> Result<Option<DecisionEvidence>, ApiError> {
        Ok(load(ctx, EvidenceOfDecision(self.0.id)).await?.map(|row| DecisionEvidence {
            salt: row.salt.clone(),
            ip_address: row.network.clone(),
            user_agent: row.device.clone(),
            on_behalf_reason: row.on_behalf_reason.clone(),
        }))
    }

    /// `hash` of the previous decision. Null for the first.
    #[shared(CLIENT, STAFF)]
    async fn prev_hash(&self) -> Option<&str>;

    /// SHA-256 of the decision's canonical form, hexadecimal.
    #[shared(CLIENT, STAFF)]
    async fn hash(&self) -> &str;

    /// ID of the key that signed `hash`, in the set at `/.well-known/jwks.json`. Null if it is not signed.
    #[shared(CLIENT, STAFF)]
    async fn key_id(&self) -> Option<&str>;

    /// Ed25519 signature of `hash` with the position and the project, base64url. Null if it is not signed.
    #[shared(CLIENT, STAFF)]
    async fn signature(&self) -> Option<&str>;
}
