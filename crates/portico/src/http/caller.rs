//! The caller's device.

use axum::http::{HeaderMap, header};

/// Maximum length of a stored device name, in characters.
const MAX_DEVICE: usize = 200;

/// Name of the caller's device, shown in the list of sessions.
pub(super) fn device_of(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(text.chars().take(MAX_DEVICE).collect())
}
