//! Files, as actions write them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::files::sniff::Content;
use portico_core::files::{
    FileKind, FilePurpose, FileSource, FileState, ObjectState, RenditionKind, RenditionState, ScanResult,
};
use portico_core::id::{
    AlbumId, CompanyId, FileContentId, FileId, FileRenditionId, IdentityId, ProjectId, ProjectMembershipId, UploadId,
};
use portico_core::messages::AuthorKind;

use super::StoredUpload;
use super::scan::state_once_restored;
use crate::StoreError;
use crate::schema::base::{
    company_portals, file_contents, file_internals, file_objects, file_renditions, file_trades, files, staged_uploads,
};

/// A file to insert: the content of a complete upload.
#[derive(Debug, Clone)]
pub struct NewFile<'a> {
    /// The upload, locked.
    pub upload: &'a StoredUpload,
    /// Name of the author.
    pub author_name: &'a str,
    /// The type of its content.
    pub content: Content,
    /// SHA-256 of its content.
    pub sha256: &'a str,
    /// Whether clients see it.
    pub shared_with_clients: bool,
    /// State of its images.
    pub renditions: RenditionState,
    /// Whether it is withheld until it is scanned.
    pub is_scanned: bool,
    /// The time.
    pub at: DateTime<Utc>,
}

/// Inserts a file with the objects of its upload, which then is finished. Returns the file and its content.
///
/// # Errors
///
/// [`StoreError`] if the write fails, or if the objects are not all there.
pub async fn insert_file(
    connection: &mut AsyncPgConnection,
    new: NewFile<'_>,
) -> Result<(FileId, FileContentId), StoreError> {
    let NewFile { upload, author_name, content, sha256, shared_with_clients, renditions, is_scanned, at } = new;
    let (state, scan) = if is_scanned {
        (FileState::Checking, ScanResult::Pending)
    } else {
        (FileState::Available, ScanResult::NotScanned)
    };
    let (id, content_id, rendition) = (FileId::generate(), FileContentId::generate(), FileRenditionId::generate());
    let (media_type, size) = (content.media_type, upload.size);
    let file = (
        (files::id.eq(id), files::company_id.eq(upload.company), files::project_id.eq(upload.project)),
        files::kind.eq(content.kind),
        files::purpose.eq(FilePurpose::Project),
        files::name.eq(&upload.name),
        files::state.eq(state),
        files::shared_with_clients.eq(shared_with_clients),
        files::author_id.eq(upload.author),
        files::author_kind.eq(upload.author_kind),
        files::author_name.eq(author_name),
        files::media_type.eq(media_type),
        files::size.eq(size),
        files::sha256.eq(sha256),
        files::renditions.eq(renditions),
        files::created_at.eq(at),
    );
    diesel::insert_into(files::table).values(file).execute(connection).await?;
    let row = (
        file_contents::id.eq(content_id),
        file_contents::file_id.eq(id),
        file_contents::company_id.eq(upload.company),
        file_contents::project_id.eq(upload.project),
        file_contents::number.eq(1),
        file_contents::media_type.eq(media_type),
        file_contents::size.eq(size),
        file_contents::sha256.eq(sha256),
        file_contents::author_id.eq(upload.author),
        file_contents::author_name.eq(author_name),
        file_contents::created_at.eq(at),
    );
    diesel::insert_into(file_contents::table).values(row).execute(connection).await?;
    let row = (
        file_renditions::id.eq(rendition),
        file_renditions::content_id.eq(content_id),
        file_renditions::file_id.eq(id),
        file_renditions::company_id.eq(upload.company),
        file_renditions::project_id.eq(upload.project),
        file_renditions::kind.eq(RenditionKind::Original),
        file_renditions::is_current.eq(true),
        file_renditions::is_clean.eq(content.is_clean()),
        file_renditions::media_type.eq(media_type),
        file_renditions::size.eq(size),
        file_renditions::sha256.eq(sha256),
    );
    diesel::insert_into(file_renditions::table).values(row).execute(connection).await?;
    let row = (
        file_internals::file_id.eq(id),
        file_internals::company_id.eq(upload.company),
        file_internals::project_id.eq(upload.project),
        file_internals::source.eq(FileSource::Upload),
        file_internals::scan_result.eq(scan),
    );
    diesel::insert_into(file_internals::table).values(row).execute(connection).await?;
    let received = file_objects::table
        .filter(file_objects::upload_id.eq(upload.id))
        .filter(file_objects::state.eq(ObjectState::Stored));
    let moved = (file_objects::upload_id.eq(None::<UploadId>), file_objects::rendition_id.eq(rendition));
    let sizes: Vec<i64> =
        diesel::update(received).set(moved).returning(file_objects::size).get_results(connection).await?;
    if sizes.iter().sum::<i64>() != size {
        return Err(StoreError::Failed(format!("the objects of upload {} are not those received", upload.id.0)));
    }
    diesel::update(staged_uploads::table.find(upload.id))
        .set(staged_uploads::file_id.eq(id))
        .execute(connection)
        .await?;
    Ok((id, content_id))
}

