//! What actions change of portals: of one project's, or of all that a company has.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, IdentityId, ProjectId};
use portico_core::portal::ScheduleShare;
use portico_core::projects::ProjectStatus;

use crate::StoreError;
use crate::schema::base::{company_brandings, company_portals, onboardings, project_portals, projects};

/// What is to be changed of a project's portal; what is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = project_portals)]
pub struct PortalChange {
    /// The sections that are switched on, by name.
    pub features: Option<Vec<String>>,
    /// How the schedule is shared.
    pub schedule_share: Option<ScheduleShare>,
    /// The project's own guide; none within takes it away.
    pub guide_url: Option<Option<String>>,
}

/// What is to be changed of a company's portals; what is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = company_portals)]
pub struct CompanyPortalChange {
    /// The sections that are switched on in a new project, by name.
    pub default_features: Option<Vec<String>>,
    /// How a new project shares its schedule.
    pub default_schedule_share: Option<ScheduleShare>,
    /// The guide of projects that have none of their own; none within takes it away.
    pub guide_url: Option<Option<String>>,
    /// What clients are shown when they first sign in; none within takes it away.
    pub onboarding_video_url: Option<Option<String>>,
    /// Whether one can sign in with a password.
    pub offers_password: Option<bool>,
    /// Whether one can sign in with a link.
    pub offers_link: Option<bool>,
}

/// What is to be changed of how a company looks; what is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = company_brandings)]
pub struct BrandingChange {
    /// `#rrggbb`, in small letters.
    pub primary_color: Option<String>,
    /// `#rrggbb`, in small letters.
    pub accent_color: Option<String>,
    /// Where the logo is; none within takes it away.
    pub logo_url: Option<Option<String>>,
    /// The company's own site; none within takes it away.
    pub website_url: Option<Option<String>>,
}

/// The status of a project of this company, which nobody changes until the transaction ends. None if the company has no
/// such project.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
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

/// Changes a project's portal; answers whether there is one.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn change_portal(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    change: PortalChange,
) -> Result<bool, StoreError> {
    let portal = project_portals::table.find(project);
    if change == PortalChange::default() {
        return Ok(diesel::select(exists(portal)).get_result(connection).await?);
    }
    Ok(diesel::update(portal).set(change).execute(connection).await? == 1)
}

/// How one can sign in at a company's portals (RULE-3).
#[derive(Debug, Clone, Copy, Queryable)]
pub struct SignInOffer {
    /// With a password.
    pub password: bool,
    /// With a link that is mailed.
    pub link: bool,
}

/// How one can sign in at a company's portals, which nobody else changes until the transaction ends. A company that has
/// settled nothing yet gets the row of those who have settled nothing.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
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

/// Changes what a company has settled for all its portals.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn change_company_portal(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    change: CompanyPortalChange,
) -> Result<(), StoreError> {
    if change != CompanyPortalChange::default() {
        diesel::update(company_portals::table.find(company)).set(change).execute(connection).await?;
    }
    Ok(())
}

/// What the portal of a new project begins with.
#[derive(Debug, Clone, Queryable)]
pub struct PortalDefaults {
    /// The sections that are switched on, by name.
    pub features: Vec<String>,
    /// How the schedule is shared.
    pub schedule_share: ScheduleShare,
}

/// What a company has settled for the portals of new projects.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
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

/// Changes how a company looks.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn change_branding(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    change: BrandingChange,
) -> Result<(), StoreError> {
    if change != BrandingChange::default() {
        diesel::update(company_brandings::table.find(company)).set(change).execute(connection).await?;
    }
    Ok(())
}

/// Writes down that somebody has seen the overview video; the first time counts.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn dismiss_onboarding(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = (onboardings::identity_id.eq(identity), onboardings::dismissed_at.eq(now));
    diesel::insert_into(onboardings::table).values(row).on_conflict_do_nothing().execute(connection).await?;
    Ok(())
}
