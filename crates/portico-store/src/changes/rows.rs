//! What a reader was sent of a project's records.

use portico_core::changes::Sent;
use portico_core::id::{CompanyId, ProjectId, Tag};
use portico_store_macros::role_view;
use uuid::Uuid;

use crate::StoreError;
use crate::visible::visible_with_its_project;

/// The viewer's state of a project. A reader who was sent nothing yet has no position.
#[role_view(sync_states(project_id))]
pub struct SyncStateRow {
    /// The project.
    pub project_id: ProjectId,
    /// Its company.
    pub company_id: CompanyId,
    /// The membership or API key that reads.
    pub reader_id: Uuid,
    /// Position of the last change, counted for this reader alone.
    pub position: Option<i64>,
    /// Position up to which what the viewer was sent has been deleted.
    pub deleted_position: Option<i64>,
}

/// The last change of a record that the viewer was sent.
#[role_view(synced_records(reader_id, project_id, kind, record_id))]
pub struct SyncedRecordRow {
    /// The project.
    pub project_id: ProjectId,
    /// Its company.
    pub company_id: CompanyId,
    /// The membership or API key that reads.
    pub reader_id: Uuid,
    /// Type tag of the record's global ID.
    pub kind: String,
    /// The record.
    pub record_id: Uuid,
    /// Digest of what the viewer may see of it. None once it is no longer shared.
    pub digest: Option<Uuid>,
    /// Position at which the viewer first received it.
    pub created_position: i64,
    /// Position of the last change.
    pub position: i64,
}

impl SyncedRecordRow {
    /// The change that the viewer was sent.
    pub(super) fn sent(&self) -> Result<Sent, StoreError> {
        let Self { kind, record_id: id, digest, created_position: created, position, .. } = self;
        Ok(Sent { kind: tag_of(kind)?, id: *id, is_removed: digest.is_none(), created: *created, position: *position })
    }
}

/// The type tag of a kind.
pub(super) fn tag_of(kind: &str) -> Result<Tag, StoreError> {
    Tag::of_text(kind).ok_or_else(|| StoreError::Failed(format!("{kind:?} is not a kind of record")))
}

visible_with_its_project!(SyncStateRow, SyncedRecordRow);
