//! A company's contacts, as its staff see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::access::{Permission, ProjectScope, Viewer, ViewerScope};
use portico_core::contacts::ContactKind;
use portico_core::id::{CompanyId, ContactId};
use serde::{Deserialize, Serialize};

use crate::Visible;
use crate::by_key::rows_by_key;
use crate::schema::{contact_internals, contacts};

/// A company's contact.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = contacts, check_for_backend(diesel::pg::Pg))]
pub struct ContactRow {
    /// The contact.
    pub id: ContactId,
    /// The company.
    pub company_id: CompanyId,
    /// The kind of the contact.
    pub kind: ContactKind,
    /// The name, as the company writes it.
    pub name: String,
    /// The email address, as the company writes it.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// Creation time.
    pub created_at: DateTime<Utc>,
    /// Whether the user manages the account (ACC-11).
    pub is_user_managed: bool,
}

/// A company's internal data of a contact.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = contact_internals, check_for_backend(diesel::pg::Pg))]
pub struct ContactInternalsRow {
    /// The contact.
    pub contact_id: ContactId,
    /// The company.
    pub company_id: CompanyId,
    /// Notes.
    pub internal_notes: Option<String>,
    /// Likelihood of a contract, 0 to 100.
    pub lead_score: Option<i32>,
}

/// Whether the viewer may see contacts and leads: API keys limited to projects may not.
pub(crate) fn may_see_people(viewer: &Viewer, company: CompanyId, permission: Permission) -> bool {
    let is_company_wide = matches!(&viewer.scope, ViewerScope::Company { scope: ProjectScope::All, .. });
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
    /// Internal data of contacts.
    internals_of_contacts(ContactId) -> ContactInternalsRow = contact_internals by contact_id;
}
