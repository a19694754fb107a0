//! What staff settle for portals: a project's, and all that the company has.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use portico_actions::portal::{BrandingUpdate, CompanyPortalUpdate, PortalSettingsUpdate};
use portico_core::id::{ProjectId, Tag};
use portico_graphql_macros::gated;

use super::{Branding, Feature, Portal, ScheduleShare, branding, portal_of};
use crate::act::{act, payload};
use crate::company::{Company, own_company};
use crate::error::ApiError;
use crate::ids;

/// What is to be changed of a project's portal. What is left out stays as it is.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct PortalSettingsUpdateInput {
    /// The project.
    project_id: ID,
    /// All sections that are to be on; the others are off. The dashboard has to be among them.
    features: Option<Vec<Feature>>,
    /// Whether and how clients see the schedule.
    schedule_share: Option<ScheduleShare>,
    /// The project's own guide. Null takes it away, and clients are given the company's.
    guide_url: MaybeUndefined<String>,
}

/// What is to be changed of what is settled for all portals. What is left out stays as it is.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct CompanyPortalUpdateInput {
    /// The sections that are on in a new project. The dashboard has to be among them.
    default_features: Option<Vec<Feature>>,
    /// Whether and how a new project shares its schedule.
    default_schedule_share: Option<ScheduleShare>,
    /// The guide of projects that have none of their own. Null takes it away.
    guide_url: MaybeUndefined<String>,
    /// The video that clients are shown when they first sign in, at an address that begins with `https://`. Null takes it
    /// away.
    onboarding_video_url: MaybeUndefined<String>,
    /// Whether people can sign in with a password. One way in has to stay.
    offers_password: Option<bool>,
    /// Whether people can sign in with a link that is mailed to them. One way in has to stay.
    offers_link: Option<bool>,
}

/// What is to be changed of how the company presents itself. What is left out stays as it is.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct BrandingUpdateInput {
    /// The main color, as `#rrggbb`.
    primary_color: Option<String>,
    /// The color for what stands out, as `#rrggbb`.
    accent_color: Option<String>,
    /// The logo, at an address that begins with `https://`. Null takes it away.
    logo_url: MaybeUndefined<String>,
    /// The company's own site, at an address that begins with `https://`. Null takes it away.
    website_url: MaybeUndefined<String>,
}

payload! {
    /// What came of changing a project's portal.
    PortalSettingsUpdatePayload for (STAFF) {
        /// The portal, as it is now.
        portal: Portal,
    }
}

payload! {
    /// What came of changing what is settled for all portals.
    CompanyPortalUpdatePayload for (STAFF) {
        /// The company, as it is now.
        company: Company,
    }
}

payload! {
    /// What came of changing how the company presents itself.
    BrandingUpdatePayload for (STAFF) {
        /// How it presents itself now.
        branding: Branding,
    }
}

/// What staff settle for portals.
#[derive(Default)]
pub(crate) struct SettingsMutations;

/// What staff settle for portals.
#[gated]
#[Object]
impl SettingsMutations {
    /// Changes what a project's portal shows.
    #[requires(PROJECTS_WRITE)]
    async fn portal_settings_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be changed.")] input: PortalSettingsUpdateInput,
    ) -> Result<PortalSettingsUpdatePayload, ApiError> {
        let PortalSettingsUpdateInput { project_id, features, schedule_share, guide_url } = input;
        let project: ProjectId = ids::read_as(&project_id, "projectId", Tag::PROJECT)?;
        let update = PortalSettingsUpdate {
            project,
            features: features.map(|features| features.into_iter().map(Into::into).collect()),
            schedule_share: schedule_share.map(Into::into),
            guide_url: guide_url.into(),
        };
        Ok(match act(ctx, update).await? {
            Ok(()) => PortalSettingsUpdatePayload::done(portal_of(ctx, project).await?),
            Err(refused) => PortalSettingsUpdatePayload::refused(refused),
        })
    }

    /// Changes what new projects begin with, the company's guide and overview video, and how people sign in.
    #[requires(SETTINGS_MANAGE)]
    async fn company_portal_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be changed.")] input: CompanyPortalUpdateInput,
    ) -> Result<CompanyPortalUpdatePayload, ApiError> {
        let features = input.default_features;
        let update = CompanyPortalUpdate {
            default_features: features.map(|features| features.into_iter().map(Into::into).collect()),
            default_schedule_share: input.default_schedule_share.map(Into::into),
            guide_url: input.guide_url.into(),
            onboarding_video_url: input.onboarding_video_url.into(),
            offers_password: input.offers_password,
            offers_link: input.offers_link,
        };
        Ok(match act(ctx, update).await? {
            Ok(_) => CompanyPortalUpdatePayload::done(own_company(ctx).await?),
            Err(refused) => CompanyPortalUpdatePayload::refused(refused),
        })
    }

    /// Changes how the company presents itself.
    #[requires(SETTINGS_MANAGE)]
    async fn branding_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be changed.")] input: BrandingUpdateInput,
    ) -> Result<BrandingUpdatePayload, ApiError> {
        let BrandingUpdateInput { primary_color, accent_color, logo_url, website_url } = input;
        let update =
            BrandingUpdate { primary_color, accent_color, logo_url: logo_url.into(), website_url: website_url.into() };
        Ok(match act(ctx, update).await? {
            Ok(company) => BrandingUpdatePayload::done(branding(ctx, company).await?),
            Err(refused) => BrandingUpdatePayload::refused(refused),
        })
    }
}
