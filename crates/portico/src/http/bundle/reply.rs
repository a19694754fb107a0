//! Replies of embedded pages, with their security headers.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

/// Content security policy of the pages: everything is loaded from their own origin.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(in crate::http) fn json_reply(body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    put(response.headers_mut(), header::CONTENT_TYPE, "application/json; charset=utf-8");
    guarded(response)
}

pub(super) fn guarded(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    put(headers, header::CONTENT_SECURITY_POLICY, POLICY);
    put(headers, header::X_FRAME_OPTIONS, "DENY");
    put(headers, header::REFERRER_POLICY, "no-referrer");
    response
}

pub(super) fn put(headers: &mut HeaderMap, name: header::HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

pub(super) fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
