//! The type `File`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use portico_core::files::{FileAuthorKind, FileKind as CoreKind, RenditionKind};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::files::{
    AlbumIn, FileInternalsRow, FileRenditionRow, FileRow, InternalsOfFile, RenditionsOfFile, TradesOfFile,
};

use super::attachment::attachments_with;
use super::link::{FileDownload, FileImage, download_of, image_of, inline_url_of};
use super::{Album, FileAttachment, FileKind, FileSource, FileState, ImageSize, RenditionState, ScanResult};
use crate::direct::Direct;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::memberships::{ProjectTrade, project_trades};
use crate::scalars::{DateTime, Decimal, Int64, Url};

/// Media types that browsers show safely at a host of their own.
const SHOWN: [&str; 7] =
    ["image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", "video/mp4", "video/webm"];

pub(crate) struct File(pub(crate) Arc<FileRow>);

impl File {
    /// What can be downloaded of the current content, as far as the viewer may download it.
    async fn renditions(&self, ctx: &Context<'_>) -> Result<Vec<Arc<FileRenditionRow>>, ApiError> {
        let rows = load(ctx, RenditionsOfFile(self.0.project_id, self.0.id)).await?;
        Ok(rows.iter().filter(|row| row.is_current).cloned().collect())
    }

    /// The renditions that are the whole file, the best first: the original, and what those get who may not download it. That is the
    /// largest image of a photo, and of a video the copy, never an image.
    async fn whole(&self, ctx: &Context<'_>) -> Result<Vec<Arc<FileRenditionRow>>, ApiError> {
        let clean = if self.0.kind == CoreKind::Video { RenditionKind::Video } else { RenditionKind::Large };
        let rows = self.renditions(ctx).await?;
        let of = |kind| rows.iter().find(|row| row.kind == kind).cloned();
        Ok([of(RenditionKind::Original), of(clean)].into_iter().flatten().collect())
    }

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

    /// Project ID.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn project_id(&self) -> ID {
        ids::global(Tag::PROJECT, self.0.project_id.0)
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

    /// Time at which the file was uploaded, or received by mail.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn created_at(&self) -> DateTime;

    /// Time at which the photo was taken, as its camera recorded it. Null if it is not known.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn taken_at(&self) -> Option<DateTime>;

    /// State of the images made of the file, and of the copy of a video.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn rendition_state(&self) -> RenditionState {
        self.0.renditions.into()
    }

    /// Increases with every change of the name and of the content.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn version(&self) -> i32;

    /// Download of the file; for clients and trade partners, the largest image of a photo, and a copy of a video without metadata. Null for
    /// them while these are being made or if they cannot be made; null for everyone if the installation does not store files.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn download(&self, ctx: &Context<'_>) -> Result<Option<FileDownload>, ApiError> {
        match self.whole(ctx).await?.first() {
            Some(rendition) => download_of(ctx, &self.0, rendition).await,
            None => Ok(None),
        }
    }

    /// Address at which a browser shows the file, or plays it. Null for formats that browsers do not show safely, and if the installation
    /// has no host for files.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn inline_url(&self, ctx: &Context<'_>) -> Result<Option<Url>, ApiError> {
        match self.whole(ctx).await?.iter().find(|rendition| SHOWN.contains(&rendition.media_type.as_str())) {
            Some(rendition) => inline_url_of(ctx, &self.0, rendition).await,
            None => Ok(None),
        }
    }

    /// Largest image of the file of at most this size; of a video, of a frame near its start. Null while it is being made, and for files
    /// that are neither photos nor videos.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn image(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Maximum size.")] size: ImageSize,
    ) -> Result<Option<FileImage>, ApiError> {
        let rows = self.renditions(ctx).await?;
        let fitting = size.kinds().iter().find_map(|kind| rows.iter().find(|row| row.kind == *kind));
        match fitting {
            Some(rendition) => image_of(ctx, &self.0, rendition).await,
            None => Ok(None),
        }
    }

    /// Records to which the file is attached, in the order in which it was attached: those to which you have access.
    #[shared(CLIENT, TRADE, STAFF)]
    #[list_size(ATTACHMENTS)]
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<Direct<FileAttachment>>, ApiError> {
        attachments_with(ctx, self.0.project_id, self.0.id).await
    }

    /// Album of the file. Null if it has none, or if you have no access to it.
    #[shared(CLIENT, STAFF)]
    async fn album(&self, ctx: &Context<'_>) -> Result<Option<Album>, ApiError> {
        let Some(id) = self.0.album_id else { return Ok(None) };
        Ok(load(ctx, AlbumIn(self.0.project_id, id)).await?.map(Album))
    }

    /// Whether the file is evidence of a decision, and cannot be deleted.
    #[shared(CLIENT, STAFF)]
    async fn is_evidence(&self) -> bool {
        self.0.is_evidence.unwrap_or_default()
    }

    /// Availability.
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
        project_trades(ctx, rows.iter().map(|row| row.project_membership_id)).await
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
    async fn scan_result(&self, ctx: &Context<'_>) -> Result<ScanResult, ApiError> {
        Ok(self.internals(ctx).await?.map_or(ScanResult::NotScanned, |row| row.scan_result.into()))
    }

    /// How the file arrived.
    #[shared(STAFF)]
    async fn source(&self, ctx: &Context<'_>) -> Result<FileSource, ApiError> {
        Ok(self.internals(ctx).await?.map_or(FileSource::Upload, |row| row.source.into()))
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
    /// Name at the time of the upload. Of a mail that is not verified, the address in `From`.
    #[shared(CLIENT, STAFF)]
    async fn name(&self) -> &str {
        self.0.author_name.as_deref().unwrap_or_default()
    }

    /// Whether the company uploaded it. Otherwise a client did, or it was mailed by others.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn is_company(&self) -> bool {
        self.0.author_kind == FileAuthorKind::Company
    }

    /// Whether the uploader is a client or the company. False for files that were mailed by others, or in their names without proof.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn is_verified(&self) -> bool {
        self.0.author_kind != FileAuthorKind::Sender
    }

    /// Whether you uploaded it.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn is_viewer(&self, ctx: &Context<'_>) -> bool {
        let viewer = ctx.data_unchecked::<Loader>().viewer();
        let author = self.0.author_id.map(|author| author.0);
        author.is_some() && viewer.person.as_ref().map(|person| person.id) == author
    }
}
