//! A company's lead form.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::leads::LeadFormUpdate;
use portico_core::id::{CompanyId, Tag};
use portico_graphql_macros::gated;
use portico_loader::leads::{FormOfCompany, LeadFormRow};

use crate::act::{act, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;

pub(crate) struct LeadForm(Arc<LeadFormRow>);

/// A company's form.
pub(crate) async fn lead_form(ctx: &Context<'_>, company: CompanyId) -> Result<Option<LeadForm>, ApiError> {
    Ok(load(ctx, FormOfCompany(company)).await?.map(LeadForm))
}

/// Form on the company's web site for requests for information.
#[gated]
#[Object]
impl LeadForm {
    /// Cache key; cannot be fetched with `node`.
    #[requires(LEADS_MANAGE)]
    async fn id(&self) -> ID {
        ids::global(Tag::LEAD_FORM, self.0.company_id)
    }

    /// Key that web pages send as `formKey` in `leadSubmit`.
    #[requires(LEADS_MANAGE)]
    async fn key(&self) -> &str;

    /// Path at the gateway to which plain HTML forms are posted.
    #[requires(LEADS_MANAGE)]
    async fn path(&self) -> String {
        format!("/leads/{}", self.0.key)
    }

    /// Whether the form accepts submissions.
    #[requires(LEADS_MANAGE)]
    async fn is_open(&self) -> bool;

    /// Web origins whose pages may submit the form, in alphabetical order.
    #[requires(LEADS_MANAGE)]
    #[list_size(ORIGINS)]
    async fn allowed_origins(&self) -> &[String] {
        &self.0.allowed_origins
    }
}

/// Input of `leadFormUpdate`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct LeadFormUpdateInput {
    /// Whether the form accepts submissions. Omit to keep the current value.
    is_open: Option<bool>,
    /// Web origins whose pages may submit the form, at most 20. Omit to keep the current value.
    /// An origin is a scheme and a host: `https://www.example.com`.
    allowed_origins: Option<Vec<String>>,
    /// Whether to replace the key. Submissions with the old key are rejected.
    #[graphql(default)]
    rotate_key: bool,
}

payload! {
    /// Result of `leadFormUpdate`.
    LeadFormUpdatePayload for (STAFF) {
        /// The updated form.
        lead_form: LeadForm,
    }
}

#[derive(Default)]
pub(crate) struct LeadFormMutations;

/// Mutations of the lead form.
#[gated]
#[Object]
impl LeadFormMutations {
    /// Changes the company's lead form, or creates it.
    #[requires(LEADS_MANAGE)]
    async fn lead_form_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `leadFormUpdate`.")] input: LeadFormUpdateInput,
    ) -> Result<LeadFormUpdatePayload, ApiError> {
        let LeadFormUpdateInput { is_open, allowed_origins, rotate_key } = input;
        Ok(match act(ctx, LeadFormUpdate { is_open, allowed_origins, rotate_key }).await? {
            Ok(company) => LeadFormUpdatePayload::done(lead_form(ctx, company).await?),
            Err(refused) => LeadFormUpdatePayload::refused(refused),
        })
    }
}
