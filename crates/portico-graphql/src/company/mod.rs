//! `company`: what belongs to a company as a whole. Each of its parts has a file of its own beside this one.

mod contacts;
mod enums;
mod leads;
mod mutations;
mod people;
mod people_mutations;
mod settings;

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_actions::Actor;
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::company::{CompanyById, CompanyRow};
use portico_loader::portal::{BrandingOfCompany, BrandingRow, PortalOfCompany, Shelf};

use crate::error::ApiError;
use crate::ids;
use crate::leads::{LeadForm, lead_form};
use crate::load::load;
use crate::mail::{EmailTemplate, own_templates};
use crate::page::PageArguments;
use crate::people::{ApiKey, own_keys};
use crate::portal::{Branding, HelpArticleConnection, help_articles_page};
use crate::scalars::PhoneNumber;
use contacts::{ContactConnection, ContactFilter, contacts_page};
use enums::Region;
use leads::{LeadConnection, LeadFilter, leads_page};
pub(crate) use mutations::CompanyMutations;
use people::{StaffConnection, StaffFilter, staff_page};
pub(crate) use people_mutations::StaffMutations;
use settings::CompanyPortal;

/// A company that builds or designs.
pub(crate) struct Company(Arc<BrandingRow>);

/// The company for which the viewer works.
pub(crate) async fn own_company(ctx: &Context<'_>) -> Result<Option<Company>, ApiError> {
    let Some(company) = ctx.data_unchecked::<Loader>().viewer().company() else { return Ok(None) };
    Ok(load(ctx, BrandingOfCompany(company)).await?.map(Company))
}

impl Company {
    async fn own(&self, ctx: &Context<'_>) -> Result<Option<Arc<CompanyRow>>, ApiError> {
        load(ctx, CompanyById(self.0.company_id)).await
    }
}

/// A company that builds or designs.
#[gated]
#[Object]
impl Company {
    /// Its id. `node` does not know it.
    #[shared(STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::COMPANY, self.0.company_id.0)
    }

    /// Its name.
    #[shared(STAFF)]
    async fn name(&self) -> &str {
        &self.0.company_name
    }

    /// Slug: identifies the company in commands and in the installation's configuration. Immutable.
    #[shared(STAFF)]
    async fn slug(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.own(ctx).await?.map(|row| row.slug.clone()))
    }

    /// Telephone number for the public. Null if none is set.
    #[shared(STAFF)]
    async fn public_phone(&self) -> Option<PhoneNumber> {
        self.0.public_phone.clone().map(PhoneNumber)
    }

    /// Region. Invitations and first passwords lead to the installation's host for it.
    #[shared(STAFF)]
    async fn region(&self, ctx: &Context<'_>) -> Result<Option<Region>, ApiError> {
        Ok(self.own(ctx).await?.map(|row| row.region.into()))
    }

    /// The company's own portal host. Null unless the installation lists one; links then lead to the region's host.
    #[shared(STAFF)]
    async fn portal_host(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let Some(row) = self.own(ctx).await? else { return Ok(None) };
        let hosts = &ctx.data_unchecked::<Actor>().installation.hosts;
        Ok(hosts.of_portal(&row.slug, row.portal_host.as_deref()).map(str::to_owned))
    }

    /// Increases with every change of name, telephone, region or portal host.
    #[shared(STAFF)]
    async fn version(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        Ok(self.own(ctx).await?.map(|row| row.version))
    }

    /// Staff and pending invitations, ordered by name. Removed members only with the filter.
    #[shared(STAFF)]
    async fn people(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 25 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "Page size from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
        #[graphql(desc = "Conditions on the members.")] filter: Option<StaffFilter>,
    ) -> Result<StaffConnection, ApiError> {
        staff_page(ctx, PageArguments { first, after, last, before }, filter).await
    }

    /// What is settled for all its portals.
    #[shared(STAFF)]
    async fn portal(&self, ctx: &Context<'_>) -> Result<Option<CompanyPortal>, ApiError> {
        Ok(load(ctx, PortalOfCompany(self.0.company_id)).await?.map(CompanyPortal))
    }

    /// How it presents itself.
    #[shared(STAFF)]
    async fn branding(&self) -> Branding {
        self.0.as_ref().into()
    }

    /// What it explains to its clients, in order; drafts only with `SETTINGS_MANAGE`.
    #[shared(STAFF)]
    async fn help_articles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the first so many; 25 unless you say otherwise, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "Only the last so many; 100 at most.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<HelpArticleConnection, ApiError> {
        let page = PageArguments { first, after, last, before };
        help_articles_page(ctx, Shelf::Company(self.0.company_id), page).await
    }

    /// The address book: the company's own cards of clients, trade partners and others, by name.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the schema")]
    #[requires(CLIENTS_INVITE)]
    async fn contacts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the first so many; 25 unless you say otherwise, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "Only the last so many; 100 at most.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
        #[graphql(desc = "Only contacts for which this holds.")] filter: Option<ContactFilter>,
        #[graphql(desc = "Only contacts that have each of these words in their name, address or number.")]
        query: Option<String>,
    ) -> Result<ContactConnection, ApiError> {
        contacts_page(ctx, PageArguments { first, after, last, before }, filter, query).await
    }

    /// Those who asked for information, newest first.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the schema")]
    #[requires(LEADS_MANAGE)]
    async fn leads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the first so many; 25 unless you say otherwise, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "Only the last so many; 100 at most.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
        #[graphql(desc = "Only leads for which this holds.")] filter: Option<LeadFilter>,
        #[graphql(desc = "Only leads that have each of these words in their name, address, number or message.")]
        query: Option<String>,
    ) -> Result<LeadConnection, ApiError> {
        leads_page(ctx, PageArguments { first, after, last, before }, filter, query).await
    }

    /// The form on its site, by which people ask for information. Null if it has none yet.
    #[requires(LEADS_MANAGE)]
    async fn lead_form(&self, ctx: &Context<'_>) -> Result<Option<LeadForm>, ApiError> {
        lead_form(ctx, self.0.company_id).await
    }

    /// All mails that Portico sends, and what they say for the company.
    #[requires(EMAIL_TEMPLATES_MANAGE)]
    #[list_size(TEMPLATES)]
    async fn email_templates(&self, ctx: &Context<'_>) -> Result<Vec<EmailTemplate>, ApiError> {
        own_templates(ctx).await
    }

    /// The keys for scripts that you have made, the oldest first; those of everybody in the company if you are an owner.
    #[requires(REPORTS_KEYS)]
    #[list_size(API_KEYS)]
    async fn api_keys(&self, ctx: &Context<'_>) -> Result<Vec<ApiKey>, ApiError> {
        own_keys(ctx).await
    }
}
