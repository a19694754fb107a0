//! Receives the bytes of an upload: tus 1.0 with expiration and termination, and PUT of a whole file.

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, HttpBody};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use portico_core::files::link::FileLinkPurpose;

use super::backend::{UploadCaller, UploadState};
use super::receive::Receiver;
use super::refusal::Refused;
use super::{FilesState, Opened, network_of, origin_of, tus};
use crate::http::permits::Permit;
use crate::http::request_id::RequestId;

/// Shows how much of an upload is stored.
pub(super) async fn show(
    State(state): State<Arc<FilesState>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let read = async {
        tus::check_version(&parts.headers)?;
        let caller = caller_of(&state, &parts).await?;
        Ok(state.backend.head(&caller).await?)
    };
    match state.within_limits(network_of(&parts), read).await {
        Ok(upload) => {
            let mut response = Response::new(Body::empty());
            tus::put_state(response.headers_mut(), upload.received, upload.expires_at);
            response.headers_mut().insert(tus::LENGTH, HeaderValue::from(upload.size));
            response
        }
        Err(refused) => refused.of_upload().into_response(&request_id),
    }
}

/// Ends an upload without a file.
pub(super) async fn cancel(
    State(state): State<Arc<FilesState>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let work = async {
        tus::check_version(&parts.headers)?;
        let caller = caller_of(&state, &parts).await?;
        Ok(state.backend.cancel(&caller).await?)
    };
    match state.within_limits(network_of(&parts), work).await {
        Ok(()) => no_content(),
        Err(refused) => refused.of_upload().into_response(&request_id),
    }
}

/// Receives the next bytes of an upload: from its offset by PATCH, all of them by PUT.
pub(super) async fn receive(
    State(state): State<Arc<FilesState>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let accepted = state.within_limits(network_of(&parts), accept(&state, &parts, body.size_hint().lower())).await;
    let Accepted { caller, upload, permit } = match accepted {
        Ok(accepted) => accepted,
        Err(refused) => return refused.of_upload().into_response(&request_id),
    };
    let (size, expires_at, is_whole) = (upload.size, upload.expires_at, parts.method == Method::PUT);
    let receiver = match Receiver::new(&state, caller, &upload) {
        Ok(receiver) => receiver,
        Err(refused) => return refused.of_upload().into_response(&request_id),
    };
    // In a task of its own: if the caller disconnects, what came is still stored.
    let task = tokio::spawn(async move {
        let received = receiver.run(body).await;
        drop(permit);
        received
    });
    match task.await {
        Ok(Ok(received)) if is_whole && received < size => Refused::Incomplete(received).into_response(&request_id),
        Ok(Ok(received)) => {
            let mut response = no_content();
            tus::put_state(response.headers_mut(), received, expires_at);
            response
        }
        Ok(Err(refused)) => refused.of_upload().into_response(&request_id),
        Err(error) => match error.try_into_panic() {
            // The request log answers panics.
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Refused::Unavailable.into_response(&request_id),
        },
    }
}

/// A request whose body may be read.
struct Accepted {
    caller: UploadCaller,
    upload: UploadState,
    permit: Permit,
}

/// Checks everything that is known before the body is read, which has at least so many bytes.
async fn accept(state: &FilesState, parts: &Parts, least: u64) -> Result<Accepted, Refused> {
    let headers = &parts.headers;
    tus::check_version(headers)?;
    check_encoding(headers)?;
    let offset = if parts.method == Method::PATCH {
        tus::check_type(headers)?;
        tus::offset(headers)?
    } else {
        0
    };
    let caller = caller_of(state, parts).await?;
    let upload = state.backend.head(&caller).await?;
    if offset != upload.received {
        return Err(Refused::Conflict(Some(upload.received)));
    }
    if least > upload.size.saturating_sub(upload.received) {
        return Err(Refused::TooLarge);
    }
    let permit = state.files.uploads.take(&caller.viewer)?;
    Ok(Accepted { caller, upload, permit })
}

/// The bytes are stored as they are sent, so a compressed body would be another file.
fn check_encoding(headers: &HeaderMap) -> Result<(), Refused> {
    match headers.get(header::CONTENT_ENCODING) {
        Some(encoding) if !encoding.as_bytes().eq_ignore_ascii_case(b"identity") => {
            Err(Refused::WrongType("send the bytes of the file without `Content-Encoding`"))
        }
        _ => Ok(()),
    }
}

async fn caller_of(state: &FilesState, parts: &Parts) -> Result<UploadCaller, Refused> {
    let Opened { link, viewer } = state.open(parts, &[FileLinkPurpose::Upload]).await?;
    let now = (state.clock)().moment();
    Ok(UploadCaller { viewer, origin: origin_of(parts), now, company: link.company, upload: link.id })
}

fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
