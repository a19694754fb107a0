//! Files, as actions write them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::files::sniff::Content;
use portico_core::files::{
    FileAuthorKind, FileKind, FilePurpose, FileSource, FileState, ImageSource, ObjectState, RenditionKind,
    RenditionState, ScanResult,
};
use portico_core::id::{
    AlbumId, CompanyId, FileContentId, FileId, FileRenditionId, IdentityId, ProjectId, ProjectMembershipId, UploadId,
};

use super::StoredUpload;
use super::scan::state_once_restored;
use crate::StoreError;
use crate::schema::base::{
    company_portals, file_contents, file_internals, file_objects, file_renditions, file_trades, files, staged_uploads,
};

/// Who adds a file.
#[derive(Debug, Clone)]
pub struct FileAuthor {
    /// The person; none for the sender of a mail who is no member.
    pub id: Option<IdentityId>,
    /// The capacity.
    pub kind: FileAuthorKind,
    /// The name, as readers know it; for such a sender, the address.
    pub name: String,
}

/// A file to insert.
#[derive(Debug, Clone)]
pub struct NewFile<'a> {
    /// The company.
    pub company: CompanyId,
    /// The project.
    pub project: ProjectId,
    /// Who adds it.
    pub author: &'a FileAuthor,
    /// How it arrived.
    pub source: FileSource,
    /// The name.
    pub name: &'a str,
    /// Size in bytes.
    pub size: i64,
    /// The type of its content.
    pub content: Content,
    /// SHA-256 of its content.
    pub sha256: &'a str,
    /// Whether clients see it.
    pub shared_with_clients: bool,
    /// Whether it is withheld until it is scanned.
    pub is_scanned: bool,
    /// The time.
    pub at: DateTime<Utc>,
}

/// A file that was inserted, and has no bytes yet.
#[derive(Debug, Clone, Copy)]
pub struct InsertedFile {
    /// The file.
    pub file: FileId,
    /// Its content.
    pub content: FileContentId,
    /// Its original.
    pub original: FileRenditionId,
    /// State of its images.
    pub images: RenditionState,
}

/// Inserts a file. One whose sender is no member is withheld.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_file(connection: &mut AsyncPgConnection, new: NewFile<'_>) -> Result<InsertedFile, StoreError> {
    let NewFile { company, project, author, source, name, size, content, sha256, shared_with_clients, is_scanned, at } =
        new;
    let is_unattributed = author.kind == FileAuthorKind::Sender;
    let state = match (is_unattributed, is_scanned) {
        (true, _) => FileState::Quarantined,
        (_, true) => FileState::Checking,
        _ => FileState::Available,
    };
    let scan = if is_scanned { ScanResult::Pending } else { ScanResult::NotScanned };
    let images = match (content.kind, ImageSource::of_type(content.media_type)) {
        (FileKind::File, _) => RenditionState::None,
        (FileKind::Photo | FileKind::Video, Some(_)) => RenditionState::Pending,
        (FileKind::Photo | FileKind::Video, None) => RenditionState::Failed,
    };
    let (id, content_id, original) = (FileId::generate(), FileContentId::generate(), FileRenditionId::generate());
    let media_type = content.media_type;
    let file = (
        (files::id.eq(id), files::company_id.eq(company), files::project_id.eq(project)),
        files::kind.eq(content.kind),
        files::purpose.eq(FilePurpose::Project),
        files::name.eq(name),
        files::state.eq(state),
        files::shared_with_clients.eq(shared_with_clients),
        files::author_id.eq(author.id),
        files::author_kind.eq(author.kind),
        files::author_name.eq(&author.name),
        files::media_type.eq(media_type),
        files::size.eq(size),
        files::sha256.eq(sha256),
        files::renditions.eq(images),
        files::created_at.eq(at),
    );
    diesel::insert_into(files::table).values(file).execute(connection).await?;
    let row = (
        file_contents::id.eq(content_id),
        file_contents::file_id.eq(id),
        file_contents::company_id.eq(company),
        file_contents::project_id.eq(project),
        file_contents::number.eq(1),
        file_contents::media_type.eq(media_type),
        file_contents::size.eq(size),
        file_contents::sha256.eq(sha256),
        file_contents::author_id.eq(author.id),
        file_contents::author_name.eq(&author.name),
        file_contents::created_at.eq(at),
    );
    diesel::insert_into(file_contents::table).values(row).execute(connection).await?;
    let row = (
        file_renditions::id.eq(original),
        file_renditions::content_id.eq(content_id),
        file_renditions::file_id.eq(id),
        file_renditions::company_id.eq(company),
        file_renditions::project_id.eq(project),
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
        file_internals::company_id.eq(company),
        file_internals::project_id.eq(project),
        file_internals::source.eq(source),
        file_internals::scan_result.eq(scan),
        file_internals::is_unattributed.eq(is_unattributed),
    );
    diesel::insert_into(file_internals::table).values(row).execute(connection).await?;
    Ok(InsertedFile { file: id, content: content_id, original, images })
}

/// Gives the objects of an upload to its file, which finishes the upload.
///
/// # Errors
///
/// [`StoreError`] if the write fails, or if the objects are not all there.
pub async fn finish_upload(
    connection: &mut AsyncPgConnection,
    upload: &StoredUpload,
    new: InsertedFile,
) -> Result<(), StoreError> {
    let received = file_objects::table
        .filter(file_objects::upload_id.eq(upload.id))
        .filter(file_objects::state.eq(ObjectState::Stored));
    let moved = (file_objects::upload_id.eq(None::<UploadId>), file_objects::rendition_id.eq(new.original));
    let sizes: Vec<i64> =
        diesel::update(received).set(moved).returning(file_objects::size).get_results(connection).await?;
    if sizes.iter().sum::<i64>() != upload.size {
        return Err(StoreError::Failed(format!("the objects of upload {} are not those received", upload.id.0)));
    }
    let finished = staged_uploads::file_id.eq(new.file);
    diesel::update(staged_uploads::table.find(upload.id)).set(finished).execute(connection).await?;
    Ok(())
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
    /// The person who added it; none for a sender who is no member.
    #[diesel(column_name = author_id)]
    pub author: Option<IdentityId>,
    /// The capacity in which it was added.
    pub author_kind: FileAuthorKind,
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
