//! Servers on the own machine, to which connections need no encryption.

use std::net::IpAddr;

use url::Host;

/// Whether a URL's host is the own machine.
pub(crate) fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        // `url` does not parse hosts of unknown schemes, so an IP address is a name here.
        Host::Domain(name) => *name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
    }
}
