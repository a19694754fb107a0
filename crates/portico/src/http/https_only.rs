//! Requires HTTPS if mailed links use it (SES-7).
//!
//! The gateway itself receives HTTP from a proxy that terminates TLS; `X-Forwarded-Proto` shows whether the proxy received
//! plain HTTP. Such requests are refused and not redirected to HTTPS: their content has already been sent unencrypted, and a
//! redirect would hide that.

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

/// Header in which proxies report the scheme of a request.
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// Makes browsers use only HTTPS for a year.
const A_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");
/// Prefix of health checks. They come from the same network over plain HTTP.
const HEALTH: &str = "/health/";

/// Whether mailed links require HTTPS.
pub(super) fn is_wanted(site: &LinkSite) -> bool {
    match site {
        LinkSite::PortalHosts => true,
        LinkSite::At(base) => base.starts_with("https://"),
    }
}

/// Refuses requests over plain HTTP before a handler reads them. Makes browsers use HTTPS from now on.
pub(super) async fn require(State(is_wanted): State<bool>, request: Request, next: Next) -> Response {
    if !is_wanted {
        return next.run(request).await;
    }
    let is_plain = is_plain_http(request.headers()) && !request.uri().path().starts_with(HEALTH);
    let mut response = if is_plain { refuse_plain_http(&request) } else { next.run(request).await };
    response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, A_YEAR);
    response
}

/// Whether the caller used plain HTTP. The first value is from the proxy that the caller reached; later ones are from
/// proxies behind it.
fn is_plain_http(headers: &HeaderMap) -> bool {
    let schemes = headers.get(FORWARDED_PROTO).and_then(|value| value.to_str().ok()).unwrap_or_default();
    schemes.split(',').next().is_some_and(|first| first.trim().eq_ignore_ascii_case("http"))
}

fn refuse_plain_http(request: &Request) -> Response {
    let id = new_uuid().to_string();
    let path = without_token(request.uri().path());
    tracing::info!(request_id = id, method = %request.method(), path, "refused plain HTTP");
    let message = "use https:// instead of http://; this service requires HTTPS";
    let mut response = refused(StatusCode::FORBIDDEN, ErrorCode::BadUserInput, message, MediaType::Json, &id);
    put_headers(&mut response, &id);
    response
}
