//! Branding of companies on public pages.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, ProjectMembershipId};

use crate::StoreError;
use crate::schema::base::{companies, company_brandings, lead_forms, project_memberships};

/// A company's name and branding.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct CompanyBranding {
    /// Its name.
    pub name: String,
    /// The primary color, `#rrggbb`; none if not set.
    pub primary_color: Option<String>,
    /// URL of the logo.
    pub logo_url: Option<String>,
    /// URL of its own site.
    pub website_url: Option<String>,
}

#[diesel::dsl::auto_type(no_type_alias)]
fn brandings() -> _ {
    companies::table.left_join(company_brandings::table.on(company_brandings::company_id.eq(companies::id))).select((
        companies::name,
        company_brandings::primary_color.nullable(),
        company_brandings::logo_url.nullable(),
        company_brandings::website_url.nullable(),
    ))
}

/// The branding of a company.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn branding_of(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
) -> Result<Option<CompanyBranding>, StoreError> {
    Ok(brandings().filter(companies::id.eq(company)).first(connection).await.optional()?)
}

/// The company of these memberships; none if there are several.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn only_company_of(
    connection: &mut AsyncPgConnection,
    memberships: &[ProjectMembershipId],
) -> Result<Option<CompanyId>, StoreError> {
    let companies = project_memberships::table.filter(project_memberships::id.eq_any(memberships));
    let companies = companies.select(project_memberships::company_id).distinct().limit(2);
    let companies: Vec<CompanyId> = companies.load(connection).await?;
    Ok(if let [company] = companies[..] { Some(company) } else { None })
}

/// The branding of the company whose portal is at a host.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn branding_at_host(
    connection: &mut AsyncPgConnection,
    host: &str,
) -> Result<Option<CompanyBranding>, StoreError> {
    Ok(brandings().filter(companies::portal_host.eq(host)).first(connection).await.optional()?)
}

/// The branding of the company whose open lead form has this key.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn branding_of_form(
    connection: &mut AsyncPgConnection,
    key: &str,
) -> Result<Option<CompanyBranding>, StoreError> {
    // PostgreSQL texts cannot contain U+0000.
    if key.contains('\0') {
        return Ok(None);
    }
    let company = lead_forms::table.filter(lead_forms::key.eq(key)).filter(lead_forms::is_open);
    let company: Option<CompanyId> = company.select(lead_forms::company_id).first(connection).await.optional()?;
    match company {
        Some(company) => branding_of(connection, company).await,
        None => Ok(None),
    }
}
