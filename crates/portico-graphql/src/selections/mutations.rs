//! Mutations of selections.

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::Refusal;
use portico_actions::selections::{SelectionApprove, SelectionChoose, SelectionDecline};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::decisions::DecisionById;
use portico_loader::selections::SelectionById;

use super::Selection;
use super::preview::{SelectionChoiceInput, SelectionPreview, named, preview};
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

/// Input of `selectionPreview`.
#[gated(CLIENT, STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SelectionPreviewInput {
    /// The selection.
    id: ID,
    /// Options with their quantities, from `minChoices` to `maxChoices`.
    choices: Vec<SelectionChoiceInput>,
}

/// Input of `selectionChoose`.
#[gated(CLIENT)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SelectionChooseInput {
    /// The selection.
    id: ID,
    /// Options with their quantities, from `minChoices` to `maxChoices`. They replace an earlier choice.
    choices: Vec<SelectionChoiceInput>,
    /// Version that was read. A mismatch is rejected with `CONFLICT`.
    expected_version: i32,
    idempotency_key: String,
}

/// Input of `selectionDecline`.
#[gated(CLIENT)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SelectionDeclineInput {
    /// The selection.
    id: ID,
    /// Version that was read. A mismatch is rejected with `CONFLICT`.
    expected_version: i32,
    /// Reason, at most 2,000 characters.
    reason: Option<String>,
    idempotency_key: String,
}

payload! {
    /// Result of `selectionPreview`.
    SelectionPreviewPayload for (CLIENT, STAFF) {
        /// The preview.
        preview: SelectionPreview,
    }
}

payload! {
    /// Result of `selectionChoose`.
    SelectionChoosePayload for (CLIENT) {
        /// The selection.
        selection: Selection,
    }
}

payload! {
    /// Result of `selectionDecline`.
    SelectionDeclinePayload for (CLIENT) {
        /// The declined selection.
        selection: Selection,
    }
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
    /// Shows the price of a choice, and its effect on the allowance and the contract total once it is approved. Changes nothing.
    #[shared(CLIENT)]
    #[requires(SELECTIONS_MANAGE)]
    async fn selection_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `selectionPreview`.")] input: SelectionPreviewInput,
    ) -> Result<SelectionPreviewPayload, ApiError> {
        let id = ids::read(&input.id, "input.id")?.of_kind(Tag::SELECTION).unwrap_or_default();
        let choices = named(&input.choices)?;
        let shown = match load(ctx, SelectionById(id.into())).await? {
            Some(row) => preview(ctx, &row, &choices).await?,
            None => Err(Refusal::not_found("id")),
        };
        Ok(match shown {
            Ok(preview) => SelectionPreviewPayload::done(preview),
            Err(refused) => SelectionPreviewPayload::refused(vec![refused.into()]),
        })
    }

    /// Chooses options of a selection that is `SHARED` or `CHOSEN`, instead of those chosen before. Commits nothing until it is
    /// approved (`selectionPreview` shows the effect). A choice may exceed the allowance.
    #[shared(CLIENT)]
    async fn selection_choose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `selectionChoose`.")] input: SelectionChooseInput,
    ) -> Result<SelectionChoosePayload, ApiError> {
        let choose = SelectionChoose {
            id: ids::read(&input.id, "input.id")?.of_kind(Tag::SELECTION).map(Into::into),
            choices: named(&input.choices)?,
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
        };
        Ok(match carry_out(ctx, |actor| choose.run(actor)).await? {
            Ok(id) => SelectionChoosePayload::done(load(ctx, SelectionById(id)).await?.map(Selection)),
            Err(refused) => SelectionChoosePayload::refused(refused),
        })
    }

    /// Declines a selection that is `SHARED`, if `mayDecline`.
    #[shared(CLIENT)]
    async fn selection_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `selectionDecline`.")] input: SelectionDeclineInput,
    ) -> Result<SelectionDeclinePayload, ApiError> {
        let decline = SelectionDecline {
            id: ids::read(&input.id, "input.id")?.of_kind(Tag::SELECTION).map(Into::into),
            reason: input.reason,
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
        };
        Ok(match carry_out(ctx, |actor| decline.run(actor)).await? {
            Ok(id) => SelectionDeclinePayload::done(load(ctx, SelectionById(id)).await?.map(Selection)),
            Err(refused) => SelectionDeclinePayload::refused(refused),
        })
    }

    /// Approves the choice of a selection. It is recorded as a decision, mailed to the clients who may approve, and added to the
    /// allowance and the contract total as its `approvalDocument` says. Rejected unless the selection is `CHOSEN` and its options have
    /// prices that have not expired. `CONFLICT` if the document has changed since it was read.
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
