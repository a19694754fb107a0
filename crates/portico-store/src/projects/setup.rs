//! A project's locations, team and internal figures, as actions write them.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, LocationId, ProjectId, StaffMembershipId, TeamMemberId};

use super::rows::{InternalsChange, LocationChange, NewTeamMember, TeamMemberChange};
use crate::schema::base::{locations, project_internals, selections, staff_memberships, team_members};
use crate::{Differences, StoreError};

/// The project of a company's location.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn project_of_location(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: LocationId,
) -> Result<Option<ProjectId>, StoreError> {
    let own = locations::table.filter(locations::company_id.eq(company)).filter(locations::id.eq(id));
    Ok(own.select(locations::project_id).first(connection).await.optional()?)
}

/// Adds a location to a project, last unless a sort order is given.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_location(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    project: ProjectId,
    name: String,
    sort: Option<i32>,
) -> Result<LocationId, StoreError> {
    let sort = match sort {
        Some(sort) => sort,
        None => {
            let all = locations::table.filter(locations::project_id.eq(project));
            next_after(all.select(diesel::dsl::max(locations::sort)).first(connection).await?)
        }
    };
    let id = LocationId::generate();
    let row = (
        locations::id.eq(id),
        locations::company_id.eq(company),
        locations::project_id.eq(project),
        locations::name.eq(name),
        locations::sort.eq(sort),
    );
    diesel::insert_into(locations::table).values(row).execute(connection).await?;
    Ok(id)
}

fn next_after(last: Option<i32>) -> i32 {
    last.map_or(1, |last| last.saturating_add(1))
}

/// Changes a location. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_location(
    connection: &mut AsyncPgConnection,
    id: LocationId,
    change: LocationChange,
) -> Result<Differences<LocationChange>, StoreError> {
    let differences = change.differences(connection, id).await?;
    if !differences.is_empty() {
        diesel::update(locations::table.find(id)).set(&differences.change).execute(connection).await?;
    }
    Ok(differences)
}

/// The number of a project's locations, and whether one other than `but` has this name, ignoring case.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn locations_like(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    name: &str,
    but: Option<LocationId>,
) -> Result<(usize, bool), StoreError> {
    let all = locations::table.filter(locations::project_id.eq(project));
    let all: Vec<(LocationId, String)> = all.select((locations::id, locations::name)).load(connection).await?;
    let wanted = name.to_lowercase();
    let is_taken = all.iter().any(|(id, name)| Some(*id) != but && name.to_lowercase() == wanted);
    Ok((all.len(), is_taken))
}

/// The number of members of a project's team.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn team_size(connection: &mut AsyncPgConnection, project: ProjectId) -> Result<i64, StoreError> {
    Ok(team_members::table.filter(team_members::project_id.eq(project)).count().get_result(connection).await?)
}

/// The number of selections for a location.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn selections_at(connection: &mut AsyncPgConnection, id: LocationId) -> Result<i64, StoreError> {
    Ok(selections::table.filter(selections::location_id.eq(id)).count().get_result(connection).await?)
}

/// Deletes a location, and clears it in its selections.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn delete_location(connection: &mut AsyncPgConnection, id: LocationId) -> Result<(), StoreError> {
    let detached = (selections::location_id.eq(None::<LocationId>), selections::version.eq(selections::version + 1));
    let at_location = selections::table.filter(selections::location_id.eq(id));
    diesel::update(at_location).set(detached).execute(connection).await?;
    diesel::delete(locations::table.find(id)).execute(connection).await?;
    Ok(())
}

/// A company's team member, as an action reads it.
#[derive(Debug, Clone, Queryable)]
pub struct OwnTeamMember {
    /// The project.
    pub project: ProjectId,
    /// The staff membership; none for a person who is not on the company's staff.
    pub staff: Option<StaffMembershipId>,
}

/// A company's team member by id.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn own_team_member(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: TeamMemberId,
) -> Result<Option<OwnTeamMember>, StoreError> {
    let own = team_members::table.filter(team_members::company_id.eq(company)).filter(team_members::id.eq(id));
    Ok(own.select((team_members::project_id, team_members::staff_membership_id)).first(connection).await.optional()?)
}

/// Whether a staff membership is a current one of this company. Locks it against removal.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn is_on_staff(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    staff: StaffMembershipId,
) -> Result<bool, StoreError> {
    let living = staff_memberships::table
        .filter(staff_memberships::id.eq(staff))
        .filter(staff_memberships::company_id.eq(company))
        .filter(staff_memberships::removed_at.is_null());
    let living: Option<StaffMembershipId> =
        living.select(staff_memberships::id).for_share().first(connection).await.optional()?;
    Ok(living.is_some())
}

/// The sort order after a project's last team member.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn next_in_team(connection: &mut AsyncPgConnection, project: ProjectId) -> Result<i32, StoreError> {
    let all = team_members::table.filter(team_members::project_id.eq(project));
    Ok(next_after(all.select(diesel::dsl::max(team_members::sort)).first(connection).await?))
}

/// Adds a team member.
///
/// # Errors
///
/// [`StoreError::Taken`] if this member of staff is on the project's team already.
pub async fn insert_team_member(connection: &mut AsyncPgConnection, new: NewTeamMember) -> Result<(), StoreError> {
    diesel::insert_into(team_members::table).values(new).execute(connection).await?;
    Ok(())
}

/// Changes a team member. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_team_member(
    connection: &mut AsyncPgConnection,
    id: TeamMemberId,
    change: TeamMemberChange,
) -> Result<Differences<TeamMemberChange>, StoreError> {
    let differences = change.differences(connection, id).await?;
    if !differences.is_empty() {
        diesel::update(team_members::table.find(id)).set(&differences.change).execute(connection).await?;
    }
    Ok(differences)
}

/// Deletes a team member.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn delete_team_member(connection: &mut AsyncPgConnection, id: TeamMemberId) -> Result<(), StoreError> {
    diesel::delete(team_members::table.find(id)).execute(connection).await?;
    Ok(())
}

/// Changes a project's internal figures. They do not increase a version: clients could tell from it that a secret
/// changed. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_internals(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    project: ProjectId,
    change: InternalsChange,
) -> Result<Differences<InternalsChange>, StoreError> {
    let differences = change.differences(connection, project).await?;
    if differences.is_empty() {
        return Ok(differences);
    }
    let row = (project_internals::project_id.eq(project), project_internals::company_id.eq(company));
    diesel::insert_into(project_internals::table).values(row).on_conflict_do_nothing().execute(connection).await?;
    diesel::update(project_internals::table.find(project)).set(&differences.change).execute(connection).await?;
    Ok(differences)
}
