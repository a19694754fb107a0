//! Invitations, as staff see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::id::{CompanyId, ContactId, InvitationId, ProjectId};
use portico_core::invitations::InvitationState;
use portico_store_macros::role_view;

use crate::by_key::first_rows_by_key;
use crate::visible::visible_to_staff_alone;

/// A current or past invitation, as staff see it.
#[role_view(invitations(id))]
pub struct InvitationRow {
    /// The invitation.
    pub id: InvitationId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// The contact of the invited person.
    pub contact_id: ContactId,
    /// The name.
    pub name: String,
    /// The state.
    pub state: InvitationState,
    /// When it was last sent.
    pub sent_at: DateTime<Utc>,
    /// Expiry time.
    pub expires_at: DateTime<Utc>,
    /// When it was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When it was withdrawn, or the membership removed.
    pub ended_at: Option<DateTime<Utc>>,
}
visible_to_staff_alone!(InvitationRow);

first_rows_by_key! {
    /// Invitations to projects: current ones first, then the most recently sent.
    invitations_of_projects(ProjectId) -> InvitationRow = the first INVITATIONS of invitations by project_id
        in order of (invitations::ended_at.is_not_null(), invitations::sent_at.desc(), invitations::id.desc());
}
