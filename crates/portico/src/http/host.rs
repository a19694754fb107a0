//! Validates the host that a request names (RFC 9112, section 3.2).
//!
//! Cookies belong to a host, and the gateway recognizes its own pages by it, so a request must name exactly one.

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use portico_core::id::new_uuid;
use portico_graphql::ErrorCode;

use super::media::MediaType;
use super::reply::refused;
use super::request_log::put_headers;
use super::server::Network;

/// Maximum length of a host with its port, in bytes: a name has at most 253.
const MAX_HOST: usize = 259;

/// Host of a request, in lowercase, with its port if given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Host(pub(super) String);

/// Refuses requests without exactly one valid host. Passes the host on to handlers.
pub(super) async fn check(mut request: Request, next: Next) -> Response {
    match host_of(request.uri(), request.headers()) {
        Ok(Some(host)) => {
            request.extensions_mut().insert(host);
        }
        // Requests over a connection must name one; requests within the process need not.
        Ok(None) if request.extensions().get::<Network>().is_none() => {}
        Ok(None) | Err(NotAHost) => return not_a_host(),
    }
    next.run(request).await
}

#[derive(Debug, PartialEq, Eq)]
struct NotAHost;

fn host_of(uri: &Uri, headers: &HeaderMap) -> Result<Option<Host>, NotAHost> {
    let mut sent = headers.get_all(header::HOST).iter();
    let first = sent.next();
    if sent.next().is_some() {
        return Err(NotAHost);
    }
    // The host of an absolute address takes precedence over the header.
    let text = match (uri.authority(), first) {
        (Some(authority), _) => authority.as_str(),
        (None, Some(value)) => value.to_str().map_err(|_| NotAHost)?,
        (None, None) => return Ok(None),
    };
    read(text).map(Some)
}

fn read(text: &str) -> Result<Host, NotAHost> {
    let authority: Authority = text.parse().map_err(|_| NotAHost)?;
    let host = authority.host();
    let is_name =
        |host: &str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    let is_address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok());
    let port = authority.as_str().strip_prefix(host).unwrap_or("@");
    let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    if text.len() > MAX_HOST || host.is_empty() || !is_port || !(is_name(host) || is_address) {
        return Err(NotAHost);
    }
    Ok(Host(authority.as_str().to_ascii_lowercase()))
}

fn not_a_host() -> Response {
    let id = new_uuid().to_string();
    let message = "the request must name one host, such as `Host: portal.example.com`";
    let mut response = refused(StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, message, MediaType::Json, &id);
    put_headers(&mut response, &id);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_hosts_are_refused() {
        // ROB-27
        for (text, host) in [
            ("Portal.Example.com", "portal.example.com"),
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("[::1]:8080", "[::1]:8080"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(read(text), Ok(Host(host.to_owned())));
        }
        let long = "a".repeat(260);
        for wrong in [
            "",
            "a b",
            "me@example.com",
            "example.com:x",
            "example.com:99999",
            "example.com/path",
            "[1.2.3.4]",
            "ex%61mple.com",
            "a,b",
            &long,
        ] {
            assert_eq!(read(wrong), Err(NotAHost), "{wrong}");
        }
    }
}
