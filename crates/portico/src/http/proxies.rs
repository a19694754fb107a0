//! Trusted proxies, whose `X-Forwarded-For` determines a request's client address.
//!
//! Sign-in attempts, leads and operations are counted by network. Behind a proxy all callers would share the proxy's address,
//! so the operator configures the proxies. In `X-Forwarded-For`, only entries written by these proxies are trusted: each proxy
//! appends to the list, so it is read from the end (SEC-8).

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;

use super::server::Network;

/// Header in which each proxy reports the address of its client.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Networks of the trusted proxies. Empty by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Arc<[IpNet]>);

/// A list entry that is neither an address nor a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither an address nor a network; write for example 10.0.0.7 or 10.0.0.0/8")]
pub struct NotANetwork(String);

impl FromStr for Proxies {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let network = |part: &str| {
            let lone = || part.parse().map(|address: IpAddr| IpNet::from(address.to_canonical()));
            part.parse::<IpNet>().or_else(|_| lone()).map_err(|_| NotANetwork(part.to_owned()))
        };
        Ok(Self(parts.map(network).collect::<Result<Vec<_>, _>>()?.into()))
    }
}

impl Proxies {
    fn include(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The caller's address: the peer's or, if the peer is a trusted proxy, the last reported one that is not a trusted proxy.
    /// If a proxy reports something else than an address, the proxy's own.
    fn caller(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let entries: Vec<_> =
            headers.get_all(FORWARDED_FOR).iter().flat_map(|line| line.as_bytes().split(|b| *b == b',')).collect();
        let mut caller = peer;
        for entry in entries.into_iter().rev() {
            let Some(before) = address(entry).filter(|_| self.include(caller)) else { break };
            caller = before;
        }
        caller
    }
}

/// Parses an address as proxies write it: some add the port.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(entry).ok()?.trim();
    let address = text.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

/// Replaces the address of a trusted proxy with its client's.
pub(super) async fn resolve_client_ip(State(proxies): State<Proxies>, mut request: Request, next: Next) -> Response {
    if let Some(Network(peer)) = request.extensions().get().copied() {
        let caller = proxies.caller(peer, request.headers());
        request.extensions_mut().insert(Network(caller));
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(proxies: &str, peer: &str, reported: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in reported {
            headers.append(FORWARDED_FOR, line.parse().expect("a header's value"));
        }
        let proxies: Proxies = proxies.parse().expect("networks");
        proxies.caller(peer.parse().expect("an address"), &headers).to_string()
    }

    #[test]
    fn forwarded_header_needs_a_trusted_proxy() {
        // SEC-8
        assert_eq!(caller("", "192.0.2.1", &["203.0.113.9"]), "192.0.2.1");
        assert_eq!(caller("10.0.0.0/8", "192.0.2.1", &["203.0.113.9"]), "192.0.2.1");
    }

    #[test]
    fn caller_entries_in_the_header_are_ignored() {
        assert_eq!(caller("10.0.0.0/8", "10.1.1.1", &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(caller("10.0.0.0/8", "10.1.1.1", &["203.0.113.9, 192.0.2.1"]), "192.0.2.1");
        assert_eq!(
            caller("10.0.0.0/8", "10.1.1.1", &["203.0.113.9", "192.0.2.1"]),
            "192.0.2.1",
            "two lines are one list"
        );
        assert_eq!(caller("10.0.0.0/8", "10.1.1.1", &["10.9.9.9, 192.0.2.1"]), "192.0.2.1");
    }

    #[test]
    fn several_trusted_proxies_are_skipped() {
        let proxies = "10.0.0.0/8, 2001:db8:ff::/48, 198.51.100.7";
        assert_eq!(caller(proxies, "10.1.1.1", &["192.0.2.1, 198.51.100.7, 2001:db8:ff::2"]), "192.0.2.1");
        assert_eq!(caller(proxies, "10.1.1.1", &["192.0.2.1:4711, [2001:db8:ff::2]:80"]), "192.0.2.1", "with ports");
        assert_eq!(caller(proxies, "10.1.1.1", &["::ffff:192.0.2.1"]), "192.0.2.1");
    }

    #[test]
    fn proxy_without_valid_header_is_the_caller() {
        for reported in [&[][..], &[""], &["unknown"], &["192.0.2.1, _hidden"], &["192.0.2.1,"]] {
            assert_eq!(caller("10.0.0.0/8", "10.1.1.1", reported), "10.1.1.1", "{reported:?}");
        }
        assert_eq!(caller("10.0.0.0/8", "10.1.1.1", &["10.2.2.2"]), "10.2.2.2", "all of them are proxies");
    }

    #[test]
    fn networks_and_addresses_are_parsed() {
        assert_eq!("".parse::<Proxies>(), Ok(Proxies::default()));
        assert!("127.0.0.1,::1, 10.0.0.0/8 ".parse::<Proxies>().is_ok());
        for wrong in ["proxy.example", "10.0.0.0/33", "10.0.0.1;10.0.0.2", "*"] {
            assert_eq!(wrong.parse::<Proxies>(), Err(NotANetwork(wrong.to_owned())));
        }
    }
}
