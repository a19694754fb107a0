//! Pages for people: HTML that may do next to nothing.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, header};

/// A page that may do what the policy says, is kept by nobody, and tells nobody where its reader came from.
pub(super) fn html(policy: &'static str, text: String) -> Response<Body> {
    reply("text/html; charset=utf-8", policy, text)
}

/// The same for what belongs to a page.
pub(super) fn reply(content_type: &'static str, policy: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    let mut put = |name, value| put(response.headers_mut(), name, value);
    put(header::CONTENT_TYPE, content_type);
    put(header::CONTENT_SECURITY_POLICY, policy);
    put(header::REFERRER_POLICY, "no-referrer");
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::CACHE_CONTROL, "no-store");
    response
}

/// Browsers tell where a form was sent from. One of another site would sign people in as somebody whom that site chose.
pub(super) fn is_own_form(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host)),
        (Some(_), None) => false,
        (None, _) => true,
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}
