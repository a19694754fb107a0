//! CORS: the web origins whose pages may read answers.

use std::str::FromStr;
use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, Uri, header};
use tower_http::cors::{AllowCredentials, AllowOrigin, CorsLayer};

use super::host::Host;
use super::portal_hosts::FromPortal;
use super::trace;
use crate::auth::PORTAL_REQUEST;
use crate::usage::{CLIENT_NAME, CLIENT_VERSION};

/// Time for which browsers may cache a preflight.
const MAX_AGE: Duration = Duration::from_secs(3_600);

/// Web origins, such as `https://portal.alderbrook.example`. Empty by default.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    listed: Vec<HeaderValue>,
    all_of_localhost: bool,
}

impl Origins {
    /// Adds `http://localhost` at every port, for the demo. Only its own machine can reach it.
    #[must_use]
    pub fn with_localhost(mut self) -> Self {
        self.all_of_localhost = true;
        self
    }

    fn include(&self, origin: &HeaderValue) -> bool {
        let is_localhost = |origin: &str| {
            let port = origin.strip_prefix("http://localhost");
            port.is_some_and(|port| {
                port.is_empty() || port.strip_prefix(':').is_some_and(|it| it.parse::<u16>().is_ok())
            })
        };
        self.listed.contains(origin) || (self.all_of_localhost && origin.to_str().is_ok_and(is_localhost))
    }
}

impl FromStr for Origins {
    type Err = String;

    /// Parses a comma-separated list.
    fn from_str(text: &str) -> Result<Self, String> {
        text.split(',')
            .map(str::trim)
            .filter(|origin| !origin.is_empty())
            .map(origin)
            .collect::<Result<_, _>>()
            .map(|listed| Self { listed, all_of_localhost: false })
    }
}

/// Parses an origin: a scheme and an authority. `*` is refused, since it would admit every page.
fn origin(text: &str) -> Result<HeaderValue, String> {
    let wrong = || format!("`{text}` is not a web origin; origins are like https://portal.example.com");
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https")).ok_or_else(wrong)?;
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(wrong)?;
    let origin = format!("{scheme}://{}", authority.as_str().to_ascii_lowercase());
    if origin != text.to_ascii_lowercase() {
        return Err(wrong());
    }
    HeaderValue::from_str(&origin).map_err(|_| wrong())
}

/// Answers preflights, and sets the CORS headers.
///
/// Pages of the configured origins and of portals may read answers.
/// Portal pages may send cookies only to their own host: the cookies of another host belong to another portal. To other
/// hosts, pages send tokens in a header.
pub(super) fn layer(origins: &Origins) -> CorsLayer {
    let exposed = ["x-request-id", "retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"]
        .map(HeaderName::from_static);
    let origins = origins.clone();
    let allowed_headers = [
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        header::ACCEPT,
        CLIENT_NAME,
        CLIENT_VERSION,
        PORTAL_REQUEST,
        trace::HEADER,
    ];
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, parts| is_from_portal(parts) || origins.include(origin)))
        .allow_credentials(AllowCredentials::predicate(is_at_own_host))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(allowed_headers)
        .expose_headers(exposed)
        .max_age(MAX_AGE)
}

/// The same pages may send and read files. Without cookies, since the address of a file is enough.
pub(super) fn of_files(origins: &Origins) -> CorsLayer {
    let exposed = [
        "upload-offset",
        "upload-length",
        "upload-expires",
        "tus-resumable",
        "tus-version",
        "tus-extension",
        "tus-max-size",
        "content-disposition",
        "content-length",
        "content-range",
        "etag",
        "retry-after",
        "x-request-id",
    ];
    let allowed = ["tus-resumable", "upload-offset", "content-type", "range", "if-range", "if-none-match"];
    let origins = origins.clone();
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, parts| is_from_portal(parts) || origins.include(origin)))
        .allow_methods([Method::GET, Method::HEAD, Method::PATCH, Method::PUT, Method::DELETE])
        .allow_headers(allowed.map(HeaderName::from_static))
        .expose_headers(exposed.map(HeaderName::from_static))
        .max_age(MAX_AGE)
}

fn is_from_portal(parts: &Parts) -> bool {
    parts.extensions.get::<FromPortal>().is_some()
}

fn is_at_own_host(origin: &HeaderValue, parts: &Parts) -> bool {
    let Some(Host(host)) = parts.extensions.get() else { return false };
    let host = host.strip_suffix(":443").unwrap_or(host);
    let from = origin.as_bytes().strip_prefix(b"https://");
    is_from_portal(parts) && from.is_some_and(|from| from == host.trim_end_matches('.').as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_full_origins_are_accepted() {
        let origins: Origins = "https://portal.example.com, http://localhost:3000".parse().unwrap();
        assert_eq!(origins.listed.len(), 2);
        for wrong in [
            "*",
            "null",
            "portal.example.com",
            "https://a.example/",
            "https://a@b.example",
            "ftp://a.example",
            "https://",
        ] {
            assert!(wrong.parse::<Origins>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn demo_accepts_any_localhost_port() {
        // ROB-17
        let origins = Origins::default().with_localhost();
        let includes = |origins: &Origins, origin: &'static str| origins.include(&HeaderValue::from_static(origin));
        for origin in ["http://localhost", "http://localhost:3000", "http://localhost:5173"] {
            assert!(includes(&origins, origin), "{origin}");
            assert!(!includes(&Origins::default(), origin), "{origin}");
        }
        for wrong in [
            "https://localhost:3000",
            "http://localhost.example",
            "http://localhost:",
            "http://localhost:x",
            "http://localhost@a",
        ] {
            assert!(!includes(&origins, wrong), "{wrong}");
        }
    }
}
