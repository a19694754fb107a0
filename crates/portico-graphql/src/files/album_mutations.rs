//! Write operations on albums and covers.

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::files::{AlbumDelete, AlbumSave, CoverPhotoSet};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::files::AlbumById;

use super::Album;
use super::mutations::project;
use crate::act::{act, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::projects::Project;

/// Input of `albumSave`. Without `id` it adds an album and needs `projectId` and `name`.
#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct AlbumSaveInput {
    /// Album to change. Omit to add one.
    #[requires(DOCUMENTS_MANAGE)]
    id: Option<ID>,
    /// Project of a new album. Omit with `id`.
    #[requires(DOCUMENTS_MANAGE)]
    project_id: Option<ID>,
    /// Name. Omit to keep the current value.
    #[requires(DOCUMENTS_MANAGE)]
    name: Option<String>,
    /// Whether clients see the album. Omit to keep the current value; a new one is shared.
    #[requires(DOCUMENTS_MANAGE)]
    shared_with_clients: Option<bool>,
    /// Sort order, lowest first. Omit to keep the current value, or to add the album last.
    #[requires(DOCUMENTS_MANAGE)]
    sort: Option<i32>,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct AlbumDeleteInput {
    /// ID of the album.
    #[requires(DOCUMENTS_MANAGE)]
    id: ID,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct CoverPhotoSetInput {
    /// ID of the project.
    #[requires(DOCUMENTS_MANAGE)]
    project_id: ID,
    /// ID of a photo of the project. Omit for no cover.
    #[requires(DOCUMENTS_MANAGE)]
    file_id: Option<ID>,
}

payload! {
    AlbumSavePayload for (STAFF) {
        /// The album. Null on rejection, and without `PROJECTS_READ`.
        album: Album,
    }
}

payload! {
    AlbumDeletePayload for (STAFF) {
        /// The project. Null on rejection, and without `PROJECTS_READ`.
        project: Project,
    }
}

payload! {
    CoverPhotoSetPayload for (STAFF) {
        /// The project. Null on rejection, and without `PROJECTS_READ`.
        project: Project,
    }
}

#[derive(Default)]
pub(crate) struct AlbumMutations;

/// Write operations on albums and covers.
#[gated]
#[Object]
impl AlbumMutations {
    /// Adds or changes an album of a project. `fileUpdate` puts files into it.
    #[requires(DOCUMENTS_MANAGE)]
    async fn album_save(&self, ctx: &Context<'_>, input: AlbumSaveInput) -> Result<AlbumSavePayload, ApiError> {
        let AlbumSaveInput { id, project_id, name, shared_with_clients, sort } = input;
        let action = AlbumSave {
            id: id.map(|id| ids::read_as(&id, "input.id", Tag::ALBUM)).transpose()?,
            project: project_id.map(|id| ids::read_as(&id, "input.projectId", Tag::PROJECT)).transpose()?,
            name,
            shared_with_clients,
            sort,
        };
        Ok(match act(ctx, action).await? {
            Ok(id) => AlbumSavePayload::done(load(ctx, AlbumById(id)).await?.map(Album)),
            Err(refused) => AlbumSavePayload::refused(refused),
        })
    }

    /// Deletes an album. Its files remain.
    #[requires(DOCUMENTS_MANAGE)]
    async fn album_delete(&self, ctx: &Context<'_>, input: AlbumDeleteInput) -> Result<AlbumDeletePayload, ApiError> {
        let action = AlbumDelete { id: ids::read_as(&input.id, "input.id", Tag::ALBUM)? };
        Ok(match act(ctx, action).await? {
            Ok(id) => AlbumDeletePayload::done(project(ctx, id).await?),
            Err(refused) => AlbumDeletePayload::refused(refused),
        })
    }

    /// Sets the cover photo of a project. It does not change who sees the photo.
    #[requires(DOCUMENTS_MANAGE)]
    async fn cover_photo_set(
        &self,
        ctx: &Context<'_>,
        input: CoverPhotoSetInput,
    ) -> Result<CoverPhotoSetPayload, ApiError> {
        let action = CoverPhotoSet {
            project: ids::read_as(&input.project_id, "input.projectId", Tag::PROJECT)?,
            photo: input.file_id.map(|id| ids::read_as(&id, "input.fileId", Tag::FILE)).transpose()?,
        };
        Ok(match act(ctx, action).await? {
            Ok(id) => CoverPhotoSetPayload::done(project(ctx, id).await?),
            Err(refused) => CoverPhotoSetPayload::refused(refused),
        })
    }
}
