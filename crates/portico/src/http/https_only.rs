//! Where links lead to HTTPS, nothing goes over an open line (SES-7).
//!
//! The gateway itself speaks HTTP, to a proxy that holds the certificates: that the proxy was asked in clear is known by what it
//! says of it. Whoever comes in clear is not led on to HTTPS: what they sent has been in the open already, and nobody would
//! notice that it was.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use portico_core::id::new_uuid;
use portico_core::links::LinkSite;
use portico_graphql::ErrorCode;

use super::media::MediaType;
use super::reply::refused;
use super::request_log::{put_headers, without_token};

/// What proxies say of how they were asked.
const ASKED_BY: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// For a year, browsers ask by HTTPS and by nothing else.
const A_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");
/// What looks after the process, from beside it and in clear.
const HEALTH: &str = "/health/";

/// Whether everything has to go by HTTPS.
pub(super) fn is_wanted(site: &LinkSite) -> bool {
    match site {
        LinkSite::PortalHosts => true,
        LinkSite::At(base) => base.starts_with("https://"),
    }
}

/// Refuses what came in clear before anybody looks at it, and tells browsers to come by HTTPS from now on.
pub(super) async fn keep(State(is_wanted): State<bool>, request: Request, next: Next) -> Response {
    if !is_wanted {
        return next.run(request).await;
    }
    let is_open = is_plain_http(request.headers()) && !request.uri().path().starts_with(HEALTH);
    let mut response = if is_open { in_clear(&request) } else { next.run(request).await };
    response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, A_YEAR);
    response
}

/// The first proxy is the one that the caller asked; those behind it add what they were asked by themselves.
fn is_plain_http(headers: &HeaderMap) -> bool {
    let said = headers.get(ASKED_BY).and_then(|said| said.to_str().ok()).unwrap_or_default();
    said.split(',').next().is_some_and(|first| first.trim().eq_ignore_ascii_case("http"))
}

fn in_clear(request: &Request) -> Response {
    let id = new_uuid().to_string();
    tracing::info!(request_id = id, method = %request.method(), path = without_token(request.uri().path()), "refused in clear");
    let message = "use https:// instead of http://; this service is reached by HTTPS alone";
    let mut response = refused(StatusCode::FORBIDDEN, ErrorCode::BadUserInput, message, MediaType::Json, &id);
    put_headers(&mut response, &id);
    response
}
