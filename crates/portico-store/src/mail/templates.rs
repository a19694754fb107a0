//! Mail bodies that companies have customized.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::access::{Permission, Viewer};
use portico_core::id::CompanyId;
use portico_core::mail::MailTemplate;
use portico_store_macros::role_view;

use crate::by_key::rows_by_key;
use crate::schema::base;
use crate::{StoreError, Visible};

/// A company's customized body of a mail.
#[role_view(email_templates(company_id, key))]
pub struct EmailTemplateRow {
    /// The company.
    pub company_id: CompanyId,
    /// The template.
    pub key: MailTemplate,
    /// The body, with placeholders; none after a reset to the default.
    pub body: Option<String>,
    /// Increases with every change.
    pub version: i32,
    /// Time of the last change.
    pub updated_at: DateTime<Utc>,
}

impl Visible for EmailTemplateRow {
    // INV-18: visible only to staff who may change it.
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.may_in(self.company_id, Permission::EmailTemplatesManage)
    }
}

rows_by_key! {
    /// Customized bodies of companies.
    templates_of_companies(CompanyId) -> EmailTemplateRow = email_templates by company_id in order of company_id, key;
}

/// The version of a company's customized body, and the body, locked; none if there never was one.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_template(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    template: MailTemplate,
) -> Result<Option<(i32, Option<String>)>, StoreError> {
    let row = base::email_templates::table
        .find((company, template))
        .select((base::email_templates::version, base::email_templates::body));
    Ok(row.for_update().first(connection).await.optional()?)
}

/// Inserts a company's first customized body. False if a concurrent request has inserted one.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
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

/// Changes the body under the next version; none restores the default.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
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
