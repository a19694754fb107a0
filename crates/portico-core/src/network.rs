//! Networks: what tries, leads and operations of those who have not signed in are counted by.

use std::net::IpAddr;

use ipnet::IpNet;

/// The network of one subscriber, by whichever of its addresses: the address itself or, since one subscriber often has a whole
/// /64 of IPv6, that.
pub fn subscriber(address: IpAddr) -> IpNet {
    let address = address.to_canonical();
    let whole = IpNet::from(address);
    match address {
        IpAddr::V4(_) => whole,
        // 64 is no longer than an address, so that there is such a network.
        IpAddr::V6(_) => IpNet::new(address, 64).map_or(whole, |network| network.trunc()),
    }
}

/// What such a network is called where it is counted; all of which nothing is known are one.
pub fn name_of(address: Option<IpAddr>) -> String {
    address.map_or_else(|| "unknown".to_owned(), |address| subscriber(address).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_subscriber_are_one_network() {
        let network = |text: &str| name_of(text.parse().ok());
        assert_eq!(network("2001:db8:1:2:3::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("192.0.2.1"), network("::ffff:192.0.2.1"), "however it is written");
        assert_eq!((network("192.0.2.1").as_str(), network("2001:db8::9").as_str()), ("192.0.2.1/32", "2001:db8::/64"));
        assert_eq!(network("nowhere"), "unknown");
    }
}
