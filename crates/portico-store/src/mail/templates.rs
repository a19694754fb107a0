//! What companies write in mails instead of the standard text.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::access::{Permission, Viewer};
use portico_core::id::CompanyId;
use portico_core::mail::MailTemplate;
use serde::{Deserialize, Serialize};

use crate::by_key::rows_by_key;
use crate::schema::{base, email_templates};
use crate::{StoreError, Visible};

/// A company's own body of a mail.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = email_templates, check_for_backend(diesel::pg::Pg))]
pub struct EmailTemplateRow {
    /// The company.
    pub company_id: CompanyId,
    /// Which mail.
    pub key: MailTemplate,
    /// What it says, with placeholders; none once the company has gone back to the standard text.
    pub body: Option<String>,
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

/// The version of a company's own text, which nobody else changes until the transaction ends; none if it never had one.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn lock_template(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    template: MailTemplate,
) -> Result<Option<i32>, StoreError> {
    let row = base::email_templates::table.find((company, template)).select(base::email_templates::version);
    Ok(row.for_update().first(connection).await.optional()?)
}

/// Writes a company's first text of a mail. False if somebody else has just written one.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn insert_template(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    template: MailTemplate,
    body: Option<String>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let row = (
        base::email_templates::company_id.eq(company),
        base::email_templates::key.eq(template),
        base::email_templates::body.eq(body),
        base::email_templates::version.eq(1),
        base::email_templates::updated_at.eq(now),
    );
    let insert = diesel::insert_into(base::email_templates::table).values(row).on_conflict_do_nothing();
    Ok(insert.execute(connection).await? == 1)
}

/// Writes another text of a mail under the next version; none is the standard one.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn write_template(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    template: MailTemplate,
    body: Option<String>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let change = (
        base::email_templates::body.eq(body),
        base::email_templates::version.eq(base::email_templates::version + 1),
        base::email_templates::updated_at.eq(now),
    );
    let row = base::email_templates::table.find((company, template));
    diesel::update(row).set(change).execute(connection).await?;
    Ok(())
}
