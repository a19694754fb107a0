//! Files on records.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::{FileId, GlobalId, ProjectId, Tag};
use portico_graphql_macros::gated;
use portico_loader::files::{AttachmentsOfFile, AttachmentsOfRecord, FileAttachmentRow, FileIn};
use uuid::Uuid;

use super::File;
use crate::direct::Direct;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::node::{Node, node_by_id};
use crate::scalars::DateTime;

pub(crate) struct FileAttachment(pub(crate) Arc<FileAttachmentRow>);

/// File on a task, selection, option of a selection, or message.
#[gated]
#[Object]
impl FileAttachment {
    #[shared(CLIENT, TRADE, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::FILE_ATTACHMENT, self.0.id.0)
    }

    /// Project ID.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn project_id(&self) -> ID {
        ids::global(Tag::PROJECT, self.0.project_id.0)
    }

    /// File.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn file(&self, ctx: &Context<'_>) -> Result<File, ApiError> {
        let file = load(ctx, FileIn(self.0.project_id, self.0.file_id)).await?;
        file.map(File).ok_or_else(|| ApiError::Internal("an attachment without its file".to_owned()))
    }

    /// Record with the file. Null if you have no access to it.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn record(&self, ctx: &Context<'_>) -> Result<Option<Node>, ApiError> {
        node_by_id(ctx, GlobalId::new(self.0.record_kind.tag(), self.0.record_id)).await
    }

    /// Time at which the file was attached.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn created_at(&self) -> DateTime;

    /// Whether clients do not see the file on this record. They may see it elsewhere.
    #[shared(STAFF)]
    async fn hidden_from_clients(&self) -> bool {
        self.0.hidden_from_clients.unwrap_or_default()
    }
}

/// The files of a record, in the order in which they were attached.
pub(crate) async fn attachments_of(
    ctx: &Context<'_>,
    project: ProjectId,
    record: Uuid,
) -> Result<Vec<Direct<FileAttachment>>, ApiError> {
    let rows = load(ctx, AttachmentsOfRecord(project, record)).await?;
    Ok(rows.iter().map(|row| FileAttachment(Arc::clone(row)).into()).collect())
}

/// The records of a file, in the order in which it was attached.
pub(super) async fn attachments_with(
    ctx: &Context<'_>,
    project: ProjectId,
    file: FileId,
) -> Result<Vec<Direct<FileAttachment>>, ApiError> {
    let rows = load(ctx, AttachmentsOfFile(project, file)).await?;
    Ok(rows.iter().map(|row| FileAttachment(Arc::clone(row)).into()).collect())
}
