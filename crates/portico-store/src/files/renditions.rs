//! Images and copies made of photos and videos, as the worker writes them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::files::{ObjectState, RenditionKind, RenditionState};
use portico_core::id::{CompanyId, FileContentId, FileId, FileObjectId, FileRenditionId, ProjectId};
use rust_decimal::Decimal;

use super::StoredObject;
use crate::StoreError;
use crate::schema::base::{file_contents, file_internals, file_objects, file_renditions, files, projects};

/// A content of which images or a copy are to be made.
#[derive(Debug, Clone)]
pub struct PendingContent {
    /// The content.
    pub id: FileContentId,
    /// Its file.
    pub file: FileId,
    /// Its company.
    pub company: CompanyId,
    /// Its project.
    pub project: ProjectId,
    /// Time zone of the project.
    pub time_zone: String,
    /// The media type.
    pub media_type: String,
    /// Size in bytes.
    pub size: i64,
    /// Its objects, in the order of their bytes.
    pub objects: Vec<StoredObject>,
}

/// The content, if it is the current one of its file and its renditions are still to be made.
///
/// # Errors
///
/// [`StoreError`] if a query fails.
pub async fn pending_content(
    connection: &mut AsyncPgConnection,
    id: FileContentId,
) -> Result<Option<PendingContent>, StoreError> {
    let Some((file, number)) = content_of(connection, id).await? else { return Ok(None) };
    let pending = files::table
        .filter(files::id.eq(file))
        .filter(files::content_number.eq(number))
        .filter(files::renditions.eq(RenditionState::Pending));
    let found: Option<(CompanyId, ProjectId, String, i64)> = pending
        .select((files::company_id, files::project_id, files::media_type, files::size))
        .first(connection)
        .await
        .optional()?;
    let Some((company, project, media_type, size)) = found else { return Ok(None) };
    let time_zone: String = projects::table.find(project).select(projects::time_zone).first(connection).await?;
    let objects = original_objects(connection, id).await?;
    Ok(Some(PendingContent { id, file, company, project, time_zone, media_type, size, objects }))
}

/// The objects of a content as it was uploaded, in the order of their bytes.
pub(super) async fn original_objects(
    connection: &mut AsyncPgConnection,
    content: FileContentId,
) -> Result<Vec<StoredObject>, StoreError> {
    let original = file_renditions::table
        .filter(file_renditions::content_id.eq(content))
        .filter(file_renditions::kind.eq(RenditionKind::Original));
    let original: FileRenditionId = original.select(file_renditions::id).first(connection).await?;
    let objects: Vec<(FileObjectId, i64, i64)> = file_objects::table
        .filter(file_objects::rendition_id.eq(original))
        .order(file_objects::start)
        .select((file_objects::id, file_objects::start, file_objects::size))
        .load(connection)
        .await?;
    Ok(objects.into_iter().map(|(id, start, size)| StoredObject { id, start, size }).collect())
}

/// Registers objects before their bytes are written to the store. Until they are those of a rendition, they belong to nothing.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn begin_objects(
    connection: &mut AsyncPgConnection,
    (company, project): (CompanyId, ProjectId),
    parts: &[(i64, i64)],
    now: DateTime<Utc>,
) -> Result<Vec<FileObjectId>, StoreError> {
    let ids: Vec<FileObjectId> = parts.iter().map(|_| FileObjectId::generate()).collect();
    let rows: Vec<_> = ids
        .iter()
        .zip(parts)
        .map(|(id, (start, size))| {
            (
                file_objects::id.eq(*id),
                file_objects::company_id.eq(company),
                file_objects::project_id.eq(project),
                file_objects::start.eq(*start),
                file_objects::size.eq(*size),
                file_objects::state.eq(ObjectState::Pending),
                file_objects::created_at.eq(now),
            )
        })
        .collect();
    diesel::insert_into(file_objects::table).values(rows).execute(connection).await?;
    Ok(ids)
}

/// Gives objects that were registered at this time, and are in the store, to a rendition.
///
/// # Errors
///
/// [`StoreError`] if the write fails, or if an object was given up meanwhile.
pub async fn end_objects(
    connection: &mut AsyncPgConnection,
    rendition: FileRenditionId,
    (objects, begun_at): (&[FileObjectId], DateTime<Utc>),
) -> Result<(), StoreError> {
    let pending = file_objects::table
        .filter(file_objects::id.eq_any(objects))
        .filter(file_objects::state.eq(ObjectState::Pending))
        // One that a sweep has claimed has a later time.
        .filter(file_objects::created_at.eq(begun_at));
    let stored = (file_objects::rendition_id.eq(rendition), file_objects::state.eq(ObjectState::Stored));
    if diesel::update(pending).set(stored).execute(connection).await? != objects.len() {
        return Err(StoreError::Failed(format!("objects of rendition {} were given up", rendition.0)));
    }
    Ok(())
}

