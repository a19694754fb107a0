//! A company's cards of people, as its own staff see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::id::{CompanyId, ContactId};
use portico_core::people::{ContactKind, Permission, Place, ProjectScope, Viewer};
use serde::{Deserialize, Serialize};

use crate::Visible;
use crate::by_key::rows_by_key;
use crate::schema::{contact_internals, contacts};

/// A company's card of somebody.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = contacts, check_for_backend(diesel::pg::Pg))]
pub struct ContactRow {
    /// The card.
    pub id: ContactId,
    /// Whose it is.
    pub company_id: CompanyId,
    /// What they are to the company.
    pub kind: ContactKind,
    /// Their name, as the company writes it.
    pub name: String,
    /// Their address, as the company writes it.
    pub email: Option<String>,
    /// Their number, as the company writes it.
    pub phone: Option<String>,
    /// Since when there is this card.
    pub created_at: DateTime<Utc>,
    /// Whether the person looks after their account themselves (ACC-11).
    pub is_user_managed: bool,
}

/// What a company notes of somebody for itself.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = contact_internals, check_for_backend(diesel::pg::Pg))]
pub struct ContactInternalsRow {
    /// The card.
    pub contact_id: ContactId,
    /// Whose it is.
    pub company_id: CompanyId,
    /// Notes.
    pub internal_notes: Option<String>,
    /// How likely they are to build, 0 to 100.
    pub lead_score: Option<i32>,
}

/// Whether somebody may see what a company has of people and not of projects: keys that list projects may not.
pub(crate) fn may_see_people(viewer: &Viewer, company: CompanyId, permission: Permission) -> bool {
    let is_company_wide = matches!(&viewer.place, Place::Company { scope: ProjectScope::All, .. });
    is_company_wide && viewer.may_in(company, permission)
}

impl Visible for ContactRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        may_see_people(viewer, self.company_id, Permission::ClientsInvite)
    }
}

impl Visible for ContactInternalsRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        may_see_people(viewer, self.company_id, Permission::ClientsInvite)
    }
}

rows_by_key! {
    /// Contacts by id.
    contacts_by_id(ContactId) -> ContactRow = contacts by id;
    /// What companies note of contacts.
    internals_of_contacts(ContactId) -> ContactInternalsRow = contact_internals by contact_id;
}
