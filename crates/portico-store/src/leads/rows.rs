//! Leads, as a company's own staff see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::id::{CompanyId, ContactId, LeadId, ProjectId};
use portico_core::leads::{LeadSource, LeadState};
use portico_core::people::{Permission, Viewer};
use serde::{Deserialize, Serialize};

use crate::Visible;
use crate::by_key::rows_by_key;
use crate::people::may_see_people;
use crate::schema::{lead_forms, leads};

/// Somebody's asking, with what stands on the company's card of them.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = leads, check_for_backend(diesel::pg::Pg))]
pub struct LeadRow {
    /// The lead.
    pub id: LeadId,
    /// Whose it is.
    pub company_id: CompanyId,
    /// The card of whoever asked.
    pub contact_id: ContactId,
    /// Where it stands.
    pub state: LeadState,
    /// How it came.
    pub source: LeadSource,
    /// What they wrote.
    pub message: Option<String>,
    /// What they are interested in, in a few words.
    pub interest: Option<String>,
    /// The project that came of it.
    pub project_id: Option<ProjectId>,
    /// When it came.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
    /// Counts its changes.
    pub version: i32,
    /// The name on the card.
    pub name: String,
    /// The address on the card.
    pub email: Option<String>,
    /// The number on the card.
    pub phone: Option<String>,
}

impl Visible for LeadRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        may_see_people(viewer, self.company_id, Permission::LeadsManage)
    }
}

/// The form on a company's site, as its own staff see it.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = lead_forms, check_for_backend(diesel::pg::Pg))]
pub struct LeadFormRow {
    /// Whose it is.
    pub company_id: CompanyId,
    /// By which the site's pages name it.
    pub key: String,
    /// Whether it takes what is sent.
    pub is_open: bool,
    /// The web origins whose pages may send it.
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
