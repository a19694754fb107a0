//! Verification of a project's decisions.

use async_graphql::{Context, Enum, SimpleObject};
use portico_actions::Actor;
use portico_core::decisions::{ChainFault, Verified, verify};
use portico_core::id::ProjectId;
use portico_graphql_macros::gated;
use portico_loader::decisions::ChainOfProject;

use crate::error::ApiError;
use crate::load::load;

/// Reason why a decision does not verify. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ChainFault")]
pub(crate) enum DecisionFault {
    /// The position does not follow the previous one.
    #[shared(CLIENT, STAFF)]
    Position,
    /// `document` does not have the hash `documentHash`.
    #[shared(CLIENT, STAFF)]
    Document,
    /// `prevHash` is not the hash of the previous decision.
    #[shared(CLIENT, STAFF)]
    PrevHash,
    /// `hash` is not the hash of the decision.
    #[shared(CLIENT, STAFF)]
    Hash,
    /// The newest decision is not signed.
    #[shared(CLIENT, STAFF)]
    Unsigned,
    /// The newest decision is signed with a key that is not published.
    #[shared(CLIENT, STAFF)]
    UnknownKey,
    /// The signature of the newest decision is invalid.
    #[shared(CLIENT, STAFF)]
    Signature,
}

/// Result of verifying the decisions of a project.
#[gated(CLIENT, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct DecisionVerification {
    /// Whether all hashes and the signature of the newest decision are valid.
    is_valid: bool,
    /// Number of decisions.
    count: i32,
    /// `hash` of the newest decision. Null if there is none.
    head_hash: Option<String>,
    /// First position that does not verify. Null if all decisions verify.
    failed_position: Option<i32>,
    /// Reason why `failedPosition` does not verify. Null if all decisions verify.
    fault: Option<DecisionFault>,
}

/// Recomputes the hashes of a project's decisions, and verifies the newest signature.
pub(crate) async fn verify_decisions(ctx: &Context<'_>, project: ProjectId) -> Result<DecisionVerification, ApiError> {
    let rows = load(ctx, ChainOfProject(project)).await?;
    let keys = &ctx.data_unchecked::<Actor>().installation.decision_keys;
    let Verified { count, head, fault } = verify(rows.iter().map(|row| row.link()), keys);
    let (failed_position, fault) = fault.unzip();
    Ok(DecisionVerification {
        is_valid: fault.is_none(),
        count,
        head_hash: head,
        failed_position,
        fault: fault.map(Into::into),
    })
}
