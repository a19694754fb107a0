//! Portals: what a project shows, and how a company presents itself.

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
    BrandingOfCompany, BrandingRow, EntranceRow, PortalOfProject, PortalRow, SetupOfProject, Shelf,
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

/// A section of the portal. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreFeature")]
pub(crate) enum Feature {
    /// Summary and quick actions. Always there.
    #[shared(CLIENT, STAFF)]
    Dashboard,
    /// Choices of products and designs.
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
    /// What was done on site, with photos.
    #[shared(CLIENT, STAFF)]
    DailyLogs,
    /// Timeline and milestones.
    #[shared(CLIENT, STAFF)]
    Schedule,
    /// The people who work on the project.
    #[shared(CLIENT, STAFF)]
    Team,
    /// Questions and answers.
    #[shared(CLIENT, STAFF)]
    Help,
}

/// Whether and how a project shares its schedule with clients.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreShare")]
pub(crate) enum ScheduleShare {
    /// Not at all; clients see the milestones' names and states.
    #[shared(STAFF)]
    None,
    /// As a calendar.
    #[shared(STAFF)]
    Calendar,
    /// As a Gantt chart.
    #[shared(STAFF)]
    Gantt,
}

/// How a company presents itself.
#[gated(PUBLIC, CLIENT, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Branding {
    /// Its id, for your cache. `node` does not know it.
    id: ID,
    /// The company's name.
    company_name: String,
    /// The number that anybody may call.
    public_phone: Option<PhoneNumber>,
    /// The main color, as `#rrggbb`.
    primary_color: String,
    /// The color for what stands out, as `#rrggbb`.
    accent_color: String,
    /// The logo.
    logo_url: Option<Url>,
    /// The company's own site.
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

/// What a project's portal shows, and how it looks.
pub(crate) struct Portal(pub(crate) Arc<PortalRow>);

/// What a project's portal shows, and how it looks.
#[gated]
#[Object]
impl Portal {
    /// Its id, for your cache. `node` does not know it.
    #[shared(CLIENT, STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::PORTAL, self.0.project_id.0)
    }

    /// The sections that are switched on.
    #[shared(CLIENT, STAFF)]
    async fn features(&self) -> Vec<Feature> {
        enabled(&self.0.features)
    }

    /// Sections to offer in the menu, in their order: those that are switched on and that this schema serves.
    #[shared(CLIENT, STAFF)]
    async fn navigation(&self, ctx: &Context<'_>) -> Result<Vec<Feature>, ApiError> {
        served(ctx, enabled(&self.0.features))
    }

    /// How the company presents itself.
    #[shared(CLIENT, STAFF)]
    async fn branding(&self, ctx: &Context<'_>) -> Result<Option<Branding>, ApiError> {
        branding(ctx, self.0.company_id).await
    }

    /// A guide to the portal: the project's own or, without one, the company's.
    #[shared(CLIENT, STAFF)]
    async fn guide_url(&self) -> Option<Url> {
        self.0.guide_url.clone().map(Url)
    }

    /// The project's own guide. Null where it has none, and clients are given the company's.
    #[shared(STAFF)]
    async fn own_guide_url(&self) -> Option<Url> {
        self.0.own_guide_url.clone().map(Url)
    }

    /// Questions, answers and how things go, in order.
    #[shared(CLIENT, STAFF)]
    async fn help_articles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the first so many; 25 unless you say otherwise, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "Only the last so many; 100 at most.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<HelpArticleConnection, ApiError> {
        let page = PageArguments { first, after, last, before };
        help_articles_page(ctx, Shelf::Portal(self.0.project_id), page).await
    }

    /// What there is to do before clients come, in the order in which it is best done.
    #[shared(STAFF)]
    #[list_size(SETUP_STEPS)]
    async fn setup_checklist(&self, ctx: &Context<'_>) -> Result<Option<Vec<SetupStep>>, ApiError> {
        Ok(load(ctx, SetupOfProject(self.0.project_id)).await?.as_deref().map(steps))
    }

    /// Whether and how clients see the schedule.
    #[shared(STAFF)]
    async fn schedule_share(&self) -> Option<ScheduleShare> {
        self.0.schedule_share.map(Into::into)
    }
}

