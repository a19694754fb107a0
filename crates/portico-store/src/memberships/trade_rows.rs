//! Trade partners' memberships, and contacts' memberships, as staff see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::access::{Permission, Viewer};
use portico_core::id::{CompanyId, ContactId, InvitationId, ProjectId, ProjectMembershipId};
use portico_core::invitations::InvitationState;
use portico_core::projects::MembershipKind;
use portico_store_macros::role_view;

use crate::Visible;
use crate::by_key::{first_rows_by_key, rows_by_key};
use crate::contacts::may_see_people;
use crate::visible::visible_to_staff_alone;

/// A trade partner of a project, as staff see them.
#[role_view(project_trades(id))]
pub struct ProjectTradeRow {
    /// The membership.
    pub id: ProjectMembershipId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// The company's contact.
    pub contact_id: ContactId,
    /// The name on that contact.
    pub name: String,
    /// Whether the trade partner may sign in to the project.
    pub web_access: bool,
    /// The current invitation; none if none was sent.
    pub invitation_id: Option<InvitationId>,
    /// Its state.
    pub invitation_state: Option<InvitationState>,
    /// When it was last sent.
    pub invitation_sent_at: Option<DateTime<Utc>>,
    /// Expiry time of the invitation.
    pub invitation_expires_at: Option<DateTime<Utc>>,
}
visible_to_staff_alone!(ProjectTradeRow);

/// A contact's membership in a project, as staff see it on the contact.
#[role_view(contact_memberships(id))]
pub struct ContactMembershipRow {
    /// The membership.
    pub id: ProjectMembershipId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// The contact.
    pub contact_id: ContactId,
    /// Client or trade partner.
    pub kind: MembershipKind,
    /// The current invitation; none if none was sent.
    pub invitation_id: Option<InvitationId>,
    /// The invitation's state.
    pub invitation_state: Option<InvitationState>,
    /// When it was last sent.
    pub invitation_sent_at: Option<DateTime<Utc>>,
    /// Expiry time of the invitation.
    pub invitation_expires_at: Option<DateTime<Utc>>,
}

impl Visible for ContactMembershipRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        may_see_people(viewer, self.company_id, Permission::ClientsInvite)
            && viewer.may_see_project(self.company_id, self.project_id)
    }
}

rows_by_key! {
    /// The trade partners of projects, in the order in which they were added.
    trades_of_projects(ProjectId) -> ProjectTradeRow = project_trades by project_id in order of id;
    /// Trade partners' memberships by id.
    trades_by_id(ProjectMembershipId) -> ProjectTradeRow = project_trades by id;
}

first_rows_by_key! {
    /// The memberships of contacts, last added first.
    memberships_of_contacts(ContactId) -> ContactMembershipRow = the first MEMBERSHIPS of contact_memberships by contact_id
        in order of contact_memberships::id.desc();
}
