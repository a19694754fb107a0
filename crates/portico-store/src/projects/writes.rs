//! Projects, as actions write them.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, ProjectId};
use portico_core::money::Currency;
use portico_core::projects::ProjectStatus;

use super::rows::{ChangedProject, NewProject};
use crate::portal::portal_defaults;
use crate::schema::base::{project_portals, projects};
use crate::{Differences, StoreError};

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

/// Changes a project. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError::Taken`] if the company has another project with this number.
pub async fn change_project(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    change: ChangedProject,
) -> Result<Differences<ChangedProject>, StoreError> {
    let differences = change.differences(connection, project).await?;
    if !differences.is_empty() {
        // Not every outsider may see the contract total.
        let is_shared = differences.names.iter().any(|name| *name != "contractTotal");
        let set = (
            &differences.change,
            projects::version.eq(projects::version + 1),
            projects::shared_version.eq(projects::shared_version + i32::from(is_shared)),
        );
        diesel::update(projects::table.find(project)).set(set).execute(connection).await?;
    }
    Ok(differences)
}