/// What a section of the menu opens: a coordinate of the schema. A section that has not been built has none there.
const fn opens(feature: Feature) -> &'static str {
    match feature {
        Feature::Dashboard => "Query.project",
        Feature::Selections => "Project.selections",
        Feature::Documents => "Project.documents",
        Feature::Billing => "Project.invoices",
        Feature::Messages => "Project.threads",
        Feature::DailyLogs => "Project.dailyLogs",
        Feature::Schedule => "Project.schedule",
        Feature::Team => "Project.team",
        Feature::Help => "Portal.helpArticles",
    }
}

/// Those sections that the caller's own document serves (PRT-17).
fn served(ctx: &Context<'_>, features: Vec<Feature>) -> Result<Vec<Feature>, ApiError> {
    let rights = *ctx.data_unchecked::<Rights>();
    let mut served = Vec::new();
    for feature in features {
        if document_has(ctx, rights, opens(feature))? {
            served.push(feature);
        }
    }
    Ok(served)
}

async fn portal_of(ctx: &Context<'_>, project: ProjectId) -> Result<Option<Portal>, ApiError> {
    Ok(load(ctx, PortalOfProject(project)).await?.map(Portal))
}

/// In the order of the enumeration, which is the order of the menu; the dashboard cannot be switched off (PRT-2).
pub(crate) fn enabled(names: &[String]) -> Vec<Feature> {
    let is_on = |feature: CoreFeature| names.iter().any(|name| name == feature.as_str());
    with_dashboard(is_on).into_iter().map(Into::into).collect()
}

/// The sections that are on, and the dashboard, in the order of the enumeration.
fn with_dashboard(is_on: impl Fn(CoreFeature) -> bool) -> Vec<CoreFeature> {
    let is_there = |feature: &CoreFeature| *feature == CoreFeature::Dashboard || is_on(*feature);
    CoreFeature::ALL.iter().copied().filter(is_there).collect()
}

/// How people sign in at a portal.
#[gated(PUBLIC, CLIENT, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct SignInChoices {
    /// Whether with a password.
    password: bool,
    /// Whether with a link that is mailed to them.
    link: bool,
}

/// Form by which anybody can ask a company for information.
#[gated(PUBLIC, CLIENT, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct RequestInfo {
    /// Address of the form's page.
    url: Url,
    /// Whether the form is open.
    is_open: bool,
}

/// The front door of a company's portal, for those who have not signed in.
pub(crate) struct PortalEntrance(pub(crate) Arc<EntranceRow>);

/// The front door of a company's portal, for those who have not signed in.
#[gated]
#[Object]
impl PortalEntrance {
    /// Its id, for your cache. `node` does not know it.
    #[shared(PUBLIC, CLIENT, STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::PORTAL_ENTRANCE, self.0.company_id.0)
    }

    /// The host name that leads here.
    #[shared(PUBLIC, CLIENT, STAFF)]
    async fn host(&self) -> &str {
        &self.0.host
    }

    /// How the company presents itself.
    #[shared(PUBLIC, CLIENT, STAFF)]
    async fn branding(&self, ctx: &Context<'_>) -> Result<Option<Branding>, ApiError> {
        branding(ctx, self.0.company_id).await
    }

    /// Form by which anybody can ask the company for information. Null if the company has none.
    #[shared(PUBLIC, CLIENT, STAFF)]
    async fn request_info(&self, ctx: &Context<'_>) -> Option<RequestInfo> {
        let row = &self.0;
        let (key, is_open) = row.lead_form_key.as_deref().zip(row.is_lead_form_open)?;
        let site = &ctx.data_unchecked::<Actor>().installation.site;
        Some(RequestInfo { url: Url(site.address(&row.host, &format!("/leads/{key}"))), is_open })
    }

    /// How people sign in here.
    #[shared(PUBLIC, CLIENT, STAFF)]
    async fn sign_in(&self) -> SignInChoices {
        SignInChoices { password: self.0.offers_password, link: self.0.offers_link }
    }
}
