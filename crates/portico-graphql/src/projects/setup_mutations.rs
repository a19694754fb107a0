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

/// Input of `locationSave`. Without `id` a location is added, which needs `projectId` and `name`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct LocationSaveInput {
    /// The location to be changed. Omit to add one.
    id: Option<ID>,
    /// The project of a new location.
    project_id: Option<ID>,
    /// Name. Omit to keep the current value.
    name: Option<String>,
    /// Sort order, lowest first. Omit to keep the current value; a new location comes last.
    sort: Option<i32>,
}

/// Input of `locationRemove`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct LocationRemoveInput {
    /// The location.
    id: ID,
    /// Whether to remove the location although selections use it; they keep no location.
    #[graphql(default = false)]
    detach_selections: bool,
}

/// Input of `teamMemberSave`. Without `id` a team member is added, which needs `projectId`, `title`, and either `staffId` or
/// `name`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct TeamMemberSaveInput {
    /// The team member to be changed. Omit to add one.
    id: Option<ID>,
    /// The project of a new team member.
    project_id: Option<ID>,
    /// The staff membership of a new team member, as in `TeamMember.staffId`.
    staff_id: Option<ID>,
    /// Name of a person who is not on the staff. Omit to keep the current value.
    name: Option<String>,
    /// Role on the project. Omit to keep the current value.
    title: Option<String>,
    /// Telephone number for clients and trade partners. Omit to keep the current value; `null` clears it.
    work_phone: MaybeUndefined<String>,
    /// Address of a photo, https. Omit to keep the current value; `null` clears it.
    photo_url: MaybeUndefined<String>,
    /// Whether clients and trade partners see the team member. Omit to keep the current value; a new one is shown.
    is_shown: Option<bool>,
    /// Sort order, lowest first. Omit to keep the current value; a new team member comes last.
    sort: Option<i32>,
}

/// Input of `teamMemberRemove`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct TeamMemberRemoveInput {
    /// The team member.
    id: ID,
}

payload! {
    /// Result of `locationSave`.
    LocationSavePayload for (STAFF) {
        /// The location. Null if you may not read projects.
        location: Location,
    }
}

payload! {
    /// Result of `locationRemove`.
    LocationRemovePayload for (STAFF) {
        /// The project. Null if you may not read projects.
        project: Project,
    }
}

payload! {
    /// Result of `teamMemberSave`.
    TeamMemberSavePayload for (STAFF) {
        /// The team member. Null if you may not read projects.
        team_member: TeamMember,
    }
}

payload! {
    /// Result of `teamMemberRemove`.
    TeamMemberRemovePayload for (STAFF) {
        /// The project. Null if you may not read projects.
        project: Project,
    }
}

/// An optional id of one kind. An id of another kind names nothing.
fn optional<T: From<uuid::Uuid>>(id: Option<&ID>, argument: &str, tag: Tag) -> Result<Option<T>, ApiError> {
    id.map(|id| ids::read_as(id, argument, tag)).transpose()
}

/// Write operations on a project's locations and team.
#[derive(Default)]
pub(crate) struct ProjectSetupMutations;

/// Write operations on a project's locations and team.
#[gated]
#[Object]
impl ProjectSetupMutations {
    /// Adds a room or other location to a project, or changes one.
    #[requires(PROJECTS_WRITE)]
    async fn location_save(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The location.")] input: LocationSaveInput,
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
        #[graphql(desc = "The location.")] input: LocationRemoveInput,
    ) -> Result<LocationRemovePayload, ApiError> {
        let id = ids::read_as(&input.id, "input.id", Tag::LOCATION)?;
        Ok(match act(ctx, LocationRemove { id, detaches_selections: input.detach_selections }).await? {
            Ok(id) => LocationRemovePayload::done(project(ctx, id).await?),
            Err(refused) => LocationRemovePayload::refused(refused),
        })
    }

    /// Adds a team member to a project, or changes one: a member of the staff, or any other person by name.
    #[requires(PROJECTS_WRITE)]
    async fn team_member_save(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The team member.")] input: TeamMemberSaveInput,
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
        #[graphql(desc = "The team member.")] input: TeamMemberRemoveInput,
    ) -> Result<TeamMemberRemovePayload, ApiError> {
        let id = ids::read_as(&input.id, "input.id", Tag::TEAM_MEMBER)?;
        Ok(match act(ctx, TeamMemberRemove { id }).await? {
            Ok(id) => TeamMemberRemovePayload::done(project(ctx, id).await?),
            Err(refused) => TeamMemberRemovePayload::refused(refused),
        })
    }
}
