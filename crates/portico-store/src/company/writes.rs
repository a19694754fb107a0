//! Companies, as actions create and change them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::company::{Hosts, Region};
use portico_core::id::CompanyId;

use super::rows::CompanyChange;
use crate::schema::base::{companies, company_brandings, company_portals, work_calendars};
use crate::{Differences, StoreError};

/// Data that determine the host of a company's links.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct CompanyAddress {
    /// The company.
    pub id: CompanyId,
    /// The slug.
    pub slug: String,
    /// Its region.
    pub region: Region,
    /// The portal host, if set.
    pub portal_host: Option<String>,
}

impl CompanyAddress {
    /// The company's own portal host, if the installation lists it (ORG-5).
    pub fn portal<'a>(&'a self, hosts: &Hosts) -> Option<&'a str> {
        hosts.of_portal(&self.slug, self.portal_host.as_deref())
    }
}

macro_rules! address {
    () => {
        (companies::id, companies::slug, companies::region, companies::portal_host)
    };
}

/// A company's address.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn address_of(connection: &mut AsyncPgConnection, company: CompanyId) -> Result<CompanyAddress, StoreError> {
    Ok(companies::table.find(company).select(address!()).first(connection).await?)
}

/// The addresses of all companies, for the check at startup.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn all_addresses(connection: &mut AsyncPgConnection) -> Result<Vec<CompanyAddress>, StoreError> {
    Ok(companies::table.order(companies::slug).select(address!()).load(connection).await?)
}

/// A company, as operators list it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ListedCompany {
    /// The company.
    pub id: CompanyId,
    /// The slug.
    pub slug: String,
    /// The name.
    pub name: String,
    /// The region.
    pub region: Region,
    /// The portal host, if set.
    pub portal_host: Option<String>,
    /// Creation time.
    pub created_at: DateTime<Utc>,
    /// Increases with every change.
    pub version: i32,
}

macro_rules! listed {
    () => {
        companies::table.select((
            companies::id,
            companies::slug,
            companies::name,
            companies::region,
            companies::portal_host,
            companies::created_at,
            companies::version,
        ))
    };
}

/// All companies, by slug.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn list_companies(connection: &mut AsyncPgConnection) -> Result<Vec<ListedCompany>, StoreError> {
    Ok(listed!().order(companies::slug).load(connection).await?)
}

/// The company with a slug, locked.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn company_by_slug(
    connection: &mut AsyncPgConnection,
    slug: &str,
) -> Result<Option<ListedCompany>, StoreError> {
    let known = listed!().filter(companies::slug.eq(slug));
    Ok(known.for_no_key_update().first(connection).await.optional()?)
}

/// A company, locked: actions on its staff or settings are serialized.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_company(connection: &mut AsyncPgConnection, company: CompanyId) -> Result<ListedCompany, StoreError> {
    let known = listed!().filter(companies::id.eq(company));
    Ok(known.for_no_key_update().first(connection).await?)
}

/// A company to insert.
#[derive(Debug, Clone)]
pub struct NewCompany {
    /// The slug.
    pub slug: String,
    /// The name.
    pub name: String,
    /// The region.
    pub region: Region,
    /// The portal host.
    pub portal_host: Option<String>,
    /// The primary color, `#rrggbb`.
    pub primary_color: &'static str,
    /// The accent color, `#rrggbb`.
    pub accent_color: &'static str,
    /// Creation time.
    pub at: DateTime<Utc>,
}

/// Inserts a company with its branding, portal settings and work calendar. False if the slug is in use: then nothing is written. A
/// concurrent request with the same slug waits for the first.
///
/// # Errors
///
/// [`StoreError::Taken`] if another company has the portal host.
pub async fn insert_company(
    connection: &mut AsyncPgConnection,
    new: &NewCompany,
) -> Result<Option<CompanyId>, StoreError> {
    let id = CompanyId::generate();
    let row = (
        companies::id.eq(id),
        companies::slug.eq(&new.slug),
        companies::name.eq(&new.name),
        companies::region.eq(new.region),
        companies::portal_host.eq(&new.portal_host),
        companies::created_at.eq(new.at),
    );
    let made = diesel::insert_into(companies::table)
        .values(row)
        .on_conflict(companies::slug)
        .do_nothing()
        .execute(connection)
        .await?;
    if made == 0 {
        return Ok(None);
    }
    let branding = (
        company_brandings::company_id.eq(id),
        company_brandings::primary_color.eq(new.primary_color),
        company_brandings::accent_color.eq(new.accent_color),
    );
    diesel::insert_into(company_brandings::table).values(branding).execute(connection).await?;
    diesel::insert_into(company_portals::table).values(company_portals::company_id.eq(id)).execute(connection).await?;
    diesel::insert_into(work_calendars::table).values(work_calendars::company_id.eq(id)).execute(connection).await?;
    Ok(Some(id))
}

/// Changes a company that the caller has locked. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError::Taken`] if another company has the portal host.
pub async fn change_company(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    change: CompanyChange,
) -> Result<Differences<CompanyChange>, StoreError> {
    let differences = change.differences(connection, company).await?;
    if !differences.is_empty() {
        let set = (&differences.change, companies::version.eq(companies::version + 1));
        diesel::update(companies::table.find(company)).set(set).execute(connection).await?;
    }
    Ok(differences)
}

/// Removes a host from the company that has it, after the installation listed it for another one. Returns the former
/// company.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn release_host(
    connection: &mut AsyncPgConnection,
    host: &str,
    other_than: Option<CompanyId>,
) -> Result<Option<CompanyId>, StoreError> {
    let holder = companies::table
        .filter(companies::portal_host.eq(host))
        .filter(companies::id.ne(other_than.unwrap_or(CompanyId(uuid::Uuid::nil()))));
    let set = (companies::portal_host.eq(None::<String>), companies::version.eq(companies::version + 1));
    Ok(diesel::update(holder).set(set).returning(companies::id).get_result(connection).await.optional()?)
}
