//! Uploads in progress, and the objects that they receive.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::files::ObjectState;
use portico_core::id::{CompanyId, FileId, FileObjectId, IdentityId, ProjectId, UploadId};
use portico_core::messages::AuthorKind;

use crate::StoreError;
use crate::schema::base::{file_objects, staged_uploads};

/// Age of an object without an end at which its upload counts as failed, and duration of a worker's claim.
const OBJECT_LEASE: TimeDelta = TimeDelta::hours(1);

/// An upload to insert.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// The company.
    pub company: CompanyId,
    /// The project.
    pub project: ProjectId,
    /// The person.
    pub author: IdentityId,
    /// The capacity.
    pub author_kind: AuthorKind,
    /// The name of the file.
    pub name: String,
    /// Its size in bytes.
    pub size: i64,
    /// SHA-256 of the content, if it is known.
    pub sha256: Option<String>,
    /// Whether clients will see the file.
    pub share_with_clients: bool,
    /// Time of the creation.
    pub created_at: DateTime<Utc>,
    /// Time at which it ends unless it is finished.
    pub expires_at: DateTime<Utc>,
}

/// Inserts an upload.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_upload(connection: &mut AsyncPgConnection, new: NewUpload) -> Result<UploadId, StoreError> {
    let id = UploadId::generate();
    let row = (
        staged_uploads::id.eq(id),
        staged_uploads::company_id.eq(new.company),
        staged_uploads::project_id.eq(new.project),
        staged_uploads::author_id.eq(new.author),
        staged_uploads::author_kind.eq(new.author_kind),
        staged_uploads::name.eq(new.name),
        staged_uploads::size.eq(new.size),
        staged_uploads::sha256.eq(new.sha256),
        staged_uploads::share_with_clients.eq(new.share_with_clients),
        staged_uploads::created_at.eq(new.created_at),
        staged_uploads::expires_at.eq(new.expires_at),
    );
    diesel::insert_into(staged_uploads::table).values(row).execute(connection).await?;
    Ok(id)
}

/// An upload, as actions read it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = staged_uploads)]
pub struct StoredUpload {
    /// The upload.
    pub id: UploadId,
    /// The company.
    #[diesel(column_name = company_id)]
    pub company: CompanyId,
    /// The project.
    #[diesel(column_name = project_id)]
    pub project: ProjectId,
    /// The person.
    #[diesel(column_name = author_id)]
    pub author: IdentityId,
    /// The capacity.
    pub author_kind: AuthorKind,
    /// The name of the file.
    pub name: String,
    /// Its size in bytes.
    pub size: i64,
    /// Bytes that were received.
    pub received: i64,
    /// SHA-256 of the content, as announced.
    pub sha256: Option<String>,
    /// State of the hash of the bytes received; none before the first.
    pub hash_state: Option<String>,
    /// The first bytes, encoded.
    pub head: String,
    /// Whether clients will see the file.
    pub share_with_clients: bool,
    /// The file of a finished upload.
    #[diesel(column_name = file_id)]
    pub file: Option<FileId>,
    /// Time at which it ends unless it is finished.
    pub expires_at: DateTime<Utc>,
}

/// A company's upload, also an expired one.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn find_upload(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: UploadId,
) -> Result<Option<StoredUpload>, StoreError> {
    let own = staged_uploads::table.filter(staged_uploads::id.eq(id)).filter(staged_uploads::company_id.eq(company));
    Ok(own.select(StoredUpload::as_select()).first(connection).await.optional()?)
}

/// A company's upload, locked, so that it is finished once.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_upload(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: UploadId,
) -> Result<Option<StoredUpload>, StoreError> {
    let own = staged_uploads::table.filter(staged_uploads::id.eq(id)).filter(staged_uploads::company_id.eq(company));
    Ok(own.select(StoredUpload::as_select()).for_update().first(connection).await.optional()?)
}

/// Number and bytes of a person's unfinished uploads in the company.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn open_uploads(
    connection: &mut AsyncPgConnection,
    author: IdentityId,
    now: DateTime<Utc>,
) -> Result<(usize, i64), StoreError> {
    let open = staged_uploads::table
        .filter(staged_uploads::author_id.eq(author))
        .filter(staged_uploads::file_id.is_null())
        .filter(staged_uploads::expires_at.gt(now));
    // Few rows: actions limit their number.
    let sizes: Vec<i64> = open.select(staged_uploads::size).load(connection).await?;
    Ok((sizes.len(), sizes.iter().sum()))
}

/// Deletes an upload. Its objects then belong to nothing.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn delete_upload(connection: &mut AsyncPgConnection, id: UploadId) -> Result<(), StoreError> {
    diesel::delete(staged_uploads::table.find(id)).execute(connection).await?;
    Ok(())
}

