//! Uploads in progress.

use async_graphql::{ID, Object, SimpleObject};
use portico_actions::files::StagedUpload as CoreUpload;
use portico_core::id::Tag;
use portico_graphql_macros::gated;

use crate::ids;
use crate::scalars::{DateTime, Int64};

pub(crate) struct StagedUpload(pub(super) CoreUpload);

/// Upload in progress.
#[gated]
#[Object]
impl StagedUpload {
    /// ID of the upload, for `fileFinalize`.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    async fn id(&self) -> ID {
        ids::global(Tag::UPLOAD, self.0.upload.id.0)
    }

    /// Name that the file will have: the one of the input, without characters that names of files cannot have.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    async fn name(&self) -> &str {
        &self.0.upload.name
    }

    /// Size of the file, in bytes.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    async fn size(&self) -> Int64 {
        self.0.upload.size.into()
    }

    /// Bytes that were received.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    async fn received(&self) -> Int64 {
        self.0.upload.received.into()
    }

    /// Time at which the upload ends unless it is finished.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    async fn expires_at(&self) -> DateTime {
        self.0.upload.expires_at.into()
    }

    /// Who will see the file.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    async fn will_be_visible_to(&self) -> UploadAudience {
        UploadAudience { clients: self.0.for_clients, company: true, trades: false }
    }
}

/// Who will see a file.
#[gated]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct UploadAudience {
    /// Whether all clients of the project will see it.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    clients: bool,
    /// Whether the company's staff will see it.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    company: bool,
    /// Whether trade partners will see it. They see files only after staff share them.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    trades: bool,
}
