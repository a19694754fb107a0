//! Portals: what a project shows, and how a company presents itself.

mod settings;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use portico_core::id::{CompanyId, Tag};
use portico_core::portal::{Feature as CoreFeature, ScheduleShare as CoreShare};
use portico_graphql_macros::gated;
use portico_loader::portal::{BrandingOfCompany, BrandingRow, EntranceRow, PortalRow};

use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::scalars::{PhoneNumber, Url};

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
        enabled(&self.0)
    }

    /// The sections to offer, in the order in which to offer them.
    #[shared(CLIENT, STAFF)]
    async fn navigation(&self) -> Vec<Feature> {
        enabled(&self.0)
    }

    /// How the company presents itself.
    #[shared(CLIENT, STAFF)]
    async fn branding(&self, ctx: &Context<'_>) -> Result<Option<Branding>, ApiError> {
        branding(ctx, self.0.company_id).await
    }

    /// A guide to the portal.
    #[shared(CLIENT, STAFF)]
    async fn guide_url(&self) -> Option<Url> {
        self.0.guide_url.clone().map(Url)
    }

    /// Whether and how clients see the schedule.
    #[shared(STAFF)]
    async fn schedule_share(&self) -> Option<ScheduleShare> {
        self.0.schedule_share.map(Into::into)
    }
}

/// In the order of the enumeration, which is the order of the menu; the dashboard cannot be switched off (PRT-2).
fn enabled(row: &PortalRow) -> Vec<Feature> {
    let is_on = |feature: CoreFeature| row.features.iter().any(|name| name == feature.as_str());
    with_dashboard(is_on).into_iter().map(Into::into).collect()
}

/// The sections that are on, and the dashboard, in the order of the enumeration.
fn with_dashboard(is_on: impl Fn(CoreFeature) -> bool) -> Vec<CoreFeature> {
    let is_there = |feature: &CoreFeature| *feature == CoreFeature::Dashboard || is_on(*feature);
    CoreFeature::ALL.iter().copied().filter(is_there).collect()
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
}
