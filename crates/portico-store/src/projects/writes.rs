//! Projects, as actions write them.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, ProjectId};
use portico_core::money::Currency;
use portico_core::projects::{ProjectStage, ProjectStatus};

use crate::StoreError;
use crate::portal::portal_defaults;
use crate::schema::base::{project_portals, projects};

/// A project to insert.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = projects)]
pub struct NewProject {
    /// The project.
    pub id: ProjectId,
    /// Its company.
    pub company_id: CompanyId,
    /// The company's number of the project.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Street and house number.
    pub address_line: String,
    /// City.
    pub city: String,
    /// State, province or canton.
    pub region: String,
    /// Postal code.
    pub postal_code: String,
    /// Country code, ISO 3166-1 alpha-2.
    pub country: String,
    /// Lifecycle status.
    pub status: ProjectStatus,
    /// Current construction phase.
    pub stage: ProjectStage,
    /// IANA time zone of its dates.
    pub time_zone: String,
    /// Currency of all its amounts.
    pub currency: Currency,
    /// When work started.
    pub started_on: Option<NaiveDate>,
}

/// Changes of a project; none keeps the current value.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = projects)]
pub struct ChangedProject {
    /// The number.
    pub number: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// Street and house number.
    pub address_line: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State, province or canton.
    pub region: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Country code, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The status.
    pub status: Option<ProjectStatus>,
    /// The stage.
    pub stage: Option<ProjectStage>,
    /// IANA time zone of its dates.
    pub time_zone: Option<String>,
    /// The contract total, in minor units.
    pub contract_total_minor: Option<i64>,
    /// When work started; `Some(None)` clears it.
    pub started_on: Option<Option<NaiveDate>>,
}

impl ChangedProject {
    /// Names of the changed fields.
    pub fn names(&self) -> Vec<&'static str> {
        let has_address = [&self.address_line, &self.city, &self.region, &self.postal_code, &self.country];
        let all = [
            ("number", self.number.is_some()),
            ("name", self.name.is_some()),
            ("address", has_address.into_iter().any(Option::is_some)),
            ("status", self.status.is_some()),
            ("stage", self.stage.is_some()),
            ("timeZone", self.time_zone.is_some()),
            ("contractTotal", self.contract_total_minor.is_some()),
            ("startedOn", self.started_on.is_some()),
        ];
        all.into_iter().filter_map(|(name, is_changed)| is_changed.then_some(name)).collect()
    }
}

/// A company's own project, as an action reads it.
#[derive(Debug, Clone, Queryable)]
pub struct OwnProject {
    /// The project.
    pub id: ProjectId,
    /// Lifecycle status.
    pub status: ProjectStatus,
    /// Increases with every change.
    pub version: i32,
    /// Currency of all its amounts.
    pub currency: Currency,
}

/// Inserts a project, with its company's default portal settings.
///
/// # Errors
///
/// [`StoreError::Taken`] if the company has a project with this number.
pub async fn insert_project(connection: &mut AsyncPgConnection, new: NewProject) -> Result<(), StoreError> {
    let defaults = portal_defaults(connection, new.company_id).await?;
    let portal = (
        project_portals::project_id.eq(new.id),
        project_portals::company_id.eq(new.company_id),
        project_portals::features.eq(defaults.features),
        project_portals::schedule_share.eq(defaults.schedule_share),
    );
    diesel::insert_into(projects::table).values(new).execute(connection).await?;
    diesel::insert_into(project_portals::table).values(portal).execute(connection).await?;
    Ok(())
}

/// The company's project with this id, locked. A project of another company is not found.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn own_project(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: ProjectId,
) -> Result<Option<OwnProject>, StoreError> {
    let own = projects::table.filter(projects::company_id.eq(company)).filter(projects::id.eq(id));
    Ok(own
        .select((projects::id, projects::status, projects::version, projects::currency))
        .for_no_key_update()
        .first(connection)
        .await
        .optional()?)
}

/// Changes a project.
///
/// # Errors
///
/// [`StoreError::Taken`] if the company has another project with this number.
pub async fn change_project(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    change: ChangedProject,
) -> Result<(), StoreError> {
    if !change.names().is_empty() {
        let change = (change, projects::version.eq(projects::version + 1));
        diesel::update(projects::table.find(project)).set(change).execute(connection).await?;
    }
    Ok(())
}
