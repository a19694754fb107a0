//! What companies write in mails instead of the standard text.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::id::CompanyId;
use portico_core::mail::MailTemplate;
use portico_core::people::{Permission, Viewer};
use serde::{Deserialize, Serialize};

use crate::Visible;
use crate::by_key::rows_by_key;
use crate::schema::email_templates;

/// A company's own body of a mail.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = email_templates, check_for_backend(diesel::pg::Pg))]
pub struct EmailTemplateRow {
    /// The company.
    pub company_id: CompanyId,
    /// Which mail.
    pub key: MailTemplate,
    /// What it says, with placeholders.
    pub body: String,
    /// Counts its changes.
    pub version: i32,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl Visible for EmailTemplateRow {
    // INV-18: who may not change it may not read it.
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.may_in(self.company_id, Permission::EmailTemplatesManage)
    }
}

rows_by_key! {
    /// What companies have written, by company.
    templates_of_companies(CompanyId) -> EmailTemplateRow = email_templates by company_id in order of company_id, key;
}
