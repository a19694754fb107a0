//! Addresses of files and uploads.

use std::sync::Arc;

use async_graphql::{Context, SimpleObject};
use portico_actions::Actor;
use portico_core::clock::Clock;
use portico_core::files::link::{FileLink, FileLinkPurpose};
use portico_core::files::name;
use portico_core::id::CompanyId;
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::files::{FileRenditionRow, FileRow};
use portico_loader::portal::EntranceOfCompany;

use crate::error::ApiError;
use crate::load::load;
use crate::scalars::{DateTime, Int64, Url};

/// Download of a file. The address works for you alone, and only while you have access to the file.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct FileDownload {
    /// Address.
    url: Url,
    /// Time until which the address works: 15 to 30 minutes.
    expires_at: DateTime,
    /// Media type of the download.
    media_type: String,
    /// Size of the download, in bytes.
    size: Int64,
    /// SHA-256 of the download, 64 hexadecimal digits.
    sha256: String,
}

/// Image of a file. The address works for you alone, and only while you have access to the file.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct FileImage {
    /// Address.
    url: Url,
    /// Time until which the address works: 15 to 30 minutes.
    expires_at: DateTime,
    /// Width in pixels.
    width: i32,
    /// Height in pixels.
    height: i32,
}

/// The address of a link for the caller's session; none for callers without one, for staff who view a client's portal, and if the
/// installation has no host or no store.
pub(super) async fn address(
    ctx: &Context<'_>,
    company: CompanyId,
    name: &str,
    link: impl FnOnce(portico_core::sessions::TokenHash) -> FileLink,
) -> Result<Option<String>, ApiError> {
    let viewer = ctx.data_unchecked::<Loader>().viewer();
    let Some(token) = viewer.session.clone().filter(|_| viewer.viewed_by.is_none()) else { return Ok(None) };
    if ctx.data_unchecked::<Actor>().installation.files.is_none() {
        return Ok(None);
    }
    let entrance = load(ctx, EntranceOfCompany(company)).await?;
    let installation = &ctx.data_unchecked::<Actor>().installation;
    let host = installation.hosts.of_files(entrance.as_ref().map(|row| row.host.as_str()));
    Ok(host.and_then(|host| installation.file_links.url(&link(token), name, &installation.site, host)))
}

/// The address of a rendition, with its expiry.
async fn of_rendition(
    ctx: &Context<'_>,
    file: &FileRow,
    rendition: &FileRenditionRow,
    purpose: FileLinkPurpose,
) -> Result<Option<(Url, DateTime)>, ApiError> {
    let expires_at = ctx.data_unchecked::<Arc<Clock>>().after_next_quarter();
    let link = |token| FileLink {
        purpose,
        token,
        company: file.company_id,
        id: file.id.0,
        content_number: file.content_number,
        rendition: rendition.kind,
        expires_at,
    };
    let name = name::of_rendition(&file.name, rendition.kind, &rendition.media_type);
    let url = address(ctx, file.company_id, &name, link).await?;
    Ok(url.map(|url| (url.into(), expires_at.into())))
}

pub(super) async fn download_of(
    ctx: &Context<'_>,
    file: &FileRow,
    rendition: &FileRenditionRow,
) -> Result<Option<FileDownload>, ApiError> {
    let found = of_rendition(ctx, file, rendition, FileLinkPurpose::Download).await?;
    Ok(found.map(|(url, expires_at)| FileDownload {
        url,
        expires_at,
        media_type: rendition.media_type.clone(),
        size: rendition.size.into(),
        sha256: rendition.sha256.clone(),
    }))
}

pub(super) async fn inline_url_of(
    ctx: &Context<'_>,
    file: &FileRow,
    rendition: &FileRenditionRow,
) -> Result<Option<Url>, ApiError> {
    let found = of_rendition(ctx, file, rendition, FileLinkPurpose::Inline).await?;
    Ok(found.map(|(url, _)| url))
}

pub(super) async fn image_of(
    ctx: &Context<'_>,
    file: &FileRow,
    rendition: &FileRenditionRow,
) -> Result<Option<FileImage>, ApiError> {
    let Some((width, height)) = rendition.width.zip(rendition.height) else { return Ok(None) };
    let found = of_rendition(ctx, file, rendition, FileLinkPurpose::Download).await?;
    Ok(found.map(|(url, expires_at)| FileImage { url, expires_at, width, height }))
}
