//! Uploads in progress.

use async_graphql::{Context, ID, Object, SimpleObject};
use portico_actions::files::StagedUpload as CoreUpload;
use portico_core::files::RenditionKind;
use portico_core::files::limits::OBJECT_BYTES;
use portico_core::files::link::{FileLink, FileLinkPurpose};
use portico_core::id::Tag;
use portico_graphql_macros::gated;

use super::link::address;
use crate::error::ApiError;
use crate::ids;
use crate::scalars::{DateTime, Int64, Url};

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

    /// Address to which the bytes are sent, by tus 1.0 or by `PUT`. It works for you alone. Null if the installation has no host.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    async fn url(&self, ctx: &Context<'_>) -> Result<Option<Url>, ApiError> {
        let upload = &self.0.upload;
        let link = |token| FileLink {
            purpose: FileLinkPurpose::Upload,
            token,
            company: upload.company,
            id: upload.id.0,
            content_number: 0,
            rendition: RenditionKind::Original,
            expires_at: upload.expires_at,
        };
        Ok(address(ctx, upload.company, "", link).await?.map(Into::into))
    }

    /// Recommended size of the body of a `PATCH` request, in bytes.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    async fn chunk_size(&self) -> i32 {
        i32::try_from(OBJECT_BYTES).unwrap_or(i32::MAX)
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

    /// Expiry time.
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
    /// Whether the company will see it.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    company: bool,
    /// Whether trade partners will see it. They see files only after the company shares them.
    #[shared(CLIENT)]
    #[requires(DOCUMENTS_MANAGE)]
    trades: bool,
}
