//! The form on a company's site.

use async_graphql::{Context, InputObject, Object};
use portico_actions::leads::{FormName, LeadSubmit};
use portico_graphql_macros::gated;

use crate::act::{carry_out, payload};
use crate::error::ApiError;

/// What somebody wrote into a form.
#[gated(PUBLIC)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct LeadSubmitInput {
    /// The company's short name.
    company_slug: String,
    /// The form's key.
    form_key: String,
    /// Your name.
    name: String,
    /// Your address.
    email: String,
    /// Your telephone number, E.164: `+13035550123`.
    phone: Option<String>,
    /// The product or service that you are interested in; 200 characters at most.
    interest: Option<String>,
    /// What you want to know; 4,000 characters at most.
    message: Option<String>,
    /// To be left empty.
    website: Option<String>,
}

payload! {
    /// What came of sending a form.
    LeadSubmitPayload for (PUBLIC) {
        /// Whether it was received.
        received: bool,
    }
}

/// The form on a company's site.
#[derive(Default)]
pub(crate) struct LeadSubmitMutations;

/// The form on a company's site.
#[gated]
#[Object]
impl LeadSubmitMutations {
    /// Asks a company for information.
    #[shared(PUBLIC)]
    async fn lead_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What you wrote.")] input: LeadSubmitInput,
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
