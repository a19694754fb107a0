//! The company of a mail.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::CompanyId;
use portico_core::mail::MailTemplate;

use crate::StoreError;
use crate::schema::base::{companies, company_brandings, email_templates};

/// A company, as its mails show it.
#[derive(Debug, Clone, Queryable)]
pub struct MailCompany {
    /// Its name.
    pub name: String,
    /// The primary color, `#rrggbb`, if set.
    pub color: Option<String>,
    /// The customized body of this mail, if any.
    pub body: Option<String>,
}

/// The company of a mail, in its current state.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn mail_company(
    connection: &mut AsyncPgConnection,
    id: CompanyId,
    template: MailTemplate,
) -> Result<Option<MailCompany>, StoreError> {
    let branding = company_brandings::company_id.eq(companies::id);
    let own_body = email_templates::company_id.eq(companies::id).and(email_templates::key.eq(template));
    let row = companies::table
        .left_join(company_brandings::table.on(branding))
        .left_join(email_templates::table.on(own_body))
        .filter(companies::id.eq(id))
        .select((companies::name, company_brandings::primary_color.nullable(), email_templates::body.nullable()));
    Ok(row.first(connection).await.optional()?)
}
