//! Headers of tus 1.0, the protocol of resumable uploads.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use axum::middleware::Next;
use chrono::{DateTime, Utc};

use super::refusal::Refused;

pub(super) const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(super) const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const VERSION: HeaderName = HeaderName::from_static("tus-version");
const SUPPORTED: HeaderValue = HeaderValue::from_static("1.0.0");
/// Type of the body of PATCH.
const BYTES: &str = "application/offset+octet-stream";

/// Adds the protocol's version to all answers, and what the server supports to those of OPTIONS, which the layer of CORS gives.
pub(super) async fn put_headers(State(max_size): State<i64>, request: Request, next: Next) -> Response<Body> {
    let is_upload = request.uri().path().starts_with("/uploads/");
    let is_question = request.method() == Method::OPTIONS;
    let mut response = next.run(request).await;
    if !is_upload {
        return response;
    }
    let has_wrong_version = response.status() == StatusCode::PRECONDITION_FAILED;
    let headers = response.headers_mut();
    headers.insert(RESUMABLE, SUPPORTED);
    if is_question || has_wrong_version {
        headers.insert(VERSION, SUPPORTED);
    }
    if is_question {
        headers.insert("tus-extension", HeaderValue::from_static("expiration,termination"));
        headers.insert("tus-max-size", HeaderValue::from(max_size));
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    response
}

/// Refuses other versions. Without the header, the caller is no client of tus, but sends the same requests.
pub(super) fn check_version(headers: &HeaderMap) -> Result<(), Refused> {
    match headers.get(RESUMABLE) {
        Some(version) if version != SUPPORTED => Err(Refused::WrongVersion),
        _ => Ok(()),
    }
}

/// Refuses PATCH with another type of body.
pub(super) fn check_type(headers: &HeaderMap) -> Result<(), Refused> {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if sent.trim().eq_ignore_ascii_case(BYTES) {
        return Ok(());
    }
    Err(Refused::WrongType("the content type must be application/offset+octet-stream"))
}

/// Place of the first byte of the body.
pub(super) fn offset(headers: &HeaderMap) -> Result<u64, Refused> {
    let unreadable = Refused::Unreadable("`Upload-Offset` must be the number of bytes that are stored, in digits");
    let mut sent = headers.get_all(OFFSET).iter();
    let (Some(value), None) = (sent.next(), sent.next()) else { return Err(unreadable) };
    let digits = value.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let number: Option<i64> = digits.and_then(|digits| digits.parse().ok());
    number.map(i64::cast_unsigned).ok_or(unreadable)
}

/// Adds how much is stored, and until when the upload is open.
pub(super) fn put_state(headers: &mut HeaderMap, received: u64, expires_at: DateTime<Utc>) {
    headers.insert(OFFSET, HeaderValue::from(received));
    let date = expires_at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::from_str(&date) {
        headers.insert(EXPIRES, date);
    }
}
