//! Sends a file.

use std::ops::Range;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use portico_core::access::Viewer;
use portico_core::files::kinds::RenditionKind;
use portico_core::files::link::FileLinkPurpose;
use portico_core::files::name;

use super::backend::{Download, Wanted};
use super::body::Sending;
use super::disposition::{PDF, disposition, is_shown, is_video, sent_type};
use super::range::{Part, is_known, wanted_part};
use super::refusal::Refused;
use super::{FilesState, Opened, network_of};
use crate::http::reply::LogFields;
use crate::http::request_id::RequestId;

/// Nothing in it runs or loads anything, wherever it is opened.
const CLOSED: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");
/// The same for PDF, which browsers do not show in a sandbox.
const CLOSED_PDF: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'",
);
/// The same for videos: browsers show one in a page of their own, which loads it from its address.
const CLOSED_VIDEO: HeaderValue =
    HeaderValue::from_static("default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'");
/// Browsers keep the bytes, and ask each time whether they may still show them.
const NO_CACHE: HeaderValue = HeaderValue::from_static("private, no-cache");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Sends a file, or a range of it. HEAD returns the headers of GET.
pub(super) async fn handle(
    State(state): State<Arc<FilesState>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let answer = answer(&state, &parts, &request_id);
    match state.within_limits(network_of(&parts), answer).await {
        Ok(response) => response,
        Err(refused) => refused.into_response(&request_id),
    }
}

async fn answer(state: &FilesState, parts: &Parts, request_id: &str) -> Result<Response<Body>, Refused> {
    let Opened { link, viewer } = state.open(parts, &[FileLinkPurpose::Download, FileLinkPurpose::Inline]).await?;
    let wanted = Wanted { file: link.id, content_number: link.content_number, rendition: link.rendition };
    let download = state.backend.download(&viewer, wanted).await?;
    let is_inline = link.purpose == FileLinkPurpose::Inline;
    if is_inline && !is_shown(&download.media_type) {
        return Err(Refused::NotFound);
    }
    let etag = etag_of(&download);
    let mut response = if is_known(&parts.headers, &etag) {
        with_status(StatusCode::NOT_MODIFIED)
    } else {
        let mut response = content(state, parts, &viewer, &download, &etag, request_id).await?;
        describe(response.headers_mut(), &download, link.rendition, is_inline);
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, NO_CACHE);
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    let role = viewer.role.map(|role| role.as_str());
    response.extensions_mut().insert(LogFields { role, ..LogFields::default() });
    Ok(response)
}

/// The status, the length and the body.
async fn content(
    state: &FilesState,
    parts: &Parts,
    viewer: &Viewer,
    download: &Download,
    etag: &str,
    request_id: &str,
) -> Result<Response<Body>, Refused> {
    let size = download.size;
    // Ranges are defined for GET only.
    let is_get = parts.method == Method::GET;
    let part = if is_get { wanted_part(&parts.headers, etag, size) } else { Part::Whole };
    let (status, range) = match part {
        Part::Whole => (StatusCode::OK, 0..size),
        Part::Range(range) => (StatusCode::PARTIAL_CONTENT, range),
        Part::Unsatisfiable => return Err(Refused::Unsatisfiable(size)),
    };
    let mut response = with_status(status);
    if status == StatusCode::PARTIAL_CONTENT
        && let Ok(shown) = HeaderValue::from_str(&format!("bytes {}-{}/{size}", range.start, range.end - 1))
    {
        response.headers_mut().insert(header::CONTENT_RANGE, shown);
    }
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
    if is_get {
        *response.body_mut() = body(state, viewer, download, range, request_id).await?;
    }
    Ok(response)
}

async fn body(
    state: &FilesState,
    viewer: &Viewer,
    download: &Download,
    range: Range<u64>,
    request_id: &str,
) -> Result<Body, Refused> {
    let permit = state.files.downloads.take(viewer)?;
    let store = state.files.store.clone().ok_or(Refused::Unavailable)?;
    let sending = Sending::open((store, state.metrics.clone()), download.clone(), range, permit).await?;
    Ok(sending.into_body(request_id.to_owned()))
}

fn describe(headers: &mut HeaderMap, download: &Download, rendition: RenditionKind, is_inline: bool) {
    let file_name = name::of_rendition(&download.name, rendition, &download.media_type);
    let kind = if is_inline { "inline" } else { "attachment" };
    let policy = match &*download.media_type {
        PDF if is_inline => CLOSED_PDF,
        shown if is_inline && is_video(shown) => CLOSED_VIDEO,
        _ => CLOSED,
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(sent_type(&download.media_type)));
    headers.insert(header::CONTENT_DISPOSITION, disposition(kind, &file_name));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // Pages of portals show images from here.
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    headers.insert(ROBOTS, HeaderValue::from_static("noindex"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

/// Of the rendition's bytes, so that a replaced one is told from its predecessor.
fn etag_of(download: &Download) -> String {
    format!("\"{}\"", download.sha256.get(..32).unwrap_or(&download.sha256))
}

fn with_status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
