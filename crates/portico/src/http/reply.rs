//! Replies: JSON, whatever happens, with the headers that each reply has.

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

/// What the log's line says of an answer, and what is counted.
#[derive(Debug, Clone, Default)]
pub(super) struct LogFields {
    pub(super) role: Option<&'static str>,
    pub(super) operation: Option<String>,
    pub(super) codes: Vec<ErrorCode>,
    pub(super) cost: Option<u64>,
    pub(super) request_counts: RequestCounts,
    pub(super) was_kept: bool,
    pub(super) is_kept: bool,
}

/// What a reply says that refuses a request before anything was done. Browsers are shown it as a page (`refusal_page`).
#[derive(Debug, Clone)]
pub(super) struct RequestRefused {
    pub(super) message: String,
}

/// The status of an answer to an operation that could be read.
fn status_of(answer: &Answer, media: MediaType) -> StatusCode {
    if answer.is_wrong_method {
        return StatusCode::METHOD_NOT_ALLOWED;
    }
    let has = |code| answer.codes.contains(&code);
    // What is wrong with the service, or with the token, is told by the status whatever the media type.
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
        Some(ErrorCode::Timeout) if is_refused => StatusCode::GATEWAY_TIMEOUT,
        Some(ErrorCode::Internal) if is_refused => StatusCode::INTERNAL_SERVER_ERROR,
        Some(_) if is_refused && media == MediaType::GraphqlResponse => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    }
}

/// The reply to an operation.
pub(super) fn answered(answer: Answer, media: MediaType, role: Option<&'static str>) -> Response<Body> {
    let status = status_of(&answer, media);
    with_status(answer, status, media, role)
}

/// The reply to a request that holds no operation.
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
    let told = LogFields {
        role,
        codes: answer.codes.clone(),
        cost: answer.cost,
        request_counts: answer.request_counts,
        was_kept: answer.was_kept,
        is_kept: answer.is_kept,
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
        // The route itself takes the method, so that the router does not add this.
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD,POST"));
    }
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response.extensions_mut().insert(told);
    response
}

/// For addresses at which there is nothing.
pub(super) async fn not_found(Extension(RequestId(request_id)): Extension<RequestId>) -> impl IntoResponse {
    plain(StatusCode::NOT_FOUND, "there is nothing at this address", &request_id)
}

/// For methods that an address does not have.
pub(super) async fn wrong_method(Extension(RequestId(request_id)): Extension<RequestId>) -> impl IntoResponse {
    plain(StatusCode::METHOD_NOT_ALLOWED, "this address does not take this method", &request_id)
}

/// Puts a reply of ours in place of those that axum and its layers write by themselves, which are plain text or nothing.
pub(super) async fn in_our_words(request: Request, next: Next) -> Response<Body> {
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
            (ErrorCode::BadUserInput, "the address or the body cannot be read: it is not UTF-8, or is incomplete")
        }
        StatusCode::PAYLOAD_TOO_LARGE => (ErrorCode::PayloadTooLarge, "the body is too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            ErrorCode::BadUserInput,
            "this `Content-Encoding` is not decoded here; send the body as it is, or in the encodings of `Accept-Encoding`",
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

/// For a defect that nobody foresaw. The connection lives on, and so do all others.
pub(super) fn panicked(request_id: &str) -> Response<Body> {
    let message = ErrorCode::Internal.message();
    refused(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, message, MediaType::Json, request_id)
}

/// For addresses and forms that cannot be read.
pub(super) fn unreadable(message: &str, request_id: &str) -> Response<Body> {
    plain(StatusCode::BAD_REQUEST, message, request_id)
}

fn plain(status: StatusCode, message: &str, request_id: &str) -> Response<Body> {
    refused(status, ErrorCode::BadUserInput, message, MediaType::Json, request_id)
}
