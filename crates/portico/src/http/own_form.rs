//! Recognizes forms that the gateway's own pages submit.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Whether the browser reports a page of the gateway's origin. A form of another site could sign a person in to an account
/// that the site chose.
pub(super) fn is_own_form(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host)),
        (Some(_), None) => false,
        (None, _) => true,
    }
}
