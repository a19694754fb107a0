//! The country for parsing telephone numbers.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::country::Country;
use portico_core::id::{CompanyId, IdentityId};

use crate::StoreError;
use crate::leads::FormName;
use crate::schema::base::{companies, lead_forms, project_memberships, staff_memberships};

/// The country of a company; none if its region has several.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn country_of_company(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
) -> Result<Option<Country>, StoreError> {
    let region: Option<String> =
        companies::table.find(company).select(companies::region).first(connection).await.optional()?;
    Ok(region.and_then(|region| region.parse().ok()))
}

/// The country of a form's company.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn country_of_form(
    connection: &mut AsyncPgConnection,
    form: &FormName,
) -> Result<Option<Country>, StoreError> {
    if form.key.chars().any(portico_core::text::is_unfit) {
        return Ok(None);
    }
    let forms = lead_forms::table.inner_join(companies::table.on(companies::id.eq(lead_forms::company_id)));
    let region: Option<String> = forms
        .filter(lead_forms::key.eq(form.key.clone()))
        .select(companies::region)
        .first(connection)
        .await
        .optional()?;
    Ok(region.and_then(|region| region.parse().ok()))
}

/// The one country of all companies of a person; none if there are several.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn country_of_person(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
) -> Result<Option<Country>, StoreError> {
    let as_staff = staff_memberships::table
        .filter(staff_memberships::identity_id.eq(identity))
        .filter(staff_memberships::removed_at.is_null())
        .select(staff_memberships::company_id);
    let as_guest = project_memberships::table
        .filter(project_memberships::identity_id.eq(identity))
        .filter(project_memberships::removed_at.is_null())
        .select(project_memberships::company_id);
    let regions: Vec<String> = companies::table
        .filter(companies::id.eq_any(as_staff).or(companies::id.eq_any(as_guest)))
        .select(companies::region)
        .load(connection)
        .await?;
    let regions: BTreeSet<_> = regions.into_iter().collect();
    Ok(if regions.len() == 1 { regions.iter().find_map(|region| region.parse().ok()) } else { None })
}
