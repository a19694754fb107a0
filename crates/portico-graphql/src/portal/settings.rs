//! Settings of a portal, as staff give them.

use async_graphql::InputObject;
use portico_core::portal::{Feature as CoreFeature, ScheduleShare as CoreShare};
use portico_graphql_macros::gated;
use portico_loader::portal::PortalRow;

use super::{Feature, ScheduleShare, with_dashboard};
use crate::error::ApiError;

/// How a portal is to be set. What is left out stays as it is.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct PortalSettingsInput {
    /// The sections that are switched on, all of them; `DASHBOARD` must be among them.
    features: Option<Vec<Feature>>,
    /// Whether and how clients see the schedule.
    schedule_share: Option<ScheduleShare>,
}

impl PortalSettingsInput {
    /// The sections of a portal that is set so, in the order of the menu; the dashboard cannot be switched off (PRT-2).
    pub(crate) fn features_of(&self, portal: &PortalRow) -> Result<Vec<CoreFeature>, ApiError> {
        Ok(match &self.features {
            Some(wanted) if !wanted.contains(&CoreFeature::Dashboard.into()) => {
                return Err(ApiError::bad_input("settings.features", "the dashboard cannot be switched off"));
            }
            Some(wanted) => with_dashboard(|feature| wanted.contains(&feature.into())),
            None => with_dashboard(|feature| portal.features.iter().any(|name| name == feature.as_str())),
        })
    }

    /// How a portal that is set so shares the schedule.
    pub(crate) fn schedule_share_of(&self, portal: &PortalRow) -> CoreShare {
        self.schedule_share.map(Into::into).or(portal.schedule_share).unwrap_or(CoreShare::None)
    }
}
