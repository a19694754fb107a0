//! A project's clients, as role views show them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::accounts::SummaryFrequency;
use portico_core::id::{CompanyId, ContactId, InvitationId, ProjectId, ProjectMembershipId};
use portico_core::invitations::InvitationState;
use portico_core::projects::{AccessLevel, ClientRelationship};
use portico_store_macros::{role_view, row_change};

use crate::by_key::rows_by_key;
use crate::visible::{visible_to_staff_alone, visible_with_its_project};

/// A client of a project, as other clients see them.
#[role_view(project_clients(id))]
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
#[role_view(project_client_internals(membership_id))]
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
    /// Whether the client may approve.
    pub can_approve: bool,
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
    /// Default frequency of summary emails; none if not set.
    pub summary_frequency: Option<SummaryFrequency>,
    /// The access level.
    pub access_level: AccessLevel,
}
visible_to_staff_alone!(ProjectClientInternalsRow);

rows_by_key! {
    /// The clients of projects, in a stable order.
    clients_of_projects(ProjectId) -> ProjectClientRow = project_clients by project_id in order of id;
    /// Clients' memberships by id.
    clients_by_id(ProjectMembershipId) -> ProjectClientRow = project_clients by id;
    /// Staff columns of clients' memberships.
    client_internals_of_places(ProjectMembershipId) -> ProjectClientInternalsRow = project_client_internals by membership_id;
}

/// Changes of a client's membership; none keeps the current value.
#[row_change(project_memberships, ProjectMembershipId)]
pub struct MembershipChange {
    /// The relationship to the project.
    pub relationship: Option<ClientRelationship>,
    /// Whether the client may see status reports.
    pub can_see_status: Option<bool>,
    /// Whether the client may make payments.
    pub can_pay: Option<bool>,
    /// Whether the client may approve.
    pub can_approve: Option<bool>,
    /// The access level.
    pub access_level: Option<AccessLevel>,
}

/// Changes of label and notification defaults; none keeps the current value, `Some(None)` clears it.
#[row_change(project_client_settings, ProjectMembershipId)]
pub struct SettingsChange {
    /// The label for staff.
    pub label: Option<Option<String>>,
    /// Default of immediate alerts.
    pub instant_alerts: Option<Option<bool>>,
    /// Default frequency of summary emails.
    pub summary_frequency: Option<Option<SummaryFrequency>>,
}
