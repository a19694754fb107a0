//! The host that serves files only. No page and no cookie can exist there, so what a browser shows of a file can reach nothing.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use portico_core::id::new_uuid;
use portico_core::network::host_name;
use portico_graphql::ErrorCode;

use crate::http::host::Host;
use crate::http::media::MediaType;
use crate::http::reply::refused;
use crate::http::request_log::put_headers;

/// Paths that exist at the host of files.
const SERVED: [&str; 2] = ["/files/", "/health/"];

/// The host of files; none if the installation has none.
#[derive(Debug, Clone)]
pub(super) struct OwnHost(Option<String>);

impl OwnHost {
    /// The host in a base URL.
    pub(super) fn of(base: Option<&str>) -> Self {
        let host = base.and_then(|base| base.split_once("://")).map(|(_, host)| host);
        Self(host.and_then(host_name))
    }

    /// Whether a request names it.
    pub(super) fn is_at(&self, host: Option<&Host>) -> bool {
        let named = host.and_then(|Host(host)| host_name(host));
        self.0.is_some() && self.0 == named
    }
}

/// Refuses all other paths at the host of files.
pub(super) async fn guard(State(own): State<OwnHost>, request: Request, next: Next) -> Response {
    let is_served = SERVED.iter().any(|path| request.uri().path().starts_with(path));
    if is_served || !own.is_at(request.extensions().get()) {
        return next.run(request).await;
    }
    let id = new_uuid().to_string();
    let message = "this address does not exist";
    let mut response = refused(StatusCode::NOT_FOUND, ErrorCode::BadUserInput, message, MediaType::Json, &id);
    put_headers(&mut response, &id);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_is_compared_without_case_and_port() {
        let own = OwnHost::of(Some("https://files.example.com:8443"));
        let is_at = |host: &str| own.is_at(Some(&Host(host.to_owned())));
        assert!(is_at("files.example.com") && is_at("files.example.com:8443") && is_at("FILES.example.com."));
        assert!(!is_at("portal.example.com") && !own.is_at(None));
        assert!(!OwnHost::of(None).is_at(None), "without such a host, no request is at it");
    }
}
