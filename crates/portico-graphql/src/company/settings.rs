//! Defaults of a company's portals.

use std::sync::Arc;

use async_graphql::{ID, Object};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::portal::CompanyPortalRow;

use crate::ids;
use crate::portal::{Feature, ScheduleShare, enabled};
use crate::scalars::Url;

/// Defaults of a company's portals.
pub(super) struct CompanyPortal(pub(super) Arc<CompanyPortalRow>);

/// Defaults of a company's portals.
#[gated]
#[Object]
impl CompanyPortal {
    /// Cache key; cannot be fetched with `node`.
    #[shared(STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::COMPANY_PORTAL, self.0.company_id.0)
    }

    /// Sections enabled in new projects, in menu order.
    #[shared(STAFF)]
    #[list_size(NAMES)]
    async fn default_features(&self) -> Vec<Feature> {
        enabled(&self.0.default_features)
    }

    /// How new projects share their schedule with clients.
    #[shared(STAFF)]
    async fn default_schedule_share(&self) -> ScheduleShare;

    /// Default of `shareWithClients` for uploads by staff.
    #[shared(STAFF)]
    async fn default_share_files(&self) -> bool;

    /// Whether trade partners may report the progress of tasks that are assigned to them.
    #[shared(STAFF)]
    async fn trades_report_progress(&self) -> bool;

    /// Days before the due date of a selection on which the first reminder is mailed. Null if reminders are off.
    #[shared(STAFF)]
    async fn selection_reminder_days(&self) -> Option<i32>;

    /// URL of the guide for projects without their own. Null if none is set.
    #[shared(STAFF)]
    async fn guide_url(&self) -> Option<Url>;

    /// URL of the overview video for clients. Null if none is set.
    #[shared(STAFF)]
    async fn onboarding_video_url(&self) -> Option<Url>;

    /// Whether people can sign in with a password.
    #[shared(STAFF)]
    async fn offers_password(&self) -> bool;

    /// Whether people can sign in with a mailed link.
    #[shared(STAFF)]
    async fn offers_link(&self) -> bool;
}
