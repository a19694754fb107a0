//! Write operations on portal settings and branding.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use portico_actions::portal::{BrandingUpdate, CompanyPortalUpdate, PortalSettingsUpdate};
use portico_core::id::{ProjectId, Tag};
use portico_graphql_macros::gated;

use super::{Branding, Feature, Portal, ScheduleShare, branding, portal_of};
use crate::act::{act, payload};
use crate::company::{Company, own_company};
use crate::error::ApiError;
use crate::ids;

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct PortalSettingsUpdateInput {
    /// ID of the project.
    project_id: ID,
    /// All enabled sections; must include `DASHBOARD`.
    features: Option<Vec<Feature>>,
    /// How the schedule is shared with clients.
    schedule_share: Option<ScheduleShare>,
    /// Whether clients see the baseline of the schedule while it is shared. Off in new projects.
    shares_baseline: Option<bool>,
    /// URL of the project's own guide; without one clients get the company's.
    guide_url: MaybeUndefined<String>,
}

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct CompanyPortalUpdateInput {
    /// Sections enabled in new projects; must include `DASHBOARD`.
    default_features: Option<Vec<Feature>>,
    /// How new projects share their schedule with clients.
    default_schedule_share: Option<ScheduleShare>,
    /// Default of `shareWithClients` for uploads by staff.
    default_share_files: Option<bool>,
    /// Whether trade partners may report the progress of tasks that are assigned to them.
    trades_report_progress: Option<bool>,
    /// Days before the due date of a selection on which clients are reminded by mail, 1 to 30. Omit to keep the current value;
    /// `null` turns reminders off.
    selection_reminder_days: MaybeUndefined<i32>,
    /// URL of the guide for projects without their own.
    guide_url: MaybeUndefined<String>,
    /// URL of the overview video for clients, https.
    onboarding_video_url: MaybeUndefined<String>,
    /// Whether people can sign in with a password. At least one method must remain enabled.
    offers_password: Option<bool>,
    /// Whether people can sign in with a mailed link. At least one method must remain enabled.
    offers_link: Option<bool>,
}

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct BrandingUpdateInput {
    /// Main color: `#rrggbb`.
    primary_color: Option<String>,
    /// Accent color: `#rrggbb`.
    accent_color: Option<String>,
    /// URL of the logo, https.
    logo_url: MaybeUndefined<String>,
    /// URL of the company's website, https.
    website_url: MaybeUndefined<String>,
}

payload! {
    PortalSettingsUpdatePayload for (STAFF) {
        /// The portal.
        portal: Portal,
    }
}

payload! {
    CompanyPortalUpdatePayload for (STAFF) {
        /// The company.
        company: Company,
    }
}

payload! {
    BrandingUpdatePayload for (STAFF) {
        /// The branding.
        branding: Branding,
    }
}

#[derive(Default)]
pub(crate) struct SettingsMutations;

/// Write operations on portal settings and branding.
#[gated]
#[Object]
impl SettingsMutations {
    /// Changes the portal settings of a project.
    #[requires(PROJECTS_WRITE)]
    async fn portal_settings_update(
        &self,
        ctx: &Context<'_>,
        input: PortalSettingsUpdateInput,
    ) -> Result<PortalSettingsUpdatePayload, ApiError> {
        let PortalSettingsUpdateInput { project_id, features, schedule_share, shares_baseline, guide_url } = input;
        let project: ProjectId = ids::read_as(&project_id, "input.projectId", Tag::PROJECT)?;
        let update = PortalSettingsUpdate {
            project,
            features: features.map(|features| features.into_iter().map(Into::into).collect()),
            schedule_share: schedule_share.map(Into::into),
            shares_baseline,
            guide_url: guide_url.into(),
        };
        Ok(match act(ctx, update).await? {
            Ok(()) => PortalSettingsUpdatePayload::done(portal_of(ctx, project).await?),
            Err(refused) => PortalSettingsUpdatePayload::refused(refused),
        })
    }

    /// Changes defaults of portals, guide, overview video and sign-in methods.
    #[requires(SETTINGS_MANAGE)]
    async fn company_portal_update(
        &self,
        ctx: &Context<'_>,
        input: CompanyPortalUpdateInput,
    ) -> Result<CompanyPortalUpdatePayload, ApiError> {
        let features = input.default_features;
        let update = CompanyPortalUpdate {
            default_features: features.map(|features| features.into_iter().map(Into::into).collect()),
            default_schedule_share: input.default_schedule_share.map(Into::into),
            default_share_files: input.default_share_files,
            trades_report_progress: input.trades_report_progress,
            selection_reminder_days: input.selection_reminder_days.into(),
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

    /// Changes the branding of the company.
    #[requires(SETTINGS_MANAGE)]
    async fn branding_update(
        &self,
        ctx: &Context<'_>,
        input: BrandingUpdateInput,
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
