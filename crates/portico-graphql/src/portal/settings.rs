//! Portal settings to preview.

use async_graphql::InputObject;
use portico_core::portal::{DASHBOARD_REQUIRED, Feature as CoreFeature, ScheduleShare as CoreShare};
use portico_graphql_macros::gated;
use portico_loader::portal::PortalRow;

use super::{Feature, ScheduleShare, with_dashboard};
use crate::error::ApiError;

/// Portal settings to preview.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct PortalSettingsInput {
    /// All enabled sections; must include `DASHBOARD`. Omit to keep the current value.
    features: Option<Vec<Feature>>,
    /// How the schedule is shared with clients. Omit to keep the current value.
    schedule_share: Option<ScheduleShare>,
    /// Whether clients see the baseline of the schedule while it is shared. Omit to keep the current value.
    shares_baseline: Option<bool>,
}

impl PortalSettingsInput {
    /// Sections of a portal with these settings, in menu order. The dashboard cannot be disabled (PRT-2).
    pub(crate) fn features_of(&self, portal: &PortalRow) -> Result<Vec<CoreFeature>, ApiError> {
        Ok(match &self.features {
            Some(wanted) if !wanted.contains(&CoreFeature::Dashboard.into()) => {
                return Err(ApiError::bad_input("settings.features", DASHBOARD_REQUIRED));
            }
            Some(wanted) => with_dashboard(|feature| wanted.contains(&feature.into())),
            None => with_dashboard(|feature| portal.features.iter().any(|name| name == feature.as_str())),
        })
    }

    /// How a portal with these settings shares the schedule.
    pub(crate) fn schedule_share_of(&self, portal: &PortalRow) -> CoreShare {
        self.schedule_share.map(Into::into).or(portal.schedule_share).unwrap_or(CoreShare::None)
    }

    /// Whether a portal with these settings shares the baseline.
    pub(crate) fn shares_baseline_of(&self, portal: &PortalRow) -> bool {
        self.shares_baseline.or(portal.shares_baseline).unwrap_or(false)
    }
}
