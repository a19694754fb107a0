//! Replies in JSON, also for errors, with their common headers.

use axum::Extension;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::middleware::Next;
use axum::response::IntoResponse;
use portico_graphql::{Answer, ErrorCode};
use portico_loader::RequestCounts;

use super::media::MediaType;
use super::paced::paced;
use super::request_id::RequestId;
use crate::auth::session_cookie;

/// Fields of an answer for the request log and the metrics.
#[derive(Debug, Clone, Default)]
pub(super) struct LogFields {
    pub(super) role: Option<&'static str>,
    pub(super) operation: Option<String>,
    pub(super) codes: Vec<ErrorCode>,
    pub(super) cost: Option<u64>,
    pub(super) request_counts: RequestCounts,
    pub(super) was_cached: bool,
    pub(super) is_cached: bool,
}

/// Message of a reply that refuses a request. Browsers get it as a page (`refusal_page`).
#[derive(Debug, Clone)]
pub(super) struct RequestRefused {
    pub(super) message: String,
}

/// Status of an answer to a readable operation.
fn status_of(answer: &Answer, media: MediaType) -> StatusCode {
    if answer.is_wrong_method {
        return StatusCode::METHOD_NOT_ALLOWED;
    }
    let has = |code| answer.codes.contains(&code);
    // Errors of the service and of the token determine the status for both media types.
    if has(ErrorCode::Unavailable) {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    if has(ErrorCode::Unauthenticated) {
        return StatusCode::UNAUTHORIZED;
    }
    if has(ErrorCode::Throttled) && media == MediaType::GraphqlResponse {
        return StatusCode::TOO_MANY_REQUESTS;
    }
    let is_refused = answer.is_refused();
    match answer.codes.first() {
        Some(ErrorCode::PayloadTooLarge) if is_refused => StatusCode::PAYLOAD_TOO_LARGE,
        Some(ErrorCode::ReadOnly) if is_refused => StatusCode::FORBIDDEN,
        Some(ErrorCode::Timeout) if is_refused => StatusCode::GATEWAY_TIMEOUT,
        Some(ErrorCode::Internal) if is_refused => StatusCode::INTERNAL_SERVER_ERROR,
        Some(_) if is_refused && media == MediaType::GraphqlResponse => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    }
}

/// Creates the reply to an operation.
pub(super) fn answered(answer: Answer, media: MediaType, role: Option<&'static str>) -> Response<Body> {
    let status = status_of(&answer, media);
    with_status(answer, status, media, role)
}

/// Creates the reply to a request without an operation.
pub(super) fn refused(
    status: StatusCode,
    code: ErrorCode,
    message: &str,
    media: MediaType,
    request_id: &str,
) -> Response<Body> {
    let mut response = with_status(Answer::error(code, message, request_id), status, media, None);
    response.extensions_mut().insert(RequestRefused { message: message.to_owned() });
    response
}

fn with_status(answer: Answer, status: StatusCode, media: MediaType, role: Option<&'static str>) -> Response<Body> {
    let log_fields = LogFields {
        role,
        codes: answer.codes.clone(),
        cost: answer.cost,
        request_counts: answer.request_counts,
        was_cached: answer.was_cached,
        is_cached: answer.is_cached,
        operation: answer.operation.clone(),
    };
    let mut response = Response::new(paced(answer.to_bytes()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    for change in &answer.session_changes {
        session_cookie::append(change, response.headers_mut());
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    if answer.is_wrong_method {
        // The route accepts the method, so the router does not add this header.
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD,POST"));
    }
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response.extensions_mut().insert(log_fields);
    response
}

/// Refuses unknown addresses.
pub(super) async fn not_found(Extension(RequestId(request_id)): Extension<RequestId>) -> impl IntoResponse {
    plain(StatusCode::NOT_FOUND, "this address does not exist", &request_id)
}

/// Refuses methods that an address does not support.
pub(super) async fn wrong_method(Extension(RequestId(request_id)): Extension<RequestId>) -> impl IntoResponse {
    plain(StatusCode::METHOD_NOT_ALLOWED, "this address does not support this method", &request_id)
}

/// Replaces refusals of axum with the gateway's own. Those of axum and its layers are plain text or empty.
pub(super) async fn replace_refusals(request: Request, next: Next) -> Response<Body> {
    let request_id = request.extensions().get::<RequestId>().map(|RequestId(id)| id.clone()).unwrap_or_default();
    let response = next.run(request).await;
    let status = response.status();
    let is_ours = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
        let kind = kind.as_bytes();
        [&b"application/"[..], b"text/html", b"text/css"].iter().any(|known| kind.starts_with(known))
    });
    if is_ours || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (code, message) = match status {
        StatusCode::BAD_REQUEST => {
            (ErrorCode::BadUserInput, "the address or the body cannot be read: it is not UTF-8 or is incomplete")
        }
        StatusCode::PAYLOAD_TOO_LARGE => (ErrorCode::PayloadTooLarge, "the body is too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            ErrorCode::BadUserInput,
            "this `Content-Encoding` is not supported; send the body uncompressed or in an encoding of `Accept-Encoding`",
        ),
        status if status.is_client_error() => (ErrorCode::BadUserInput, "the request cannot be answered"),
        _ => (ErrorCode::Internal, ErrorCode::Internal.message()),
    };
    let mut ours = refused(status, code, message, MediaType::Json, &request_id);
    for name in [header::ACCEPT_ENCODING, header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            ours.headers_mut().insert(name, value.clone());
        }
    }
    ours
}

/// Creates the reply after a panic. The connection stays open.
pub(super) fn panicked(request_id: &str) -> Response<Body> {
    let message = ErrorCode::Internal.message();
    refused(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, message, MediaType::Json, request_id)
}

/// Refuses addresses and forms that cannot be read.
pub(super) fn unreadable(message: &str, request_id: &str) -> Response<Body> {
    plain(StatusCode::BAD_REQUEST, message, request_id)
}

fn plain(status: StatusCode, message: &str, request_id: &str) -> Response<Body> {
    refused(status, ErrorCode::BadUserInput, message, MediaType::Json, request_id)
}
