//! Refusals and headers of the caller's rate limit.

use axum::http::{HeaderMap, header};
use portico_graphql::{Answer, ErrorCode};

use crate::throttle::{Admission, Rate};

/// The refusal of an operation that exceeds the caller's bucket.
pub(super) fn refusal(charged: Option<(Rate, Admission)>, request_id: &str) -> Option<Answer> {
    let (_, Admission { fits: false, retry_after, .. }) = charged? else { return None };
    let seconds = retry_after.as_secs_f64().ceil();
    let message = format!("rate limit exceeded; retry in {seconds} s");
    Some(Answer::error(ErrorCode::Throttled, &message, request_id))
}

/// Sets the `RateLimit` headers.
pub(super) fn put_headers(headers: &mut HeaderMap, rate: Rate, charged: Admission) {
    let until_empty = (rate.capacity - charged.available.min(rate.capacity)).div_ceil(rate.per_second);
    headers.insert("ratelimit-limit", rate.capacity.into());
    headers.insert("ratelimit-remaining", charged.available.into());
    headers.insert("ratelimit-reset", until_empty.into());
    if !charged.fits {
        headers.insert(header::RETRY_AFTER, (charged.retry_after.as_secs_f64().ceil() as u64).max(1).into());
    }
}
