//! Replies: JSON, whatever happens, with the headers that each reply has.

use std::any::Any;

use axum::Extension;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use portico_graphql::{Answer, ErrorCode};

use super::request_line::RequestId;

/// The two media types of GraphQL over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/graphql-response+json`: the status tells what happened.
    GraphqlResponse,
    /// `application/json`: 200 for whatever could be read.
    Json,
}

impl MediaType {
    /// What the caller asked for; plain JSON for those who did not say.
    pub(super) fn wanted(headers: &HeaderMap) -> Self {
        let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let named = accepted.flat_map(|value| value.split(',')).any(|range| {
            let mut parts = range.split(';').map(str::trim);
            let is_it = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("application/graphql-response+json"));
            is_it && !parts.any(|part| part.replace(' ', "") == "q=0")
        });
        if named { Self::GraphqlResponse } else { Self::Json }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// What the log's line says of an answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    pub(super) role: Option<&'static str>,
    pub(super) operation: Option<String>,
    pub(super) codes: Vec<&'static str>,
    pub(super) cost: Option<u64>,
    pub(super) statements: u64,
}

/// The status of an answer to an operation that could be read.
fn status_of(answer: &Answer, media: MediaType) -> StatusCode {
    let has = |code| answer.codes.contains(&code);
    // What is wrong with the service, or with the token, is told by the status whatever the media type.
    if has(ErrorCode::Unavailable) {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    if has(ErrorCode::Unauthenticated) {
        return StatusCode::UNAUTHORIZED;
    }
    let is_refused = answer.body.get("data").is_none();
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
    with_status(Answer::error(code, message, request_id), status, media, None)
}

fn with_status(answer: Answer, status: StatusCode, media: MediaType, role: Option<&'static str>) -> Response<Body> {
    let told = Told {
        role,
        codes: answer.codes.iter().map(|code| code.as_str()).collect(),
        cost: answer.cost,
        statements: answer.statements,
        operation: answer.operation,
    };
    let mut response = Response::new(Body::from(answer.body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
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

/// For a defect that nobody foresaw. The connection lives on, and so do all others.
pub(super) fn panicked(_: Box<dyn Any + Send>) -> Response<Body> {
    tracing::error!("a handler panicked");
    let message = "something went wrong on our side";
    refused(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, message, MediaType::Json, "")
}

fn plain(status: StatusCode, message: &str, request_id: &str) -> Response<Body> {
    refused(status, ErrorCode::BadUserInput, message, MediaType::Json, request_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_graphql_media_type_is_sent_to_those_who_name_it() {
        for (accept, wanted) in [
            ("application/graphql-response+json", MediaType::GraphqlResponse),
            ("application/json, application/graphql-response+json;q=0.9", MediaType::GraphqlResponse),
            ("application/graphql-response+json; q=0, application/json", MediaType::Json),
            ("*/*", MediaType::Json),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(MediaType::wanted(&headers), wanted, "{accept}");
        }
    }
}
