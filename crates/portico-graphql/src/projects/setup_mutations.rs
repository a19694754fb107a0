//! Write operations on a project's locations and team.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use portico_actions::projects::{LocationRemove, LocationSave, TeamMemberRemove, TeamMemberSave};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::projects::{LocationById, TeamMemberById};

use super::mutations::project;
use super::{Location, Project, TeamMember};
use crate::act::{act, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::scalars::changed;

/// Input of `locationSave`. Without `id` it adds a location and needs `projectId` and `name`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct LocationSaveInput {
    /// Location to change. Omit to add one.
    id: Option<ID>,
    /// Project of a new location. Omit with `id`.
    project_id: Option<ID>,
    /// Name. Omit to keep the current value.
    name: Option<String>,
    /// Sort order, lowest first. Omit to keep the current value, or to add the location last.
    sort: Option<i32>,
}

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct LocationRemoveInput {
    /// ID of the location.
    id: ID,
    /// Whether to remove a location that selections use; their `location` becomes null.
    #[graphql(default = false)]
    detach_selections: bool,
}

/// Input of `teamMemberSave`. Without `id` it adds a team member and needs `projectId`, `title`, and either `staffId`
/// or `name`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct TeamMemberSaveInput {
    /// Team member to change. Omit to add one.
    id: Option<ID>,
    /// Project of a new team member. Omit with `id`.
    project_id: Option<ID>,
    /// Staff membership of a new team member, as in `TeamMember.staffId`. Omit for other people.
    staff_id: Option<ID>,
    /// Name of a person who is not on the staff. Omit to keep the current value.
    name: Option<String>,
    /// Role on the project. Omit to keep the current value.
    title: Option<String>,
    /// Telephone number for clients and trade partners.
    work_phone: MaybeUndefined<String>,
    /// URL of a photo, https.
    photo_url: MaybeUndefined<String>,
    /// Whether clients and trade partners see the team member. Omit to keep the current value; a new one is shown.
    is_shown: Option<bool>,
    /// Sort order, lowest first. Omit to keep the current value, or to add the team member last.
    sort: Option<i32>,
}

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct TeamMemberRemoveInput {
    /// ID of the team member.
    id: ID,
}

payload! {
    LocationSavePayload for (STAFF) {
        /// The location. Null on rejection, and without `PROJECTS_READ`.
        location: Location,
    }
}

payload! {
    LocationRemovePayload for (STAFF) {
        /// The project. Null on rejection, and without `PROJECTS_READ`.
        project: Project,
    }
}

payload! {
    TeamMemberSavePayload for (STAFF) {
        /// The team member. Null on rejection, and without `PROJECTS_READ`.
        team_member: TeamMember,
    }
}

payload! {
    TeamMemberRemovePayload for (STAFF) {
        /// The project. Null on rejection, and without `PROJECTS_READ`.
        project: Project,
    }
}

/// Reads an optional ID of one type. An ID of another type is answered like one that does not exist.
fn optional<T: From<uuid::Uuid>>(id: Option<&ID>, argument: &str, tag: Tag) -> Result<Option<T>, ApiError> {
    id.map(|id| ids::read_as(id, argument, tag)).transpose()
}

#[derive(Default)]
pub(crate) struct ProjectSetupMutations;

/// Write operations on a project's locations and team.
#[gated]
#[Object]
impl ProjectSetupMutations {
    /// Adds or changes a location of a project, such as a room.
    #[requires(PROJECTS_WRITE)]
    async fn location_save(
        &self,
        ctx: &Context<'_>,
        input: LocationSaveInput,
    ) -> Result<LocationSavePayload, ApiError> {
        let action = LocationSave {
            id: optional(input.id.as_ref(), "input.id", Tag::LOCATION)?,
            project: optional(input.project_id.as_ref(), "input.projectId", Tag::PROJECT)?,
            name: input.name,
            sort: input.sort,
        };
        Ok(match act(ctx, action).await? {
            Ok(id) => LocationSavePayload::done(load(ctx, LocationById(id)).await?.map(Location)),
            Err(refused) => LocationSavePayload::refused(refused),
        })
    }

    /// Removes a location from its project.
    #[requires(PROJECTS_WRITE)]
    async fn location_remove(
        &self,
        ctx: &Context<'_>,
        input: LocationRemoveInput,
    ) -> Result<LocationRemovePayload, ApiError> {
        let id = ids::read_as(&input.id, "input.id", Tag::LOCATION)?;
        Ok(match act(ctx, LocationRemove { id, detaches_selections: input.detach_selections }).await? {
            Ok(id) => LocationRemovePayload::done(project(ctx, id).await?),
            Err(refused) => LocationRemovePayload::refused(refused),
        })
    }

    /// Adds or changes a team member: a member of the staff, or another person by name.
    #[requires(PROJECTS_WRITE)]
    async fn team_member_save(
        &self,
        ctx: &Context<'_>,
        input: TeamMemberSaveInput,
    ) -> Result<TeamMemberSavePayload, ApiError> {
        let action = TeamMemberSave {
            id: optional(input.id.as_ref(), "input.id", Tag::TEAM_MEMBER)?,
            project: optional(input.project_id.as_ref(), "input.projectId", Tag::PROJECT)?,
            staff: optional(input.staff_id.as_ref(), "input.staffId", Tag::STAFF_MEMBERSHIP)?,
            name: input.name,
            title: input.title,
            work_phone: changed(input.work_phone),
            photo_url: changed(input.photo_url),
            is_shown: input.is_shown,
            sort: input.sort,
        };
        Ok(match act(ctx, action).await? {
            Ok(id) => TeamMemberSavePayload::done(load(ctx, TeamMemberById(id)).await?.map(TeamMember)),
            Err(refused) => TeamMemberSavePayload::refused(refused),
        })
    }

    /// Removes a team member from a project. Access to the company's data stays as it is.
    #[requires(PROJECTS_WRITE)]
    async fn team_member_remove(
        &self,
        ctx: &Context<'_>,
        input: TeamMemberRemoveInput,
    ) -> Result<TeamMemberRemovePayload, ApiError> {
        let id = ids::read_as(&input.id, "input.id", Tag::TEAM_MEMBER)?;
        Ok(match act(ctx, TeamMemberRemove { id }).await? {
            Ok(id) => TeamMemberRemovePayload::done(project(ctx, id).await?),
            Err(refused) => TeamMemberRemovePayload::refused(refused),
        })
    }
}
