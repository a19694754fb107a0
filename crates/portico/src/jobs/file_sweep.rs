//! Deletes the bytes of objects that belong to nothing: of failed and expired uploads, and of purged files.

use chrono::{DateTime, Utc};
use portico_adapters::files::FileStore;
use portico_store::files::{claim_unused_objects, delete_objects};
use portico_store::{AsyncPgConnection, StoreError, Writer};
use uuid::Uuid;

/// Number of objects in one round.
const BATCH: i64 = 100;

/// Deletes all unused objects. Their rows are deleted last, so a store that is gone, or a worker that dies, leaves them to a later
/// sweep.
pub(super) async fn sweep(writer: &Writer, store: &FileStore, now: DateTime<Utc>) {
    let mut count = 0;
    loop {
        match round(writer, store, now).await {
            Ok(deleted) => {
                count += deleted;
                if i64::try_from(deleted) != Ok(BATCH) {
                    break;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "cannot delete unused objects of files");
                break;
            }
        }
    }
    if count > 0 {
        tracing::info!(count, "unused objects of files deleted");
    }
}

async fn round(writer: &Writer, store: &FileStore, now: DateTime<Utc>) -> Result<usize, String> {
    let fault = |error: StoreError| error.to_string();
    let connection = writer.connection().await.map_err(fault)?;
    // Committed before the deletion, so that no other worker waits for the store.
    let claim = async |tables: &mut AsyncPgConnection| claim_unused_objects(tables, now, BATCH).await;
    let claimed = connection.transaction(claim).await.map_err(fault)?;
    let ids: Vec<Uuid> = claimed.iter().map(|object| object.0).collect();
    store.delete(&ids).await.map_err(|error| error.to_string())?;
    let connection = writer.connection().await.map_err(fault)?;
    let delete = async |tables: &mut AsyncPgConnection| delete_objects(tables, &claimed).await;
    connection.transaction(delete).await.map_err(fault)?;
    Ok(claimed.len())
}