/// A file, locked.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = files)]
pub struct LockedFile {
    /// The file.
    pub id: FileId,
    /// The project.
    #[diesel(column_name = project_id)]
    pub project: ProjectId,
    /// The name.
    pub name: String,
    /// The state.
    pub state: FileState,
    /// Whether clients see it.
    pub shared_with_clients: bool,
    /// The person who uploaded it.
    #[diesel(column_name = author_id)]
    pub author: IdentityId,
    /// The capacity in which it was uploaded.
    pub author_kind: AuthorKind,
    /// Increases with changes of name and content.
    pub version: i32,
    /// The kind.
    pub kind: FileKind,
    /// The album.
    #[diesel(column_name = album_id)]
    pub album: Option<AlbumId>,
}

/// A company's file, locked.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_file(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: FileId,
) -> Result<Option<LockedFile>, StoreError> {
    let own = files::table
        .filter(files::id.eq(id))
        .filter(files::company_id.eq(company))
        .filter(files::purpose.eq(FilePurpose::Project));
    Ok(own.select(LockedFile::as_select()).for_no_key_update().first(connection).await.optional()?)
}

/// Changes the name of a locked file.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn rename_file(connection: &mut AsyncPgConnection, file: &LockedFile, name: &str) -> Result<(), StoreError> {
    let change = (files::name.eq(name), files::version.eq(file.version + 1));
    diesel::update(files::table.find(file.id)).set(change).execute(connection).await?;
    Ok(())
}

/// Shares a file with clients, or no longer.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn share_with_clients(
    connection: &mut AsyncPgConnection,
    file: FileId,
    is_shared: bool,
) -> Result<(), StoreError> {
    let change = files::shared_with_clients.eq(is_shared);
    diesel::update(files::table.find(file)).set(change).execute(connection).await?;
    Ok(())
}

/// Trade partners with whom a file is shared.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn trades_of_file(
    connection: &mut AsyncPgConnection,
    file: FileId,
) -> Result<Vec<ProjectMembershipId>, StoreError> {
    let partners = file_trades::table.filter(file_trades::file_id.eq(file)).select(file_trades::project_membership_id);
    Ok(partners.load(connection).await?)
}

/// Shares a file with further trade partners, and no longer with others.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn share_with_trades(
    connection: &mut AsyncPgConnection,
    (company, project, file): (CompanyId, ProjectId, FileId),
    added: &[ProjectMembershipId],
    removed: &[ProjectMembershipId],
) -> Result<(), StoreError> {
    let row = |partner: &ProjectMembershipId| {
        (
            file_trades::file_id.eq(file),
            file_trades::project_membership_id.eq(*partner),
            file_trades::company_id.eq(company),
            file_trades::project_id.eq(project),
        )
    };
    let rows: Vec<_> = added.iter().map(row).collect();
    diesel::insert_into(file_trades::table).values(rows).execute(connection).await?;
    let gone = file_trades::table
        .filter(file_trades::file_id.eq(file))
        .filter(file_trades::project_membership_id.eq_any(removed));
    diesel::delete(gone).execute(connection).await?;
    Ok(())
}

/// Deletes a file at this time, or restores it. One that was withheld is withheld again.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn set_deleted(
    connection: &mut AsyncPgConnection,
    file: FileId,
    deleted_at: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let state = match deleted_at {
        Some(_) => FileState::Deleted,
        None => state_once_restored(connection, file).await?,
    };
    let change = (files::state.eq(state), files::deleted_at.eq(deleted_at));
    diesel::update(files::table.find(file)).set(change).execute(connection).await?;
    Ok(())
}

/// Whether files that staff upload are shared with clients, unless they say otherwise (FIL-8).
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn shares_by_default(connection: &mut AsyncPgConnection, company: CompanyId) -> Result<bool, StoreError> {
    let portal = company_portals::table.find(company).select(company_portals::default_share_files);
    Ok(portal.first(connection).await.optional()?.unwrap_or(true))
}
