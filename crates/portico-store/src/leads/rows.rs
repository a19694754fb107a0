//! Leads, as a company's staff see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::access::{Permission, Viewer};
use portico_core::id::{CompanyId, ContactId, LeadId, ProjectId};
use portico_core::leads::{LeadSource, LeadState};
use portico_store_macros::{role_view, row_change};

use crate::Visible;
use crate::by_key::rows_by_key;
use crate::contacts::may_see_people;
use crate::schema::base;

/// A lead with the data of its contact.
#[role_view(leads(id), queried(search_text))]
pub struct LeadRow {
    /// The lead.
    pub id: LeadId,
    /// The company.
    pub company_id: CompanyId,
    /// The contact.
    pub contact_id: ContactId,
    /// The state.
    pub state: LeadState,
    /// The source.
    pub source: LeadSource,
    /// The message.
    pub message: Option<String>,
    /// The product or service of interest.
    pub interest: Option<String>,
    /// The project created by conversion.
    pub project_id: Option<ProjectId>,
    /// Creation time.
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    pub updated_at: DateTime<Utc>,
    /// Increases with every change.
    pub version: i32,
    /// The contact's name.
    pub name: String,
    /// The contact's email address.
    pub email: Option<String>,
    /// The contact's telephone number.
    pub phone: Option<String>,
}

/// The details of a request for information, as stored.
#[derive(Debug, Clone, Default, Insertable)]
#[diesel(table_name = base::leads)]
pub struct LeadDetails {
    /// The message.
    pub message: Option<String>,
    /// The product or service of interest.
    pub interest: Option<String>,
}

/// A lead to insert.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = base::leads)]
pub struct NewLead {
    /// The company.
    pub company_id: CompanyId,
    /// The contact.
    pub contact_id: ContactId,
    /// The source.
    pub source: LeadSource,
    /// The details.
    #[diesel(embed)]
    pub details: LeadDetails,
    /// Creation time.
    pub created_at: DateTime<Utc>,
}

impl Visible for LeadRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        may_see_people(viewer, self.company_id, Permission::LeadsManage)
    }
}

/// A company's lead form, as its staff see it.
#[role_view(lead_forms(company_id))]
pub struct LeadFormRow {
    /// The company.
    pub company_id: CompanyId,
    /// The key that web pages send.
    pub key: String,
    /// Whether it accepts submissions.
    pub is_open: bool,
    /// Web origins whose pages may submit it.
    pub allowed_origins: Vec<String>,
}

impl Visible for LeadFormRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        may_see_people(viewer, self.company_id, Permission::LeadsManage)
    }
}

rows_by_key! {
    /// Leads by id.
    leads_by_id(LeadId) -> LeadRow = leads by id;
    /// The forms of companies.
    forms_of_companies(CompanyId) -> LeadFormRow = lead_forms by company_id;
}

/// Changes of a company's form; none keeps the current value.
#[row_change(lead_forms, CompanyId)]
pub struct FormChange {
    /// Whether it accepts submissions.
    pub is_open: Option<bool>,
    /// Web origins whose pages may submit it.
    pub allowed_origins: Option<Vec<String>>,
    /// A new key. The old one becomes invalid.
    pub key: Option<String>,
}