/// Number of objects that an upload has received.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn received_objects(connection: &mut AsyncPgConnection, upload: UploadId) -> Result<i64, StoreError> {
    let of_upload = file_objects::table.filter(file_objects::upload_id.eq(upload));
    Ok(of_upload.count().get_result(connection).await?)
}

/// Registers an object before its bytes are written to the store: then none exists without a row.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn begin_object(
    connection: &mut AsyncPgConnection,
    upload: &StoredUpload,
    (start, size): (i64, i64),
    now: DateTime<Utc>,
) -> Result<FileObjectId, StoreError> {
    let id = FileObjectId::generate();
    let row = (
        file_objects::id.eq(id),
        file_objects::company_id.eq(upload.company),
        file_objects::project_id.eq(upload.project),
        file_objects::upload_id.eq(upload.id),
        file_objects::start.eq(start),
        file_objects::size.eq(size),
        file_objects::state.eq(ObjectState::Pending),
        file_objects::created_at.eq(now),
    );
    diesel::insert_into(file_objects::table).values(row).execute(connection).await?;
    Ok(id)
}

/// Bytes of an upload that were written to the store.
#[derive(Debug, Clone)]
pub struct ReceivedObject {
    /// The object.
    pub object: FileObjectId,
    /// Position of its first byte.
    pub start: i64,
    /// Its size in bytes.
    pub size: i64,
    /// State of the hash after it.
    pub hash_state: String,
    /// The first bytes of the upload, encoded.
    pub head: String,
}

/// Adds an object to its upload, if the upload has received exactly the bytes before it. Returns the bytes received; none if
/// another request was faster, or if the object was given up.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn end_object(
    connection: &mut AsyncPgConnection,
    upload: UploadId,
    new: &ReceivedObject,
) -> Result<Option<i64>, StoreError> {
    // The upload first: it orders requests that bring the same bytes.
    let open = staged_uploads::table
        .filter(staged_uploads::id.eq(upload))
        .filter(staged_uploads::received.eq(new.start))
        .filter(staged_uploads::file_id.is_null());
    let received = (
        staged_uploads::received.eq(staged_uploads::received + new.size),
        staged_uploads::hash_state.eq(&new.hash_state),
        staged_uploads::head.eq(&new.head),
    );
    let received: Option<i64> = diesel::update(open)
        .set(received)
        .returning(staged_uploads::received)
        .get_result(connection)
        .await
        .optional()?;
    let Some(received) = received else { return Ok(None) };
    let pending = file_objects::table
        .filter(file_objects::id.eq(new.object))
        .filter(file_objects::upload_id.eq(upload))
        .filter(file_objects::start.eq(new.start))
        .filter(file_objects::size.eq(new.size))
        .filter(file_objects::state.eq(ObjectState::Pending));
    let stored = diesel::update(pending).set(file_objects::state.eq(ObjectState::Stored)).execute(connection).await?;
    Ok((stored == 1).then_some(received))
}

/// Claims objects that belong to nothing, or whose upload has failed, for their deletion from the store. The claim ends after an
/// hour: a worker that stopped meanwhile has deleted some of them at most, and deletes the others then.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn claim_unused_objects(
    connection: &mut AsyncPgConnection,
    now: DateTime<Utc>,
    at_most: i64,
) -> Result<Vec<FileObjectId>, StoreError> {
    let is_unused = file_objects::upload_id
        .is_null()
        .and(file_objects::rendition_id.is_null())
        .and(file_objects::state.eq(ObjectState::Stored));
    // The bytes of a pending object may be on their way.
    let has_failed = file_objects::state.eq(ObjectState::Pending).and(file_objects::created_at.lt(now - OBJECT_LEASE));
    let found: Vec<FileObjectId> = file_objects::table
        .filter(is_unused.or(has_failed))
        .order(file_objects::created_at)
        .limit(at_most)
        .select(file_objects::id)
        .for_update()
        .skip_locked()
        .load(connection)
        .await?;
    // Taken from its upload, so that a request that is still writing it cannot count it.
    let claim = (
        file_objects::upload_id.eq(None::<UploadId>),
        file_objects::state.eq(ObjectState::Pending),
        file_objects::created_at.eq(now),
    );
    diesel::update(file_objects::table.filter(file_objects::id.eq_any(&found))).set(claim).execute(connection).await?;
    Ok(found)
}

/// Deletes the rows of objects that were deleted from the store.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn delete_objects(connection: &mut AsyncPgConnection, objects: &[FileObjectId]) -> Result<(), StoreError> {
    diesel::delete(file_objects::table.filter(file_objects::id.eq_any(objects))).execute(connection).await?;
    Ok(())
}
