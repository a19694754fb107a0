//! A lead, and the inputs that add one.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::leads::{FormName, Inquiry, LeadCreate, LeadSubmit};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::leads::LeadRow;
use portico_loader::projects::ProjectById;

use super::{LeadSource, LeadState};
use crate::contacts::contact_id;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::projects::Project;
use crate::scalars::{DateTime, EmailAddress, PhoneNumber};

pub(crate) struct Lead(pub(crate) Arc<LeadRow>);

/// Request for information from a possible client.
#[gated]
#[Object]
impl Lead {
    /// Global ID.
    #[requires(LEADS_MANAGE)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::LEAD, self.0.id)
    }

    /// State.
    #[requires(LEADS_MANAGE)]
    async fn state(&self) -> LeadState;

    /// Source.
    #[requires(LEADS_MANAGE)]
    async fn source(&self) -> LeadSource;

    /// Name of the person.
    #[requires(LEADS_MANAGE)]
    async fn name(&self) -> &str;

    /// Email address, unverified. Null if unknown.
    #[requires(LEADS_MANAGE)]
    async fn email(&self) -> Option<EmailAddress>;

    /// Telephone number. Null if unknown.
    #[requires(LEADS_MANAGE)]
    async fn phone(&self) -> Option<PhoneNumber>;

    /// Message of the person. Null if there is none.
    #[requires(LEADS_MANAGE)]
    async fn message(&self) -> Option<&str>;

    /// Product or service of interest. Null if not given.
    #[requires(LEADS_MANAGE)]
    async fn interest(&self) -> Option<&str>;

    /// Creation time.
    #[requires(LEADS_MANAGE)]
    async fn created_at(&self) -> DateTime;

    /// Time of the last change.
    #[requires(LEADS_MANAGE)]
    async fn updated_at(&self) -> DateTime;

    /// Increases with every change.
    #[requires(LEADS_MANAGE)]
    async fn version(&self) -> i32;

    /// Contact of the person; unchanged by conversion.
    #[requires(LEADS_MANAGE)]
    async fn contact_id(&self) -> ID {
        ids::global(Tag::CONTACT, self.0.contact_id)
    }

    /// Project created by conversion. Null if there is none, and without `PROJECTS_READ`.
    #[requires(LEADS_MANAGE)]
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<Project>, ApiError> {
        let Some(project) = self.0.project_id else { return Ok(None) };
        Ok(load(ctx, ProjectById(project)).await?.map(Project))
    }
}

/// Input of `leadCreate`. Needs either `contactId`, or the `name` of a new contact.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct LeadCreateInput {
    /// Existing contact; the lead shows its details. Omit to add a contact of the kind `MISC`.
    contact_id: Option<ID>,
    /// Name of a new contact.
    name: Option<String>,
    /// Email address of a new contact.
    email: Option<String>,
    /// Telephone number of a new contact.
    phone: Option<String>,
    /// Product or service of interest; at most 200 characters.
    interest: Option<String>,
    /// The person's question, at most 4,000 characters.
    message: Option<String>,
}

impl LeadCreateInput {
    pub(super) fn action(self) -> Result<LeadCreate, ApiError> {
        let Self { contact_id: contact, name, email, phone, interest, message } = self;
        let contact = contact.map(|id| contact_id(&id, "input.contactId")).transpose()?;
        Ok(LeadCreate { contact, inquiry: Inquiry { name, email, phone, interest, message } })
    }
}

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

impl LeadSubmitInput {
    pub(super) fn action(self) -> LeadSubmit {
        let Self { company_slug, form_key, name, email, phone, interest, message, website } = self;
        let form = FormName { company_slug: Some(company_slug), key: form_key };
        let inquiry = Inquiry { name: Some(name), email: Some(email), phone, interest, message };
        LeadSubmit { form, web_origin: None, inquiry, website }
    }
}
