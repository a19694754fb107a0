//! A project's clients, as windows show them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::id::{CompanyId, ContactId, InvitationId, ProjectId, ProjectMembershipId};
use portico_core::people::{InvitationState, SummaryFrequency};
use portico_core::projects::{AccessLevel, ClientRelationship};
use serde::{Deserialize, Serialize};

use crate::by_key::rows_by_key;
use crate::schema::{invitations, project_client_internals, project_clients};
use crate::visible::{visible_to_staff_alone, visible_with_its_project};

/// A client of a project, as fellow clients know them.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = project_clients, check_for_backend(diesel::pg::Pg))]
pub struct ProjectClientRow {
    /// Their place.
    pub id: ProjectMembershipId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// How they are called.
    pub name: String,
    /// What they are to the project.
    pub relationship: ClientRelationship,
    /// Whether they clear updates.
    pub is_primary: bool,
}
visible_with_its_project!(ProjectClientRow);

/// What staff know of a client's place besides.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = project_client_internals, check_for_backend(diesel::pg::Pg))]
pub struct ProjectClientInternalsRow {
    /// The place.
    pub membership_id: ProjectMembershipId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// The company's card of them.
    pub contact_id: ContactId,
    /// Whether they may see the status reports.
    pub can_see_status: bool,
    /// Whether they may pay.
    pub can_pay: bool,
    /// Their living invitation; none if they were never invited.
    pub invitation_id: Option<InvitationId>,
    /// How it stands.
    pub invitation_state: Option<InvitationState>,
    /// When it was sent.
    pub invitation_sent_at: Option<DateTime<Utc>>,
    /// Until when it is open.
    pub invitation_expires_at: Option<DateTime<Utc>>,
    /// How the company tells them apart.
    pub label: Option<String>,
    /// Whether they are told of news at once until they say so themselves; none if nothing is settled.
    pub instant_alerts: Option<bool>,
    /// How often the news is summed up for them until they say so themselves; none if nothing is settled.
    pub summary_frequency: Option<SummaryFrequency>,
    /// How they hear of the project.
    pub access_level: AccessLevel,
}
visible_to_staff_alone!(ProjectClientInternalsRow);

/// An invitation, as staff see it, whatever became of it.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = invitations, check_for_backend(diesel::pg::Pg))]
pub struct InvitationRow {
    /// The invitation.
    pub id: InvitationId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// The company's card of whoever was invited.
    pub contact_id: ContactId,
    /// How they are called.
    pub name: String,
    /// How it stands.
    pub state: InvitationState,
    /// When it was sent, the last time.
    pub sent_at: DateTime<Utc>,
    /// Until when it is open, or was.
    pub expires_at: DateTime<Utc>,
    /// When it was taken up.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When it was taken back, or its place away.
    pub ended_at: Option<DateTime<Utc>>,
}
visible_to_staff_alone!(InvitationRow);

rows_by_key! {
    /// All invitations into projects, the first that was sent first.
    invitations_of_projects(ProjectId) -> InvitationRow = invitations by project_id in order of sent_at, id;
    /// The clients of projects, in an order that stays.
    clients_of_projects(ProjectId) -> ProjectClientRow = project_clients by project_id in order of id;
    /// Clients' places by their ids.
    clients_by_id(ProjectMembershipId) -> ProjectClientRow = project_clients by id;
    /// What staff know of clients' places.
    client_internals_of_places(ProjectMembershipId) -> ProjectClientInternalsRow = project_client_internals by membership_id;
}
