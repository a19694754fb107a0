//! What a company has settled for all its portals.

use std::sync::Arc;

use async_graphql::{ID, Object};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::portal::CompanyPortalRow;

use crate::ids;
use crate::portal::{Feature, ScheduleShare, enabled};
use crate::scalars::Url;

/// What a company has settled for all its portals.
pub(super) struct CompanyPortal(pub(super) Arc<CompanyPortalRow>);

/// What a company has settled for all its portals.
#[gated]
#[Object]
impl CompanyPortal {
    /// Its id, for your cache. `node` does not know it.
    #[shared(STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::COMPANY_PORTAL, self.0.company_id.0)
    }

    /// The sections that are switched on in a new project.
    #[shared(STAFF)]
    async fn default_features(&self) -> Vec<Feature> {
        enabled(&self.0.default_features)
    }

    /// Whether and how a new project shares its schedule.
    #[shared(STAFF)]
    async fn default_schedule_share(&self) -> ScheduleShare {
        self.0.default_schedule_share.into()
    }

    /// The guide of projects that have none of their own.
    #[shared(STAFF)]
    async fn guide_url(&self) -> Option<Url> {
        self.0.guide_url.clone().map(Url)
    }

    /// The video that clients are shown when they first sign in.
    #[shared(STAFF)]
    async fn onboarding_video_url(&self) -> Option<Url> {
        self.0.onboarding_video_url.clone().map(Url)
    }

    /// Whether people can sign in with a password.
    #[shared(STAFF)]
    async fn offers_password(&self) -> bool {
        self.0.offers_password
    }

    /// Whether people can sign in with a link that is mailed to them.
    #[shared(STAFF)]
    async fn offers_link(&self) -> bool {
        self.0.offers_link
    }
}
