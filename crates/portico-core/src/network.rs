//! Networks by which attempts, leads and anonymous operations are counted.

use std::net::IpAddr;

use ipnet::IpNet;

/// The network of one subscriber: an IPv4 address, or a /64 of IPv6.
///
/// One subscriber often has a whole /64.
pub fn subscriber(address: IpAddr) -> IpNet {
    let address = address.to_canonical();
    let whole = IpNet::from(address);
    match address {
        IpAddr::V4(_) => whole,
        // A prefix of 64 bits always fits an IPv6 address.
        IpAddr::V6(_) => IpNet::new(address, 64).map_or(whole, |network| network.trunc()),
    }
}

/// The wider network that usually has one operator: a /24 of IPv4, a /48 of IPv6.
pub fn neighborhood(address: IpAddr) -> IpNet {
    let address = address.to_canonical();
    let length = if address.is_ipv4() { 24 } else { 48 };
    IpNet::new(address, length).map_or_else(|_| IpNet::from(address), |network| network.trunc())
}

/// Name of a network in counters; all unknown addresses share one.
pub fn name_of(address: Option<IpAddr>) -> String {
    address.map_or_else(|| "unknown".to_owned(), |address| subscriber(address).to_string())
}

/// Maximum length of a host name, in characters.
const MAX_HOST: usize = 253;
/// Maximum length of a label of a name, in characters.
const MAX_LABEL: usize = 63;

/// Canonical form of a portal's host name; none if it is not a name.
///
/// ASCII and lower case, without a port and without a trailing dot.
pub fn host_name(text: &str) -> Option<String> {
    let text = text.trim();
    let name = match text.rsplit_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok() => name,
        _ => text,
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    let ascii = idna::domain_to_ascii_strict(name).ok()?;
    let is_name = !ascii.is_empty() && ascii.len() <= MAX_HOST && !ascii.ends_with('.');
    is_name.then_some(ascii)
}

/// Whether a host is a DNS name of a server: labels of letters, digits and hyphens, international ones as A-labels.
///
/// URL parsers accept more as a host, such as `*`, quotes and commas, which have a meaning of their own in a page's
/// content security policy.
pub fn is_dns_name(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= MAX_HOST && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_spellings_are_equal() {
        // ROB-15
        for text in [
            "portal.example.com",
            " Portal.Example.COM ",
            "portal.example.com.",
            "portal.example.com:8443",
            "portal.example.com.:443",
        ] {
            assert_eq!(host_name(text).as_deref(), Some("portal.example.com"), "{text}");
        }
        assert_eq!(host_name("bücher.example").as_deref(), Some("xn--bcher-kva.example"));
        for wrong in
            ["", ".", "a..b", "example.com..", "a b", "example.com:port", "example.com/", "me@example.com", "a\0b"]
        {
            assert_eq!(host_name(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn one_subscriber_is_one_network() {
        let network = |text: &str| name_of(text.parse().ok());
        assert_eq!(network("2001:db8:1:2:3::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("192.0.2.1"), network("::ffff:192.0.2.1"), "however it is written");
        assert_eq!((network("192.0.2.1").as_str(), network("2001:db8::9").as_str()), ("192.0.2.1/32", "2001:db8::/64"));
        assert_eq!(network("nowhere"), "unknown");
    }
}
