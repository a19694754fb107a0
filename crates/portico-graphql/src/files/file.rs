//! The type `File`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use portico_core::id::Tag;
use portico_core::messages::AuthorKind;
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::files::{FileInternalsRow, FileRow, InternalsOfFile, TradesOfFile};

use super::{FileKind, FileSource, FileState, RenditionState, ScanResult};
use crate::direct::Direct;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::memberships::{ProjectTrade, project_trade};
use crate::scalars::{DateTime, Decimal, Int64};

pub(crate) struct File(pub(crate) Arc<FileRow>);

impl File {
    async fn internals(&self, ctx: &Context<'_>) -> Result<Option<Arc<FileInternalsRow>>, ApiError> {
        load(ctx, InternalsOfFile(self.0.project_id, self.0.id)).await
    }
}

/// File or photo of a project.
#[gated]
#[Object]
impl File {
    #[shared(CLIENT, TRADE, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::FILE, self.0.id.0)
    }

    /// Name with its extension: one line, at most 255 bytes.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn name(&self) -> &str;

    /// Kind, determined from the content.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn kind(&self) -> FileKind;

    /// Media type, determined from the content.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn media_type(&self) -> &str;

    /// Size of the uploaded file, in bytes.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn size(&self) -> Int64;

    /// Uploader.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn uploaded_by(&self) -> Direct<FileAuthor> {
        FileAuthor(Arc::clone(&self.0)).into()
    }

    /// Time of the upload.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn created_at(&self) -> DateTime;

    /// Time at which the photo was taken, as its camera recorded it. Null if it is not known.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn taken_at(&self) -> Option<DateTime>;

    /// State of the images made of the file.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn rendition_state(&self) -> RenditionState {
        self.0.renditions.into()
    }

    /// Increases with every change of the name and of the content.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn version(&self) -> i32;

    /// State.
    #[shared(STAFF)]
    async fn state(&self) -> FileState;

    /// Whether clients see the file while it is available.
    #[shared(STAFF)]
    async fn shared_with_clients(&self) -> bool {
        self.0.shared_with_clients.unwrap_or_default()
    }

    /// Trade partners with whom the file is shared. They see it while they have web access to the project.
    #[shared(STAFF)]
    #[list_size(TRADES)]
    async fn shared_with_trades(&self, ctx: &Context<'_>) -> Result<Vec<Direct<ProjectTrade>>, ApiError> {
        let rows = load(ctx, TradesOfFile(self.0.project_id, self.0.id)).await?;
        let partners = rows.iter().map(|row| project_trade(ctx, row.project_membership_id));
        let partners = futures_util::future::try_join_all(partners).await?;
        Ok(partners.into_iter().flatten().map(Into::into).collect())
    }

    /// Time of the deletion. Null unless the file is deleted.
    #[shared(STAFF)]
    async fn deleted_at(&self) -> Option<DateTime>;

    /// Position of the camera. Null if it is not known. Clients and trade partners never download it.
    #[shared(STAFF)]
    async fn taken_at_position(&self, ctx: &Context<'_>) -> Result<Option<GeoPosition>, ApiError> {
        let position = self.internals(ctx).await?.and_then(|row| row.latitude.zip(row.longitude));
        Ok(position.map(|(latitude, longitude)| GeoPosition {
            latitude: latitude.normalize().into(),
            longitude: longitude.normalize().into(),
        }))
    }

    /// Result of the scanner for malware.
    #[shared(STAFF)]
    async fn scan_result(&self, ctx: &Context<'_>) -> Result<Option<ScanResult>, ApiError> {
        Ok(self.internals(ctx).await?.map(|row| row.scan_result.into()))
    }

    /// How the file arrived.
    #[shared(STAFF)]
    async fn source(&self, ctx: &Context<'_>) -> Result<Option<FileSource>, ApiError> {
        Ok(self.internals(ctx).await?.map(|row| row.source.into()))
    }
}

/// Position on Earth, in degrees (WGS 84).
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct GeoPosition {
    /// Latitude, north is positive.
    latitude: Decimal,
    /// Longitude, east is positive.
    longitude: Decimal,
}

pub(crate) struct FileAuthor(Arc<FileRow>);

/// Uploader of a file.
#[gated]
#[Object]
impl FileAuthor {
    /// Name at the time of the upload.
    #[shared(CLIENT, STAFF)]
    async fn name(&self) -> &str {
        self.0.author_name.as_deref().unwrap_or_default()
    }

    /// Whether staff of the company uploaded it; otherwise a client did.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn is_company(&self) -> bool {
        self.0.author_kind == AuthorKind::Company
    }

    /// Whether you uploaded it.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn is_viewer(&self, ctx: &Context<'_>) -> bool {
        let viewer = ctx.data_unchecked::<Loader>().viewer();
        viewer.person.as_ref().is_some_and(|person| person.id == self.0.author_id.0)
    }
}
