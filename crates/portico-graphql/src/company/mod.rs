//! The type `Company`, one file for each of its parts.

mod contacts;
mod enums;
mod leads;
mod mutations;
mod people;
mod people_mutations;
mod settings;
mod work_calendar;

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_actions::Actor;
use portico_core::activity::LogScope;
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::company::{CompanyById, CompanyRow, WorkCalendarOfCompany};
use portico_loader::portal::{ArticleScope, BrandingOfCompany, BrandingRow, PortalOfCompany};

use crate::activity::{ActivityConnection, ActivityFilter, activity_page};
use crate::direct::Direct;
use crate::error::ApiError;
use crate::ids;
use crate::keys::{ApiKey, own_keys};
use crate::leads::{LeadForm, lead_form};
use crate::load::load;
use crate::mail::{EmailTemplate, own_templates};
use crate::page::PageArguments;
use crate::portal::{Branding, HelpArticleConnection, help_articles_page};
use crate::scalars::PhoneNumber;
use crate::schedule::{ScheduleTemplate, templates_of};
use contacts::{ContactConnection, ContactFilter, contacts_page};
use enums::Region;
use leads::{LeadConnection, LeadFilter, leads_page};
pub(crate) use mutations::CompanyMutations;
use people::{StaffConnection, StaffFilter, staff_page};
pub(crate) use people_mutations::StaffMutations;
use settings::CompanyPortal;
use work_calendar::WorkCalendar;
pub(crate) use work_calendar::WorkCalendarMutations;

pub(crate) struct Company(Arc<BrandingRow>);

/// The viewer's company.
pub(crate) async fn own_company(ctx: &Context<'_>) -> Result<Option<Company>, ApiError> {
    let Some(company) = ctx.data_unchecked::<Loader>().viewer().company() else { return Ok(None) };
    Ok(load(ctx, BrandingOfCompany(company)).await?.map(Company))
}

impl Company {
    async fn own(&self, ctx: &Context<'_>) -> Result<Option<Arc<CompanyRow>>, ApiError> {
        load(ctx, CompanyById(self.0.company_id)).await
    }
}

/// Construction or design company.
#[gated]
#[Object]
impl Company {
    /// Cache key; cannot be fetched with `node`.
    #[shared(STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::COMPANY, self.0.company_id.0)
    }

    /// Name.
    #[shared(STAFF)]
    async fn name(&self) -> &str {
        &self.0.company_name
    }

    /// Short name for commands and configuration. Immutable. Null if you have no access to it.
    #[shared(STAFF)]
    async fn slug(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.own(ctx).await?.map(|row| row.slug.clone()))
    }

    /// Public telephone number. Null if none is set.
    #[shared(STAFF)]
    async fn public_phone(&self) -> Option<PhoneNumber>;

    /// Market, whose host serves invitations and first passwords. Null if you have no access to it.
    #[shared(STAFF)]
    async fn region(&self, ctx: &Context<'_>) -> Result<Option<Region>, ApiError> {
        Ok(self.own(ctx).await?.map(|row| row.region.into()))
    }

    /// Host of the company's own portal.
    /// Null if none is set, or if the configuration does not list it; links then lead to the region's host.
    #[shared(STAFF)]
    async fn portal_host(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let Some(row) = self.own(ctx).await? else { return Ok(None) };
        let hosts = &ctx.data_unchecked::<Actor>().installation.hosts;
        Ok(hosts.of_portal(&row.slug, row.portal_host.as_deref()).map(str::to_owned))
    }

    /// Increases with every change of name, telephone, region or portal host. Null if you have no access to it.
    #[shared(STAFF)]
    async fn version(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        Ok(self.own(ctx).await?.map(|row| row.version))
    }

    /// Staff and pending invitations, ordered by name. Removed members are returned only with `filter: {isRemoved: true}`.
    #[shared(STAFF)]
    async fn people(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
        filter: Option<StaffFilter>,
    ) -> Result<StaffConnection, ApiError> {
        staff_page(ctx, page, filter).await
    }

    /// Defaults of the company's portals. Null if you have no access to them.
    #[shared(STAFF)]
    async fn portal(&self, ctx: &Context<'_>) -> Result<Option<CompanyPortal>, ApiError> {
        Ok(load(ctx, PortalOfCompany(self.0.company_id)).await?.map(CompanyPortal))
    }

    /// Days on which the company works. Null if you have no access to them.
    #[shared(STAFF)]
    async fn work_calendar(&self, ctx: &Context<'_>) -> Result<Option<WorkCalendar>, ApiError> {
        Ok(load(ctx, WorkCalendarOfCompany(self.0.company_id)).await?.map(WorkCalendar))
    }

    /// Templates of schedules, ordered by name.
    #[requires(SCHEDULE_EDIT)]
    #[list_size(SCHEDULE_TEMPLATES)]
    async fn schedule_templates(&self, ctx: &Context<'_>) -> Result<Vec<Direct<ScheduleTemplate>>, ApiError> {
        templates_of(ctx, self.0.company_id).await
    }

    /// Branding of the company.
    #[shared(STAFF)]
    async fn branding(&self) -> Branding {
        self.0.as_ref().into()
    }

    /// Help articles, ordered by `sort`; drafts only with `SETTINGS_MANAGE`.
    #[shared(STAFF)]
    async fn help_articles(&self, ctx: &Context<'_>, page: PageArguments) -> Result<HelpArticleConnection, ApiError> {
        help_articles_page(ctx, ArticleScope::Company(self.0.company_id), page).await
    }

    /// Contacts of clients, trade partners and others, ordered by name.
    #[requires(CLIENTS_INVITE)]
    async fn contacts(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
        filter: Option<ContactFilter>,
        #[graphql(desc = "Words that all occur in name, email or telephone.")] query: Option<String>,
    ) -> Result<ContactConnection, ApiError> {
        contacts_page(ctx, page, filter, query).await
    }

    /// Leads, newest first.
    #[requires(LEADS_MANAGE)]
    async fn leads(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
        filter: Option<LeadFilter>,
        #[graphql(desc = "Words that all occur in name, email, telephone or message.")] query: Option<String>,
    ) -> Result<LeadConnection, ApiError> {
        leads_page(ctx, page, filter, query).await
    }

    /// Audit log of the company and its projects, newest first: entries about what you have access to.
    #[shared(STAFF)]
    async fn activity(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
        filter: Option<ActivityFilter>,
    ) -> Result<ActivityConnection, ApiError> {
        activity_page(ctx, LogScope::Company(self.0.company_id), page, filter).await
    }

    /// Form for requesting information. Null until it is created.
    #[requires(LEADS_MANAGE)]
    async fn lead_form(&self, ctx: &Context<'_>) -> Result<Option<LeadForm>, ApiError> {
        lead_form(ctx, self.0.company_id).await
    }

    /// Email templates with the company's texts. In the order of `EmailTemplateKey`.
    #[requires(EMAIL_TEMPLATES_MANAGE)]
    #[list_size(TEMPLATES)]
    async fn email_templates(&self, ctx: &Context<'_>) -> Result<Vec<Direct<EmailTemplate>>, ApiError> {
        Ok(own_templates(ctx).await?.into_iter().map(Into::into).collect())
    }

    /// API keys that you created, oldest first; as an owner, all of the company's. At most 100: those in force, and the
    /// newest of the others.
    #[requires(REPORTS_KEYS)]
    #[list_size(API_KEYS)]
    async fn api_keys(&self, ctx: &Context<'_>) -> Result<Vec<Direct<ApiKey>>, ApiError> {
        own_keys(ctx).await
    }
}
