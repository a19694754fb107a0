//! Albums and covers of projects.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::{ProjectId, Tag};
use portico_graphql_macros::gated;
use portico_loader::files::{AlbumRow, AlbumsOfProject, CoverOfProject, FileIn};

use super::File;
use crate::direct::Direct;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;

pub(crate) struct Album(pub(crate) Arc<AlbumRow>);

/// Album of files and photos. `Project.files` lists its files with the filter `albumId`.
#[gated]
#[Object]
impl Album {
    #[shared(CLIENT, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::ALBUM, self.0.id.0)
    }

    /// Project ID.
    #[shared(CLIENT, STAFF)]
    async fn project_id(&self) -> ID {
        ids::global(Tag::PROJECT, self.0.project_id.0)
    }

    /// Name, unique within the project.
    #[shared(CLIENT, STAFF)]
    async fn name(&self) -> &str;

    /// Whether clients see the album. Its files are shared on their own.
    #[shared(STAFF)]
    async fn shared_with_clients(&self) -> bool;
}

/// A project's albums, in the company's order.
pub(crate) async fn albums_of(ctx: &Context<'_>, project: ProjectId) -> Result<Vec<Direct<Album>>, ApiError> {
    let rows = load(ctx, AlbumsOfProject(project)).await?;
    Ok(rows.iter().map(|row| Album(Arc::clone(row)).into()).collect())
}

/// The photo that stands for a project.
pub(crate) async fn cover_photo_of(ctx: &Context<'_>, project: ProjectId) -> Result<Option<File>, ApiError> {
    match load(ctx, CoverOfProject(project)).await? {
        Some(cover) => Ok(load(ctx, FileIn(project, cover.file_id)).await?.map(File)),
        None => Ok(None),
    }
}
