//! Invitations, as staff see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::id::{CompanyId, ContactId, InvitationId, ProjectId};
use portico_core::invitations::InvitationState;
use serde::{Deserialize, Serialize};

use crate::by_key::rows_by_key;
use crate::schema::invitations;
use crate::visible::visible_to_staff_alone;

/// A current or past invitation, as staff see it.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = invitations, check_for_backend(diesel::pg::Pg))]
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

rows_by_key! {
    /// All invitations to projects, oldest first.
    invitations_of_projects(ProjectId) -> InvitationRow = invitations by project_id in order of sent_at, id;
}
