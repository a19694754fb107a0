//! Bytes that a project's files use.

use async_graphql::{Context, SimpleObject};
use portico_core::id::ProjectId;
use portico_graphql_macros::gated;
use portico_loader::files::StorageOfProject;

use crate::error::ApiError;
use crate::load::load;
use crate::scalars::Int64;

/// Bytes that a project's files use.
#[gated]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct ProjectStorage {
    /// Bytes of files. Deleted files count until they are purged.
    #[requires(DOCUMENTS_MANAGE)]
    used_bytes: Int64,
    /// Bytes reserved for uploads in progress.
    #[requires(DOCUMENTS_MANAGE)]
    reserved_bytes: Int64,
    /// Number of files. Deleted files count until they are purged.
    #[requires(DOCUMENTS_MANAGE)]
    file_count: i32,
}

/// Bytes that a project's files use. A project without files has no row.
pub(crate) async fn storage_of(ctx: &Context<'_>, project: ProjectId) -> Result<ProjectStorage, ApiError> {
    let row = load(ctx, StorageOfProject(project)).await?;
    let (used, reserved, file_count) =
        row.map_or((0, 0, 0), |row| (row.used_bytes, row.reserved_bytes, row.file_count));
    Ok(ProjectStorage { used_bytes: used.into(), reserved_bytes: reserved.into(), file_count })
}