/// An image or copy to record, whose objects are in the store.
#[derive(Debug, Clone)]
pub struct NewRendition {
    /// The kind.
    pub kind: RenditionKind,
    /// The media type.
    pub media_type: &'static str,
    /// Size in bytes.
    pub size: i64,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// Width and height of an image, in pixels.
    pub pixels: Option<(i32, i32)>,
    /// Its objects.
    pub objects: Vec<FileObjectId>,
}

/// What a photo says about itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewFacts {
    /// Time at which it was taken.
    pub taken_at: Option<DateTime<Utc>>,
    /// Latitude and longitude of the camera, in degrees.
    pub position: Option<(Decimal, Decimal)>,
}

/// Records the renditions of a content, whose objects were registered at this time. Returns whether they were still to be made; if not, nothing is written, and their objects belong to
/// nothing.
///
/// # Errors
///
/// [`StoreError`] if the write fails, or if an object was given up meanwhile.
pub async fn record_renditions(
    connection: &mut AsyncPgConnection,
    content: &PendingContent,
    (renditions, begun_at): (&[NewRendition], DateTime<Utc>),
    facts: NewFacts,
) -> Result<bool, StoreError> {
    // The file first: of two workers, one finds it pending.
    if !end_renditions(connection, content, RenditionState::Ready).await? {
        return Ok(false);
    }
    if facts.taken_at.is_some() {
        let file = files::table.filter(files::id.eq(content.file));
        diesel::update(file).set(files::taken_at.eq(facts.taken_at)).execute(connection).await?;
    }
    for rendition in renditions {
        let id = FileRenditionId::generate();
        let row = (
            file_renditions::id.eq(id),
            file_renditions::content_id.eq(content.id),
            file_renditions::file_id.eq(content.file),
            file_renditions::company_id.eq(content.company),
            file_renditions::project_id.eq(content.project),
            file_renditions::kind.eq(rendition.kind),
            file_renditions::is_current.eq(true),
            // Made of pixels alone, or of pictures and sound.
            file_renditions::is_clean.eq(true),
            file_renditions::media_type.eq(rendition.media_type),
            file_renditions::size.eq(rendition.size),
            file_renditions::sha256.eq(&rendition.sha256),
            file_renditions::width.eq(rendition.pixels.map(|(width, _)| width)),
            file_renditions::height.eq(rendition.pixels.map(|(_, height)| height)),
        );
        diesel::insert_into(file_renditions::table).values(row).execute(connection).await?;
        end_objects(connection, id, (&rendition.objects, begun_at)).await?;
    }
    if let Some((latitude, longitude)) = facts.position {
        let position = (file_internals::latitude.eq(latitude), file_internals::longitude.eq(longitude));
        let internals = file_internals::table.filter(file_internals::file_id.eq(content.file));
        diesel::update(internals).set(position).execute(connection).await?;
    }
    Ok(true)
}

/// Records that no renditions can be made of a content.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn record_unfit(connection: &mut AsyncPgConnection, content: &PendingContent) -> Result<(), StoreError> {
    end_renditions(connection, content, RenditionState::Failed).await.map(drop)
}

async fn end_renditions(
    connection: &mut AsyncPgConnection,
    content: &PendingContent,
    state: RenditionState,
) -> Result<bool, StoreError> {
    let Some((file, number)) = content_of(connection, content.id).await? else { return Ok(false) };
    let pending = files::table
        .filter(files::id.eq(file))
        .filter(files::content_number.eq(number))
        .filter(files::renditions.eq(RenditionState::Pending));
    Ok(diesel::update(pending).set(files::renditions.eq(state)).execute(connection).await? == 1)
}

/// The file and the number of a content.
async fn content_of(
    connection: &mut AsyncPgConnection,
    id: FileContentId,
) -> Result<Option<(FileId, i32)>, StoreError> {
    let content = file_contents::table.find(id).select((file_contents::file_id, file_contents::number));
    Ok(content.first(connection).await.optional()?)
}
