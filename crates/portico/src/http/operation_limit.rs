//! What the reply to an operation says of its caller's rate.

use axum::http::{HeaderMap, header};
use portico_graphql::{Answer, ErrorCode};

use crate::throttle::{Admission, Rate};

/// The refusal of what does not fit into the caller's bucket.
pub(super) fn refusal(poured: Option<(Rate, Admission)>, request_id: &str) -> Option<Answer> {
    let (_, Admission { fits: false, retry_after, .. }) = poured? else { return None };
    let seconds = retry_after.as_secs_f64().ceil();
    let message = format!("rate limit exceeded; retry in {seconds} s");
    Some(Answer::error(ErrorCode::Throttled, &message, request_id))
}

/// The headers that scripts go by.
pub(super) fn put_headers(headers: &mut HeaderMap, rate: Rate, poured: Admission) {
    let until_empty = (rate.capacity - poured.available.min(rate.capacity)).div_ceil(rate.per_second);
    headers.insert("ratelimit-limit", rate.capacity.into());
    headers.insert("ratelimit-remaining", poured.available.into());
    headers.insert("ratelimit-reset", until_empty.into());
    if !poured.fits {
        headers.insert(header::RETRY_AFTER, (poured.retry_after.as_secs_f64().ceil() as u64).max(1).into());
    }
}
