//! Write operations on files of records.

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::files::{FileAttach, FileAttachmentUpdate, FileDetach};
use portico_core::files::AttachmentRecord;
use portico_core::id::{FileAttachmentId, GlobalId, Tag};
use portico_graphql_macros::gated;
use portico_loader::files::AttachmentById;

use super::{File, FileAttachment};
use crate::act::{act, carry_out, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::node::node_by_id;

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct FileAttachInput {
    /// ID of the file.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    file_id: ID,
    /// ID of a selection of the project. The company can also name an option of a selection, or a task.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    record_id: ID,
    /// Whether clients do not see the file on this record. Omit to show it.
    #[requires(DOCUMENTS_MANAGE)]
    hidden_from_clients: Option<bool>,
    /// Whether to share the file with the trade partners to whom the task is assigned, if they have web access. Omit to keep its
    /// sharing.
    #[requires(DOCUMENTS_MANAGE)]
    share_with_assignees: Option<bool>,
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    idempotency_key: String,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct FileDetachInput {
    /// ID of the attachment.
    #[requires(DOCUMENTS_MANAGE)]
    id: ID,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct FileAttachmentUpdateInput {
    /// ID of the attachment.
    #[requires(DOCUMENTS_MANAGE)]
    id: ID,
    /// Whether clients do not see the file on this record. Omit to keep the current value.
    #[requires(DOCUMENTS_MANAGE)]
    hidden_from_clients: Option<bool>,
}

payload! {
    FileAttachPayload for (CLIENT, STAFF) {
        /// The file on the record.
        attachment: FileAttachment,
    }
}

payload! {
    FileDetachPayload for (STAFF) {
        /// The file.
        file: File,
    }
}

payload! {
    FileAttachmentUpdatePayload for (STAFF) {
        /// The file on the record.
        attachment: FileAttachment,
    }
}

async fn attachment(ctx: &Context<'_>, id: FileAttachmentId) -> Result<Option<FileAttachment>, ApiError> {
    Ok(load(ctx, AttachmentById(id)).await?.map(FileAttachment))
}

#[derive(Default)]
pub(crate) struct AttachmentMutations;

/// Write operations on files of records.
#[gated]
#[Object]
impl AttachmentMutations {
    /// Attaches a file to a record. Clients attach files to selections. It does not change who sees the file. A file that is attached
    /// already stays as it is.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    async fn file_attach(&self, ctx: &Context<'_>, input: FileAttachInput) -> Result<FileAttachPayload, ApiError> {
        let file = ids::read(&input.file_id, "input.fileId")?;
        let record: GlobalId = ids::read(&input.record_id, "input.recordId")?;
        let kind = AttachmentRecord::of_tag(record.tag);
        let action = FileAttach {
            file: file.of_kind(Tag::FILE).unwrap_or_default().into(),
            record: kind.map(|kind| (kind, record.uuid)),
            sees_file: node_by_id(ctx, file).await?.is_some(),
            sees_record: kind.is_some() && node_by_id(ctx, record).await?.is_some(),
            hidden_from_clients: input.hidden_from_clients.unwrap_or_default(),
            shares_with_assignees: input.share_with_assignees.unwrap_or_default(),
            idempotency_key: input.idempotency_key,
        };
        Ok(match carry_out(ctx, move |actor| action.run(actor)).await? {
            Ok(id) => FileAttachPayload::done(attachment(ctx, id).await?),
            Err(refused) => FileAttachPayload::refused(refused),
        })
    }

    /// Detaches a file from a record. The file remains.
    #[requires(DOCUMENTS_MANAGE)]
    async fn file_detach(&self, ctx: &Context<'_>, input: FileDetachInput) -> Result<FileDetachPayload, ApiError> {
        let id = ids::read_as(&input.id, "input.id", Tag::FILE_ATTACHMENT)?;
        let action = FileDetach { id, is_seen: attachment(ctx, id).await?.is_some() };
        Ok(match act(ctx, action).await? {
            Ok(id) => FileDetachPayload::done(super::mutations::file(ctx, id).await?),
            Err(refused) => FileDetachPayload::refused(refused),
        })
    }

    /// Hides a file from clients on a record, or shows it. Takes effect at once.
    #[requires(DOCUMENTS_MANAGE)]
    async fn file_attachment_update(
        &self,
        ctx: &Context<'_>,
        input: FileAttachmentUpdateInput,
    ) -> Result<FileAttachmentUpdatePayload, ApiError> {
        let id = ids::read_as(&input.id, "input.id", Tag::FILE_ATTACHMENT)?;
        let is_seen = attachment(ctx, id).await?.is_some();
        let action = FileAttachmentUpdate { id, is_seen, hidden_from_clients: input.hidden_from_clients };
        Ok(match act(ctx, action).await? {
            Ok(id) => FileAttachmentUpdatePayload::done(attachment(ctx, id).await?),
            Err(refused) => FileAttachmentUpdatePayload::refused(refused),
        })
    }
}
