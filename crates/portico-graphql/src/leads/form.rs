//! The form on a company's site.

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

/// The form on a company's site, by which people ask for information.
pub(crate) struct LeadForm(Arc<LeadFormRow>);

/// A company's form, if it has one.
pub(crate) async fn lead_form(ctx: &Context<'_>, company: CompanyId) -> Result<Option<LeadForm>, ApiError> {
    Ok(load(ctx, FormOfCompany(company)).await?.map(LeadForm))
}

/// The form on a company's site, by which people ask for information.
#[gated]
#[Object]
impl LeadForm {
    /// Its id, for your cache. `node` does not know it.
    #[requires(LEADS_MANAGE)]
    async fn id(&self) -> ID {
        ids::global(Tag::LEAD_FORM, self.0.company_id)
    }

    /// By which pages name it, in `leadSubmit`.
    #[requires(LEADS_MANAGE)]
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// Where pages that do not speak GraphQL send it, at the host of your gateway.
    #[requires(LEADS_MANAGE)]
    async fn path(&self) -> String {
        format!("/leads/{}", self.0.key)
    }

    /// Whether it takes what is sent.
    #[requires(LEADS_MANAGE)]
    async fn is_open(&self) -> bool {
        self.0.is_open
    }

    /// The web origins whose pages may send it.
    #[requires(LEADS_MANAGE)]
    async fn allowed_origins(&self) -> &[String] {
        &self.0.allowed_origins
    }
}

/// What is to be changed of the form. What is left out stays as it is.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct LeadFormUpdateInput {
    /// Whether it takes what is sent.
    is_open: Option<bool>,
    /// The web origins whose pages may send it, like `https://www.example.com`; 20 at most.
    allowed_origins: Option<Vec<String>>,
    /// Whether it gets another key. Pages with the old one send nothing any more.
    #[graphql(default)]
    renew_key: bool,
}

payload! {
    /// What came of changing the form.
    LeadFormUpdatePayload for (STAFF) {
        /// The form, as it is now.
        lead_form: LeadForm,
    }
}

/// What staff do with the form.
#[derive(Default)]
pub(crate) struct LeadFormMutations;

/// What staff do with the form.
#[gated]
#[Object]
impl LeadFormMutations {
    /// Opens the form on your company's site or closes it, says which pages may send it, or gives it another key. A company
    /// without a form has one from then on.
    #[requires(LEADS_MANAGE)]
    async fn lead_form_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be changed.")] input: LeadFormUpdateInput,
    ) -> Result<LeadFormUpdatePayload, ApiError> {
        let LeadFormUpdateInput { is_open, allowed_origins, renew_key } = input;
        Ok(match act(ctx, LeadFormUpdate { is_open, allowed_origins, renews_key: renew_key }).await? {
            Ok(company) => LeadFormUpdatePayload::done(lead_form(ctx, company).await?),
            Err(refused) => LeadFormUpdatePayload::refused(refused),
        })
    }
}
