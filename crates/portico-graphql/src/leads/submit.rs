//! Submission of lead forms.

use async_graphql::{Context, Object};
use portico_graphql_macros::gated;

use super::lead::LeadSubmitInput;
use crate::act::{carry_out, payload};
use crate::error::ApiError;

payload! {
    /// Result of `leadSubmit`.
    LeadSubmitPayload for (PUBLIC) {
        /// Whether the form was received.
        received: bool,
    }
}

#[derive(Default)]
pub(crate) struct LeadSubmitMutations;

/// Mutation that submits a lead form.
#[gated]
#[Object]
impl LeadSubmitMutations {
    /// Sends a company a request for information.
    #[shared(PUBLIC)]
    async fn lead_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `leadSubmit`.")] input: LeadSubmitInput,
    ) -> Result<LeadSubmitPayload, ApiError> {
        let submit = input.action();
        Ok(match carry_out(ctx, |actor| submit.run(actor)).await? {
            Ok(()) => LeadSubmitPayload::done(true),
            Err(refused) => LeadSubmitPayload::refused(refused),
        })
    }
}
