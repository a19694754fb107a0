//! Bytes that a project uses. These functions and `role_views/retention.sql` are the only writers.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, ProjectId};

use crate::StoreError;
use crate::schema::base::project_storage;

/// Maximum bytes and files of a project.
#[derive(Debug, Clone, Copy)]
pub struct Quota {
    /// Bytes.
    pub bytes: i64,
    /// Files.
    pub files: i32,
}

/// Reserves bytes for an upload, if the project has room for it. The row's lock orders the uploads of a project: together they
/// cannot pass the quota.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn reserve(
    connection: &mut AsyncPgConnection,
    (company, project): (CompanyId, ProjectId),
    size: i64,
    quota: Quota,
) -> Result<bool, StoreError> {
    let first = (project_storage::project_id.eq(project), project_storage::company_id.eq(company));
    diesel::insert_into(project_storage::table).values(first).on_conflict_do_nothing().execute(connection).await?;
    let with_room = project_storage::table
        .filter(project_storage::project_id.eq(project))
        .filter((project_storage::used_bytes + project_storage::reserved_bytes).le(quota.bytes.saturating_sub(size)))
        .filter(project_storage::file_count.lt(quota.files));
    let reserved = project_storage::reserved_bytes.eq(project_storage::reserved_bytes + size);
    Ok(diesel::update(with_room).set(reserved).execute(connection).await? == 1)
}

/// Counts reserved bytes as those of a new file.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn settle(connection: &mut AsyncPgConnection, project: ProjectId, size: i64) -> Result<(), StoreError> {
    let settled = (
        project_storage::reserved_bytes.eq(project_storage::reserved_bytes - size),
        project_storage::used_bytes.eq(project_storage::used_bytes + size),
        project_storage::file_count.eq(project_storage::file_count + 1),
    );
    diesel::update(project_storage::table.find(project)).set(settled).execute(connection).await?;
    Ok(())
}

/// Frees the bytes that were reserved for an upload.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn free(connection: &mut AsyncPgConnection, project: ProjectId, size: i64) -> Result<(), StoreError> {
    let freed = project_storage::reserved_bytes.eq(project_storage::reserved_bytes - size);
    diesel::update(project_storage::table.find(project)).set(freed).execute(connection).await?;
    Ok(())
}

/// Bytes that a project uses and has reserved.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn stored_bytes(connection: &mut AsyncPgConnection, project: ProjectId) -> Result<i64, StoreError> {
    let row =
        project_storage::table.find(project).select(project_storage::used_bytes + project_storage::reserved_bytes);
    Ok(row.first(connection).await.optional()?.unwrap_or_default())
}
