//! A company's contacts, as its staff see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::access::{Permission, ProjectScope, Viewer, ViewerScope};
use portico_core::contacts::ContactKind;
use portico_core::id::{CompanyId, ContactId, IdentityId};
use portico_store_macros::{role_view, row_change};

use crate::Visible;
use crate::by_key::rows_by_key;
use crate::schema::base;

/// A company's contact.
#[role_view(contacts(id), queried(search_text))]
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
#[role_view(contact_internals(contact_id))]
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

/// A contact to insert.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = base::contacts)]
pub struct NewContact {
    /// The company.
    pub company_id: CompanyId,
    /// The identity; none for a contact without an account.
    pub identity_id: Option<IdentityId>,
    /// The kind of the contact.
    pub kind: ContactKind,
    /// The name.
    pub name: String,
    /// The email address, as entered.
    pub email: Option<String>,
    /// The telephone number, E.164.
    pub phone: Option<String>,
}

/// Changes of a contact; none keeps the current value.
#[row_change(contacts, ContactId)]
pub struct ContactChange {
    /// The name.
    pub name: Option<String>,
    /// The telephone number; `Some(None)` clears it.
    pub phone: Option<Option<String>>,
    /// The email address, as entered.
    pub email: Option<String>,
}
