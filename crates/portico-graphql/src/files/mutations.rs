//! Write operations on files.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use portico_actions::files::{
    FileDelete, FileFinalize, FileRelease, FileRestore, FileShare, FileUpdate, StagedUploadCancel, StagedUploadCreate,
};
use portico_core::id::{FileId, ProjectId, Tag};
use portico_graphql_macros::gated;
use portico_loader::files::FileById;
use portico_loader::projects::ProjectById;

use super::{File, StagedUpload};
use crate::act::{carry_out, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::projects::Project;
use crate::scalars::{Int64, changed};

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct StagedUploadCreateInput {
    /// ID of the project.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    project_id: ID,
    /// Name of the file, with its extension. Characters that names of files cannot have are replaced.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    name: String,
    /// Size in bytes.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    size: Int64,
    /// SHA-256 of the content, 64 hexadecimal digits. Omit if it is not known yet.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    sha256: Option<String>,
    /// Whether clients will see the file. Omit for the company's default.
    #[requires(DOCUMENTS_MANAGE)]
    share_with_clients: Option<bool>,
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    idempotency_key: String,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct FileFinalizeInput {
    /// ID of the upload.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    upload_id: ID,
    /// SHA-256 of the content, 64 hexadecimal digits. Omit if the app cannot compute it.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    sha256: Option<String>,
    /// Whether clients will see the file. Omit to keep the value of `stagedUploadCreate`.
    #[requires(DOCUMENTS_MANAGE)]
    share_with_clients: Option<bool>,
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    idempotency_key: String,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct StagedUploadCancelInput {
    /// ID of the upload.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    upload_id: ID,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct FileShareInput {
    /// ID of the file.
    #[requires(DOCUMENTS_MANAGE)]
    id: ID,
    /// Whether clients see the file. Omit to keep the current value.
    #[requires(DOCUMENTS_MANAGE)]
    shared_with_clients: Option<bool>,
    /// Memberships of the trade partners who see the file, at most 100; they need web access to the project. Replaces the list. Omit to
    /// keep it.
    #[requires(DOCUMENTS_MANAGE)]
    trade_ids: Option<Vec<ID>>,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct FileUpdateInput {
    /// ID of the file.
    #[requires(DOCUMENTS_MANAGE)]
    id: ID,
    #[requires(DOCUMENTS_MANAGE)]
    expected_version: i32,
    /// Name of the file, with its extension. Characters that names of files cannot have are replaced.
    #[requires(DOCUMENTS_MANAGE)]
    name: Option<String>,
    /// ID of an album of the project. A file is in one album at most.
    #[requires(DOCUMENTS_MANAGE)]
    album_id: MaybeUndefined<ID>,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct FileDeleteInput {
    /// ID of the file.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    id: ID,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct FileRestoreInput {
    /// ID of the file.
    #[requires(DOCUMENTS_MANAGE)]
    id: ID,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct FileReleaseInput {
    /// ID of the file.
    #[requires(DOCUMENTS_MANAGE)]
    id: ID,
}

payload! {
    StagedUploadCreatePayload for (CLIENT, STAFF) {
        /// The upload.
        upload: StagedUpload,
    }
}

payload! {
    FileFinalizePayload for (CLIENT, STAFF) {
        /// The file. For clients null, without an error, while it is checked for malware.
        file: File,
    }
}

payload! {
    StagedUploadCancelPayload for (CLIENT, STAFF) {
        /// The project.
        project: Project,
    }
}

payload! {
    FileSharePayload for (STAFF) {
        /// The file.
        file: File,
    }
}

payload! {
    FileUpdatePayload for (STAFF) {
        /// The file.
        file: File,
    }
}

payload! {
    FileDeletePayload for (CLIENT, STAFF) {
        /// The project.
        project: Project,
    }
}

payload! {
    FileRestorePayload for (STAFF) {
        /// The file.
        file: File,
    }
}

payload! {
    FileReleasePayload for (STAFF) {
        /// The file.
        file: File,
    }
}

pub(super) async fn file(ctx: &Context<'_>, id: FileId) -> Result<Option<File>, ApiError> {
    Ok(load(ctx, FileById(id)).await?.map(File))
}

pub(super) async fn project(ctx: &Context<'_>, id: ProjectId) -> Result<Option<Project>, ApiError> {
    Ok(load(ctx, ProjectById(id)).await?.map(Project))
}

#[derive(Default)]
pub(crate) struct FileMutations;

/// Write operations on files.
#[gated]
#[Object]
impl FileMutations {
    /// Starts the upload of a file to a project. The payload tells who will see the file. Files of clients are always shared with all
    /// clients of the project.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    async fn staged_upload_create(
        &self,
        ctx: &Context<'_>,
        input: StagedUploadCreateInput,
    ) -> Result<StagedUploadCreatePayload, ApiError> {
        let action = StagedUploadCreate {
            project: ids::read_as(&input.project_id, "input.projectId", Tag::PROJECT)?,
            name: input.name,
            size: input.size.checked("input.size")?,
            sha256: input.sha256,
            share_with_clients: input.share_with_clients,
            idempotency_key: input.idempotency_key,
        };
        Ok(match carry_out(ctx, move |actor| action.run(actor)).await? {
            Ok(upload) => StagedUploadCreatePayload::done(StagedUpload(upload)),
            Err(refused) => StagedUploadCreatePayload::refused(refused),
        })
    }

    /// Finishes an upload: checks the content, and adds the file to the project.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    async fn file_finalize(
        &self,
        ctx: &Context<'_>,
        input: FileFinalizeInput,
    ) -> Result<FileFinalizePayload, ApiError> {
        let action = FileFinalize {
            upload: ids::read_as(&input.upload_id, "input.uploadId", Tag::UPLOAD)?,
            sha256: input.sha256,
            share_with_clients: input.share_with_clients,
            idempotency_key: input.idempotency_key,
        };
        Ok(match carry_out(ctx, move |actor| action.run(actor)).await? {
            Ok(id) => FileFinalizePayload::done(file(ctx, id).await?),
            Err(refused) => FileFinalizePayload::refused(refused),
        })
    }

    /// Cancels your own upload.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    async fn staged_upload_cancel(
        &self,
        ctx: &Context<'_>,
        input: StagedUploadCancelInput,
    ) -> Result<StagedUploadCancelPayload, ApiError> {
        let action = StagedUploadCancel { upload: ids::read_as(&input.upload_id, "input.uploadId", Tag::UPLOAD)? };
        Ok(match carry_out(ctx, move |actor| action.run(actor)).await? {
            Ok(id) => StagedUploadCancelPayload::done(project(ctx, id).await?),
            Err(refused) => StagedUploadCancelPayload::refused(refused),
        })
    }

    /// Sets with whom a file is shared. Takes effect at once, also for links to the file.
    #[requires(DOCUMENTS_MANAGE)]
    async fn file_share(&self, ctx: &Context<'_>, input: FileShareInput) -> Result<FileSharePayload, ApiError> {
        let partner = |id: &ID| ids::read_as(id, "input.tradeIds", Tag::PROJECT_MEMBERSHIP);
        let action = FileShare {
            id: ids::read_as(&input.id, "input.id", Tag::FILE)?,
            shared_with_clients: input.shared_with_clients,
            trades: input.trade_ids.map(|ids| ids.iter().map(partner).collect()).transpose()?,
        };
        Ok(match carry_out(ctx, move |actor| action.run(actor)).await? {
            Ok(id) => FileSharePayload::done(file(ctx, id).await?),
            Err(refused) => FileSharePayload::refused(refused),
        })
    }

    /// Changes the name of a file, or puts it into an album.
    #[requires(DOCUMENTS_MANAGE)]
    async fn file_update(&self, ctx: &Context<'_>, input: FileUpdateInput) -> Result<FileUpdatePayload, ApiError> {
        let FileUpdateInput { id, expected_version, name, album_id } = input;
        let album = |id: Option<ID>| id.map(|id| ids::read_as(&id, "input.albumId", Tag::ALBUM)).transpose();
        let action = FileUpdate {
            id: ids::read_as(&id, "input.id", Tag::FILE)?,
            expected_version,
            name,
            album: changed(album_id).map(album).transpose()?,
        };
        Ok(match carry_out(ctx, move |actor| action.run(actor)).await? {
            Ok(id) => FileUpdatePayload::done(file(ctx, id).await?),
            Err(refused) => FileUpdatePayload::refused(refused),
        })
    }

    /// Deletes a file. Clients can delete their own uploads. The company can restore it until it is purged, 30 days later by default.
    /// Evidence of a decision cannot be deleted.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    async fn file_delete(&self, ctx: &Context<'_>, input: FileDeleteInput) -> Result<FileDeletePayload, ApiError> {
        let action = FileDelete { id: ids::read_as(&input.id, "input.id", Tag::FILE)? };
        Ok(match carry_out(ctx, move |actor| action.run(actor)).await? {
            Ok(id) => FileDeletePayload::done(project(ctx, id).await?),
            Err(refused) => FileDeletePayload::refused(refused),
        })
    }

    /// Restores a deleted file, with its former sharing.
    #[requires(DOCUMENTS_MANAGE)]
    async fn file_restore(&self, ctx: &Context<'_>, input: FileRestoreInput) -> Result<FileRestorePayload, ApiError> {
        let action = FileRestore { id: ids::read_as(&input.id, "input.id", Tag::FILE)? };
        Ok(match carry_out(ctx, move |actor| action.run(actor)).await? {
            Ok(id) => FileRestorePayload::done(file(ctx, id).await?),
            Err(refused) => FileRestorePayload::refused(refused),
        })
    }

    /// Makes a file available that is being checked for malware or is quarantined. Its sharing then applies; a file that was mailed by others is not shared.
    #[requires(DOCUMENTS_MANAGE)]
    async fn file_release(&self, ctx: &Context<'_>, input: FileReleaseInput) -> Result<FileReleasePayload, ApiError> {
        let action = FileRelease { id: ids::read_as(&input.id, "input.id", Tag::FILE)? };
        Ok(match carry_out(ctx, move |actor| action.run(actor)).await? {
            Ok(id) => FileReleasePayload::done(file(ctx, id).await?),
            Err(refused) => FileReleasePayload::refused(refused),
        })
    }
}
