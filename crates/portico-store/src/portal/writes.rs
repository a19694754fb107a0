//! Portal settings of projects and companies, as actions write them.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, IdentityId, ProjectId};
use portico_core::portal::ScheduleShare;
use portico_core::projects::ProjectStatus;

use super::rows::{BrandingChange, CompanyPortalChange, PortalChange};
use crate::schema::base::{company_brandings, company_portals, onboardings, project_portals, projects};
use crate::{Differences, StoreError};

/// The status of a project of this company, locked; none if the company has no such project.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn status_of_project(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    project: ProjectId,
) -> Result<Option<ProjectStatus>, StoreError> {
    Ok(projects::table
        .filter(projects::id.eq(project))
        .filter(projects::company_id.eq(company))
        .select(projects::status)
        .for_share()
        .first(connection)
        .await
        .optional()?)
}

/// Changes a project's portal. Returns what differed; none if there is no portal.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_portal(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    change: PortalChange,
) -> Result<Option<Differences<PortalChange>>, StoreError> {
    let portal = project_portals::table.find(project);
    let differences = change.differences(connection, project).await?;
    let is_there = if differences.is_empty() {
        diesel::select(exists(portal)).get_result(connection).await?
    } else {
        diesel::update(portal).set(&differences.change).execute(connection).await? == 1
    };
    Ok(is_there.then_some(differences))
}

/// Sign-in methods of a company's portals (RULE-3).
#[derive(Debug, Clone, Copy, Queryable)]
pub struct SignInOffer {
    /// Password.
    pub password: bool,
    /// Mailed link.
    pub link: bool,
}

/// The sign-in methods of a company's portals, locked. Inserts the default settings for a company without settings.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_sign_in_offer(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
) -> Result<SignInOffer, StoreError> {
    let row = company_portals::company_id.eq(company);
    diesel::insert_into(company_portals::table).values(row).on_conflict_do_nothing().execute(connection).await?;
    Ok(company_portals::table
        .find(company)
        .select((company_portals::offers_password, company_portals::offers_link))
        .for_update()
        .first(connection)
        .await?)
}

/// Changes a company's settings for its portals. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_company_portal(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    change: CompanyPortalChange,
) -> Result<Differences<CompanyPortalChange>, StoreError> {
    let differences = change.differences(connection, company).await?;
    if !differences.is_empty() {
        diesel::update(company_portals::table.find(company)).set(&differences.change).execute(connection).await?;
    }
    Ok(differences)
}

/// Initial portal settings of a new project.
#[derive(Debug, Clone, Queryable)]
pub struct PortalDefaults {
    /// Enabled sections, by name.
    pub features: Vec<String>,
    /// Schedule sharing.
    pub schedule_share: ScheduleShare,
}

/// A company's portal settings for new projects.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn portal_defaults(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
) -> Result<PortalDefaults, StoreError> {
    let row = company_portals::company_id.eq(company);
    diesel::insert_into(company_portals::table).values(row).on_conflict_do_nothing().execute(connection).await?;
    Ok(company_portals::table
        .find(company)
        .select((company_portals::default_features, company_portals::default_schedule_share))
        .first(connection)
        .await?)
}

/// Changes a company's branding. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_branding(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    change: BrandingChange,
) -> Result<Differences<BrandingChange>, StoreError> {
    let differences = change.differences(connection, company).await?;
    if !differences.is_empty() {
        diesel::update(company_brandings::table.find(company)).set(&differences.change).execute(connection).await?;
    }
    Ok(differences)
}

/// Records that a client has dismissed the overview video. False if the client had done so before.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn dismiss_onboarding(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let row = (onboardings::identity_id.eq(identity), onboardings::dismissed_at.eq(now));
    let insert = diesel::insert_into(onboardings::table).values(row).on_conflict_do_nothing();
    Ok(insert.execute(connection).await? == 1)
}
