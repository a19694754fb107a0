//! Portals of projects and companies, with branding and help articles.

mod help;
mod help_mutations;
mod onboarding;
mod settings;
mod settings_mutations;
mod setup;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use portico_actions::Actor;
use portico_core::id::{CompanyId, ProjectId, Tag};
use portico_core::portal::{Feature as CoreFeature, ScheduleShare as CoreShare};
use portico_graphql_macros::gated;
use portico_loader::portal::{
    ArticleScope, BrandingOfCompany, BrandingRow, PortalHostRow, PortalOfProject, PortalRow, SetupOfProject,
};

pub(crate) use help::{HelpArticleConnection, help_articles_page};
pub(crate) use help_mutations::HelpMutations;
pub(crate) use onboarding::{Onboarding, OnboardingMutations, own_onboarding};
pub(crate) use settings_mutations::SettingsMutations;

use crate::access::Rights;
use crate::error::ApiError;
use crate::explain::document_has;
use crate::ids;
use crate::load::load;
use crate::page::PageArguments;
use crate::scalars::{PhoneNumber, Url};
use setup::{SetupStep, steps};

pub(crate) use settings::PortalSettingsInput;

/// Section of the portal. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreFeature")]
pub(crate) enum Feature {
    /// Summary and quick actions; always enabled.
    #[shared(CLIENT, STAFF)]
    Dashboard,
    /// Selections of products and designs.
    #[shared(CLIENT, STAFF)]
    Selections,
    /// Contracts, change orders and files.
    #[shared(CLIENT, STAFF)]
    Documents,
    /// Invoices and payments.
    #[shared(CLIENT, STAFF)]
    Billing,
    /// Messages with the team.
    #[shared(CLIENT, STAFF)]
    Messages,
    /// Daily logs with photos.
    #[shared(CLIENT, STAFF)]
    DailyLogs,
    /// Schedule and milestones.
    #[shared(CLIENT, STAFF)]
    Schedule,
    /// Project team.
    #[shared(CLIENT, STAFF)]
    Team,
    /// Help articles.
    #[shared(CLIENT, STAFF)]
    Help,
}

/// How a project's schedule is shared with clients.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreShare")]
pub(crate) enum ScheduleShare {
    /// Not shared; clients see names and status of milestones.
    #[shared(STAFF)]
    None,
    /// Shared as a calendar.
    #[shared(STAFF)]
    Calendar,
    /// Shared as a Gantt chart.
    #[shared(STAFF)]
    Gantt,
}

/// Branding of a company.
#[gated(PUBLIC, CLIENT, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Branding {
    /// Cache key; cannot be fetched with `node`.
    id: ID,
    /// Name of the company.
    company_name: String,
    /// Public telephone number. Null if none is set.
    public_phone: Option<PhoneNumber>,
    /// Main color: `#rrggbb`.
    primary_color: String,
    /// Accent color: `#rrggbb`.
    accent_color: String,
    /// URL of the logo. Null if none is set.
    logo_url: Option<Url>,
    /// URL of the company's website. Null if none is set.
    website_url: Option<Url>,
}

impl From<&BrandingRow> for Branding {
    fn from(row: &BrandingRow) -> Self {
        Self {
            id: ids::global(Tag::BRANDING, row.company_id.0),
            company_name: row.company_name.clone(),
            public_phone: row.public_phone.clone().map(PhoneNumber),
            primary_color: row.primary_color.clone(),
            accent_color: row.accent_color.clone(),
            logo_url: row.logo_url.clone().map(Url),
            website_url: row.website_url.clone().map(Url),
        }
    }
}

async fn branding(ctx: &Context<'_>, company: CompanyId) -> Result<Option<Branding>, ApiError> {
    let row = load(ctx, BrandingOfCompany(company)).await?;
    Ok(row.as_deref().map(Into::into))
}

pub(crate) struct Portal(pub(crate) Arc<PortalRow>);

/// Portal of a project.
#[gated]
#[Object]
impl Portal {
    /// Cache key; cannot be fetched with `node`.
    #[shared(CLIENT, STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::PORTAL, self.0.project_id.0)
    }

    /// Enabled sections, in menu order.
    #[shared(CLIENT, STAFF)]
    #[list_size(NAMES)]
    async fn features(&self) -> Vec<Feature> {
        enabled(&self.0.features)
    }

    /// Sections to offer in the menu, in menu order: those enabled and served by this schema.
    #[shared(CLIENT, STAFF)]
    #[list_size(NAMES)]
    async fn navigation(&self, ctx: &Context<'_>) -> Result<Vec<Feature>, ApiError> {
        served(ctx, enabled(&self.0.features))
    }

    /// Branding of the company. Null if you have no access to it.
    #[shared(CLIENT, STAFF)]
    async fn branding(&self, ctx: &Context<'_>) -> Result<Option<Branding>, ApiError> {
        branding(ctx, self.0.company_id).await
    }

    /// URL of the portal guide: the project's, or else the company's. Null if neither is set.
    #[shared(CLIENT, STAFF)]
    async fn guide_url(&self) -> Option<Url>;

    /// URL of the project's own guide. Null if clients get the company's.
    #[shared(STAFF)]
    async fn own_guide_url(&self) -> Option<Url>;

    /// Published help articles, in the company's order.
    #[shared(CLIENT, STAFF)]
    async fn help_articles(&self, ctx: &Context<'_>, page: PageArguments) -> Result<HelpArticleConnection, ApiError> {
        help_articles_page(ctx, ArticleScope::Portal(self.0.project_id), page).await
    }

    /// Steps before clients are invited, in recommended order. Null if you have no access to them.
    #[shared(STAFF)]
    #[list_size(SETUP_STEPS)]
    async fn setup_checklist(&self, ctx: &Context<'_>) -> Result<Option<Vec<SetupStep>>, ApiError> {
        Ok(load(ctx, SetupOfProject(self.0.project_id)).await?.as_deref().map(steps))
    }

    /// How the schedule is shared with clients. Null if you have no access to it.
    #[shared(STAFF)]
    async fn schedule_share(&self) -> Option<ScheduleShare>;

    /// Whether clients see the baseline of the schedule while it is shared. Null if you have no access to it.
    #[shared(STAFF)]
    async fn shares_baseline(&self) -> Option<bool>;
}

