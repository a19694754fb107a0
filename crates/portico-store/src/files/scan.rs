//! Contents that are scanned for malware, as the worker reads and writes them.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::files::images::FileImagesJob;
use portico_core::files::{FileState, ScanResult};
use portico_core::id::{FileContentId, FileId};

use super::{StoredObject, original_objects, pending_content};
use crate::StoreError;
use crate::schema::base::{file_contents, file_internals, files};

/// A content that waits for its scan.
#[derive(Debug, Clone)]
pub struct ContentToScan {
    /// The file.
    pub file: FileId,
    /// Its objects, in the order of their bytes.
    pub objects: Vec<StoredObject>,
}

/// A content that waits for its scan. None if it does not wait any longer, or was purged.
///
/// # Errors
///
/// [`StoreError`] if a query fails.
pub async fn content_to_scan(
    connection: &mut AsyncPgConnection,
    content: FileContentId,
) -> Result<Option<ContentToScan>, StoreError> {
    let file = file_contents::table.find(content).select(file_contents::file_id);
    let Some(file) = file.first::<FileId>(connection).await.optional()? else { return Ok(None) };
    let scan = file_internals::table.find(file).select(file_internals::scan_result);
    if scan.first::<ScanResult>(connection).await.optional()? != Some(ScanResult::Pending) {
        return Ok(None);
    }
    Ok(Some(ContentToScan { file, objects: original_objects(connection, content).await? }))
}

/// Records the result of a scan, and makes the file available or withholds it. A file that staff have released is withheld only for
/// malware; a deleted one stays deleted. Returns whether it is available.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn record_scan(
    connection: &mut AsyncPgConnection,
    content: FileContentId,
    result: ScanResult,
) -> Result<bool, StoreError> {
    let file = file_contents::table.find(content).select(file_contents::file_id);
    let Some(file) = file.first::<FileId>(connection).await.optional()? else { return Ok(false) };
    let locked = files::table.find(file).select(files::state).for_no_key_update();
    let Some(state) = locked.first::<FileState>(connection).await.optional()? else { return Ok(false) };
    let next = match (state, result) {
        (FileState::Checking, ScanResult::Clean) => FileState::Available,
        (FileState::Checking, _) | (FileState::Available, ScanResult::Infected) => FileState::Quarantined,
        (other, _) => other,
    };
    let internals = file_internals::table.find(file);
    diesel::update(internals).set(file_internals::scan_result.eq(result)).execute(connection).await?;
    if next != state {
        diesel::update(files::table.find(file)).set(files::state.eq(next)).execute(connection).await?;
    }
    Ok(next == FileState::Available)
}

/// Makes a withheld file available, whatever the scanner says and whoever sent it.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn release_file(connection: &mut AsyncPgConnection, file: FileId) -> Result<(), StoreError> {
    let released = file_internals::is_unattributed.eq(false);
    diesel::update(file_internals::table.find(file)).set(released).execute(connection).await?;
    diesel::update(files::table.find(file)).set(files::state.eq(FileState::Available)).execute(connection).await?;
    Ok(())
}

/// The job that follows once a content is available: uploaded without a scanner, found clean, or released. None if there are no images
/// to make of it.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn images_to_make(
    connection: &mut AsyncPgConnection,
    content: FileContentId,
) -> Result<Option<FileImagesJob>, StoreError> {
    let pending = pending_content(connection, content).await?;
    Ok(pending.map(|pending| FileImagesJob::new(pending.company, content)))
}

/// The state to which a deleted file returns: one that was withheld is withheld again.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub(super) async fn state_once_restored(
    connection: &mut AsyncPgConnection,
    file: FileId,
) -> Result<FileState, StoreError> {
    let internals = file_internals::table.find(file);
    let known = internals.select((file_internals::is_unattributed, file_internals::scan_result));
    Ok(match known.first::<(bool, ScanResult)>(connection).await.optional()? {
        Some((true, _) | (_, ScanResult::Infected | ScanResult::Failed)) => FileState::Quarantined,
        Some((_, ScanResult::Pending)) => FileState::Checking,
        Some((_, ScanResult::Clean | ScanResult::NotScanned)) | None => FileState::Available,
    })
}

/// The newest content of a file.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn current_content(
    connection: &mut AsyncPgConnection,
    file: FileId,
) -> Result<Option<FileContentId>, StoreError> {
    let contents = file_contents::table.filter(file_contents::file_id.eq(file)).order(file_contents::number.desc());
    Ok(contents.select(file_contents::id).first(connection).await.optional()?)
}
