//! A member's own feeds.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::access::Viewer;
use portico_core::id::{CalendarFeedId, CompanyId, ProjectId, ProjectMembershipId};
use portico_store_macros::role_view;

use crate::Visible;
use crate::by_key::rows_by_key;

/// A calendar feed of the viewer.
#[role_view(calendar_feeds(id))]
pub struct CalendarFeedRow {
    /// The feed.
    pub id: CalendarFeedId,
    /// Company of the project.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// The member.
    pub membership_id: ProjectMembershipId,
    /// The nonce, from which the address follows (`FeedNonce`).
    pub nonce: String,
    /// When the feed was created, or replaced.
    pub created_at: DateTime<Utc>,
}

impl Visible for CalendarFeedRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        // Addresses are the client's, also while staff view the portal.
        viewer.viewed_by.is_none()
            && viewer.has_membership(self.membership_id)
            && viewer.may_see_project(self.company_id, self.project_id)
    }
}

rows_by_key! {
    /// The viewer's feeds of projects.
    feeds_of_projects(ProjectId) -> CalendarFeedRow = calendar_feeds by project_id;
}