/// The coordinate that serves a section. Sections that are not built yet have none in the schema.
const fn coordinate_of(feature: Feature) -> &'static str {
    match feature {
        Feature::Dashboard => "Query.project",
        Feature::Selections => "Project.selections",
        Feature::Documents => "Project.files",
        Feature::Billing => "Project.invoices",
        Feature::Messages => "Project.threads",
        Feature::DailyLogs => "Project.dailyLogs",
        Feature::Schedule => "Project.schedule",
        Feature::Team => "Project.team",
        Feature::Help => "Portal.helpArticles",
    }
}

/// Sections that the caller's role schema serves (PRT-17).
fn served(ctx: &Context<'_>, features: Vec<Feature>) -> Result<Vec<Feature>, ApiError> {
    let rights = *ctx.data_unchecked::<Rights>();
    let mut served = Vec::new();
    for feature in features {
        if document_has(ctx, rights, coordinate_of(feature))? {
            served.push(feature);
        }
    }
    Ok(served)
}

async fn portal_of(ctx: &Context<'_>, project: ProjectId) -> Result<Option<Portal>, ApiError> {
    Ok(load(ctx, PortalOfProject(project)).await?.map(Portal))
}

/// Enabled sections in menu order, which is that of the enum. The dashboard cannot be disabled (PRT-2).
pub(crate) fn enabled(names: &[String]) -> Vec<Feature> {
    let is_on = |feature: CoreFeature| names.iter().any(|name| name == feature.as_str());
    with_dashboard(is_on).into_iter().map(Into::into).collect()
}

/// Enabled sections and the dashboard, in menu order.
fn with_dashboard(is_on: impl Fn(CoreFeature) -> bool) -> Vec<CoreFeature> {
    let is_enabled = |feature: &CoreFeature| *feature == CoreFeature::Dashboard || is_on(*feature);
    CoreFeature::ALL.iter().copied().filter(is_enabled).collect()
}

/// Sign-in methods of a portal.
#[gated(PUBLIC, CLIENT, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct SignInMethods {
    /// Whether a password can be used.
    password: bool,
    /// Whether a mailed link can be used.
    link: bool,
}

/// Form for requesting information from a company.
#[gated(PUBLIC, CLIENT, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct RequestInfo {
    /// URL of the form's page.
    url: Url,
    /// Whether the form accepts submissions.
    is_open: bool,
}

pub(crate) struct PublicPortal(pub(crate) Arc<PortalHostRow>);

/// Public part of a company's portal, before sign-in.
#[gated]
#[Object]
impl PublicPortal {
    /// Cache key; cannot be fetched with `node`.
    #[shared(PUBLIC, CLIENT, STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::PORTAL_ENTRANCE, self.0.company_id.0)
    }

    /// Host name of the portal.
    #[shared(PUBLIC, CLIENT, STAFF)]
    async fn host(&self) -> &str;

    /// Branding of the company. Null if it is not available.
    #[shared(PUBLIC, CLIENT, STAFF)]
    async fn branding(&self, ctx: &Context<'_>) -> Result<Option<Branding>, ApiError> {
        branding(ctx, self.0.company_id).await
    }

    /// Form for requesting information. Null if the company has none.
    #[shared(PUBLIC, CLIENT, STAFF)]
    async fn request_info(&self, ctx: &Context<'_>) -> Option<RequestInfo> {
        let row = &self.0;
        let (key, is_open) = row.lead_form_key.as_deref().zip(row.is_lead_form_open)?;
        let site = &ctx.data_unchecked::<Actor>().installation.site;
        Some(RequestInfo { url: Url(site.address(&row.host, &format!("/leads/{key}"))), is_open })
    }

    /// Sign-in methods of the portal.
    #[shared(PUBLIC, CLIENT, STAFF)]
    async fn sign_in(&self) -> SignInMethods {
        SignInMethods { password: self.0.offers_password, link: self.0.offers_link }
    }
}
