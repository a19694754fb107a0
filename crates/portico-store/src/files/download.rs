//! What a download reads: a file, what is downloaded of it, and the objects with its bytes.

use portico_core::files::RenditionKind;
use portico_core::id::{FileId, FileObjectId};

use super::{files_by_id, objects_of_renditions, renditions_of_files};
use crate::{ReadSession, StoreError, Visible};

/// A rendition to download.
#[derive(Debug, Clone)]
pub struct Download {
    /// The name of the file.
    pub name: String,
    /// The media type.
    pub media_type: String,
    /// Size in bytes.
    pub size: i64,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// Its objects, in the order of their bytes.
    pub objects: Vec<StoredObject>,
}

/// An object in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredObject {
    /// The object, which is its key in the store.
    pub id: FileObjectId,
    /// Position of its first byte.
    pub start: i64,
    /// Size in bytes.
    pub size: i64,
}

/// What the viewer may download of a file now. None if the file is hidden from the viewer, if its content was replaced since, and if
/// not all of its bytes are in the store.
///
/// # Errors
///
/// [`StoreError`] if a query fails.
pub async fn download(
    session: &ReadSession,
    file: FileId,
    content_number: i32,
    kind: RenditionKind,
) -> Result<Option<Download>, StoreError> {
    let viewer = session.viewer();
    let found = files_by_id(session, vec![file]).await?;
    let current = |row: &super::FileRow| row.visible_to(viewer) && row.content_number == content_number;
    let Some(file) = found.into_iter().find(current) else { return Ok(None) };
    let found = renditions_of_files(session, vec![(file.project_id, file.id)]).await?;
    let wanted = |row: &super::FileRenditionRow| row.kind == kind && row.is_current && row.visible_to(viewer);
    let Some(rendition) = found.into_iter().find(wanted) else { return Ok(None) };
    let found = objects_of_renditions(session, vec![rendition.id]).await?;
    let objects = found.into_iter().filter(|row| row.visible_to(viewer));
    let objects: Vec<_> = objects.map(|row| StoredObject { id: row.id, start: row.start, size: row.size }).collect();
    let mut end = 0;
    for object in &objects {
        if object.start != end {
            return Ok(None);
        }
        end += object.size;
    }
    let super::FileRenditionRow { media_type, size, sha256, .. } = rendition;
    Ok((end == size).then_some(Download { name: file.name, media_type, size, sha256, objects }))
}
