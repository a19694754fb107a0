//! Submission of lead forms.

use async_graphql::{Context, InputObject, Object};
use portico_actions::leads::{FormName, LeadSubmit};
use portico_graphql_macros::gated;

use crate::act::{carry_out, payload};
use crate::error::ApiError;

/// Input of `leadSubmit`.
#[gated(PUBLIC)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct LeadSubmitInput {
    /// Short name of the company.
    company_slug: String,
    /// Key of the form.
    form_key: String,
    /// Name of the sender.
    name: String,
    /// Email address of the sender.
    email: String,
    /// Telephone number of the sender.
    phone: Option<String>,
    /// Product or service of interest, at most 200 characters.
    interest: Option<String>,
    /// Message, at most 4,000 characters.
    message: Option<String>,
    /// Must stay empty.
    website: Option<String>,
}

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
        let LeadSubmitInput { company_slug, form_key, name, email, phone, interest, message, website } = input;
        let form = FormName { company_slug: Some(company_slug), key: form_key };
        let submit = LeadSubmit { form, web_origin: None, name, email, phone, interest, message, website };
        Ok(match carry_out(ctx, |actor| submit.run(actor)).await? {
            Ok(()) => LeadSubmitPayload::done(true),
            Err(refused) => LeadSubmitPayload::refused(refused),
        })
    }
}
