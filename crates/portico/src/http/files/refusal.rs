//! Refusals of downloads and uploads.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use portico_adapters::files::FileStoreError;
use portico_graphql::ErrorCode;

use super::{seconds, tus};
use crate::http::media::MediaType;
use crate::http::permits::Full;
use crate::http::reply::refused;

/// Wait before a retry while too many are in progress, in seconds.
const BUSY: u64 = 5;

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// The link is forged, expired or for something else, its session has ended, or the file is hidden: all alike.
    NotFound,
    /// The same of an upload, which may also be finished.
    NoUpload,
    /// The body of a whole file ended before its end. So many bytes are stored.
    Incomplete(u64),
    /// The caller exceeds a rate.
    Throttled(Duration),
    /// Too many are in progress.
    Busy(Full),
    /// The store or the database does not answer.
    Unavailable,
    /// The store is full.
    StoreFull,
    /// A header that cannot be read: why.
    Unreadable(&'static str),
    /// The offset is not that of the stored bytes, which is this one if known.
    Conflict(Option<u64>),
    /// More bytes than announced.
    TooLarge,
    /// The upload was sent in too many requests.
    TooManyParts,
    /// Another version of the protocol.
    WrongVersion,
    /// A body of another type or encoding: what is needed.
    WrongType(&'static str),
    /// The range is beyond the end of so many bytes.
    Unsatisfiable(u64),
    /// The body came too slowly. So many bytes are stored.
    TooSlow(u64),
}

impl Refused {
    pub(super) fn into_response(self, request_id: &str) -> Response<Body> {
        let (status, code, message) = self.parts();
        let mut response = refused(status, code, message, MediaType::Json, request_id);
        let mut put = |name: HeaderName, number: u64| response.headers_mut().insert(name, HeaderValue::from(number));
        match self {
            Self::Throttled(wait) => drop(put(header::RETRY_AFTER, seconds(wait))),
            Self::Busy(_) => drop(put(header::RETRY_AFTER, BUSY)),
            Self::Conflict(Some(offset)) | Self::TooSlow(offset) | Self::Incomplete(offset) => {
                drop(put(tus::OFFSET, offset))
            }
            Self::Unsatisfiable(size) => {
                if let Ok(range) = HeaderValue::from_str(&format!("bytes */{size}")) {
                    response.headers_mut().insert(header::CONTENT_RANGE, range);
                }
            }
            _ => {}
        }
        response
    }

    /// The same for a request about an upload.
    pub(super) fn of_upload(self) -> Self {
        if self == Self::NotFound { Self::NoUpload } else { self }
    }

    const fn parts(&self) -> (StatusCode, ErrorCode, &'static str) {
        match self {
            Self::NotFound => {
                let message = "this link is not valid: open the file in the portal again";
                (StatusCode::NOT_FOUND, ErrorCode::BadUserInput, message)
            }
            Self::NoUpload => {
                let message =
                    "this upload does not exist, is finished or has expired: start one with `stagedUploadCreate`";
                (StatusCode::NOT_FOUND, ErrorCode::BadUserInput, message)
            }
            Self::Incomplete(_) => {
                let message = "the body ended before the end of the file: send the rest with PATCH at `Upload-Offset`";
                (StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, message)
            }
            Self::Throttled(_) => (StatusCode::TOO_MANY_REQUESTS, ErrorCode::Throttled, ErrorCode::Throttled.message()),
            Self::Busy(Full::Caller) => {
                let message = "too many of your files are being sent: wait until one is done";
                (StatusCode::TOO_MANY_REQUESTS, ErrorCode::Throttled, message)
            }
            Self::Busy(Full::Process) | Self::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable, ErrorCode::Unavailable.message())
            }
            Self::StoreFull => {
                let message = "the storage of this installation is full: try again later";
                (StatusCode::INSUFFICIENT_STORAGE, ErrorCode::Unavailable, message)
            }
            Self::Unreadable(message) => (StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, *message),
            Self::Conflict(_) => {
                let message = "these bytes are not the next ones: continue with PATCH at `Upload-Offset`, or start another upload";
                (StatusCode::CONFLICT, ErrorCode::Conflict, message)
            }
            Self::TooLarge => {
                let message = "the body has more bytes than were announced for the upload";
                (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::PayloadTooLarge, message)
            }
            Self::TooManyParts => {
                let message = "the upload was sent in too many parts: start another one with larger requests";
                (StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, message)
            }
            Self::WrongVersion => {
                let message = "this version of tus is not supported: use 1.0.0";
                (StatusCode::PRECONDITION_FAILED, ErrorCode::BadUserInput, message)
            }
            Self::WrongType(message) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::BadUserInput, *message),
            Self::Unsatisfiable(_) => {
                let message = "the range is beyond the end of the file";
                (StatusCode::RANGE_NOT_SATISFIABLE, ErrorCode::BadUserInput, message)
            }
            Self::TooSlow(_) => {
                let message = "the body came too slowly: continue at `Upload-Offset`";
                (StatusCode::REQUEST_TIMEOUT, ErrorCode::Timeout, message)
            }
        }
    }
}

impl From<Full> for Refused {
    fn from(full: Full) -> Self {
        Self::Busy(full)
    }
}

/// Logged here, since the texts are not for callers.
impl From<FileStoreError> for Refused {
    fn from(error: FileStoreError) -> Self {
        tracing::error!(%error, "the file store failed");
        match error {
            FileStoreError::Missing(_) => Self::NotFound,
            FileStoreError::Full(_) => Self::StoreFull,
            FileStoreError::Unavailable(_) => Self::Unavailable,
        }
    }
}
