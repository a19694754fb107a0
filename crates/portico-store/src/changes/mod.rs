//! What changed in a project for one reader (docs/decisions/0033-changes-since-a-cursor.md).

mod read;
mod rows;
mod sources;
mod writes;

pub use read::{ProjectSync, sync_of_projects};
pub use rows::{SyncStateRow, SyncedRecordRow};
pub use sources::{Readers, SOURCES, Source, UNRELATED};
pub use writes::save_sync;
