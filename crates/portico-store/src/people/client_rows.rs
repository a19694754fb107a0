//! A project's clients, as role views show them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::id::{CompanyId, ContactId, InvitationId, ProjectId, ProjectMembershipId};
use portico_core::people::{InvitationState, SummaryFrequency};
use portico_core::projects::{AccessLevel, ClientRelationship};
use serde::{Deserialize, Serialize};

use crate::by_key::{first_rows_by_key, rows_by_key};
use crate::schema::{invitations, project_client_internals, project_clients};
use crate::visible::{visible_to_staff_alone, visible_with_its_project};

/// A client of a project, as other clients see them.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = project_clients, check_for_backend(diesel::pg::Pg))]
pub struct ProjectClientRow {
    /// The membership.
    pub id: ProjectMembershipId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// The name.
    pub name: String,
    /// The relationship to the project.
    pub relationship: ClientRelationship,
    /// Whether this is the primary client.
    pub is_primary: bool,
}
visible_with_its_project!(ProjectClientRow);

/// Columns of a client's membership for staff only.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = project_client_internals, check_for_backend(diesel::pg::Pg))]
pub struct ProjectClientInternalsRow {
    /// The membership.
    pub membership_id: ProjectMembershipId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// The company's contact.
    pub contact_id: ContactId,
    /// Whether the client may see status reports.
    pub can_see_status: bool,
    /// Whether the client may make payments.
    pub can_pay: bool,
    /// The current invitation; none if there is none.
    pub invitation_id: Option<InvitationId>,
    /// The state.
    pub invitation_state: Option<InvitationState>,
    /// When it was last sent.
    pub invitation_sent_at: Option<DateTime<Utc>>,
    /// Expiry time.
    pub invitation_expires_at: Option<DateTime<Utc>>,
    /// The label for staff.
    pub label: Option<String>,
    /// Default of immediate alerts; none if not set.
    pub instant_alerts: Option<bool>,
    /// Default frequency of summary mails; none if not set.
    pub summary_frequency: Option<SummaryFrequency>,
    /// The access level.
    pub access_level: AccessLevel,
}
visible_to_staff_alone!(ProjectClientInternalsRow);

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

first_rows_by_key! {
    /// Invitations to projects: current ones first, then those sent last.
    invitations_of_projects(ProjectId) -> InvitationRow = the first INVITATIONS of invitations by project_id
        in order of (invitations::ended_at.is_not_null(), invitations::sent_at.desc(), invitations::id.desc());
}

rows_by_key! {
    /// The clients of projects, in a stable order.
    clients_of_projects(ProjectId) -> ProjectClientRow = project_clients by project_id in order of id;
    /// Clients' memberships by id.
    clients_by_id(ProjectMembershipId) -> ProjectClientRow = project_clients by id;
    /// Staff columns of clients' memberships.
    client_internals_of_places(ProjectMembershipId) -> ProjectClientInternalsRow = project_client_internals by membership_id;
}
