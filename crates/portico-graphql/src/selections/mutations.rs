//! Mutations of selections.

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::selections::SelectionApprove;
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::decisions::DecisionById;
use portico_loader::selections::SelectionById;

use super::Selection;
use crate::act::{carry_out, payload};
use crate::decisions::Decision;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;

/// Input of `selectionApprove`.
#[gated(CLIENT)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SelectionApproveInput {
    /// The selection.
    id: ID,
    /// `hash` of the `approvalDocument` that the client has seen.
    document_hash: String,
    idempotency_key: String,
}

payload! {
    /// Result of `selectionApprove`.
    SelectionApprovePayload for (CLIENT) {
        /// The approved selection.
        selection: Selection,
        /// The decision.
        decision: Decision,
    }
}

/// Mutations of selections.
#[derive(Default)]
pub(crate) struct SelectionMutations;

/// Mutations of selections.
#[gated]
#[Object]
impl SelectionMutations {
    /// Approves the chosen option of a selection. An approval is final; it is recorded as a decision, and mailed to the
    /// clients who may approve. Rejected unless the selection is `CHOSEN` and its option has a price. `CONFLICT` if the
    /// document has changed since it was read.
    #[shared(CLIENT)]
    async fn selection_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `selectionApprove`.")] input: SelectionApproveInput,
    ) -> Result<SelectionApprovePayload, ApiError> {
        let SelectionApproveInput { id, document_hash, idempotency_key } = input;
        let id = ids::read(&id, "input.id")?.of_kind(Tag::SELECTION).map(Into::into);
        let approve = SelectionApprove { id, document_hash, idempotency_key };
        Ok(match carry_out(ctx, |actor| approve.run(actor)).await? {
            Ok(done) => SelectionApprovePayload::done(
                load(ctx, SelectionById(done.selection)).await?.map(Selection),
                load(ctx, DecisionById(done.decision)).await?.map(Decision),
            ),
            Err(refused) => SelectionApprovePayload::refused(refused),
        })
    }
}
