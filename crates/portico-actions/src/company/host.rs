//! Host of a company's links.

use portico_core::company::{Hosts, Region};
use portico_core::id::CompanyId;
use portico_core::refusal::RefusalCode;
use portico_store::company::address_of;

use crate::{ActionError, Refusal, Work};

/// The installation's host for a company's region, which serves invitations and first passwords (INV-13, ORG-5).
pub(crate) async fn region_host(work: &mut Work<'_>, company: CompanyId) -> Result<String, ActionError> {
    let address = address_of(work.connection(), company).await?;
    let host = work.actor().installation.hosts.of_region(address.region).map(str::to_owned);
    host.ok_or_else(|| Refusal::new(RefusalCode::InvalidState, without_host(address.region)).into())
}

/// The host of a company's portal: its own if the installation lists it, otherwise its region's.
pub(crate) async fn portal_host(work: &mut Work<'_>, company: CompanyId) -> Result<Option<String>, ActionError> {
    let address = address_of(work.connection(), company).await?;
    let hosts = &work.actor().installation.hosts;
    Ok(address.portal(hosts).or_else(|| hosts.of_region(address.region)).map(str::to_owned))
}

pub(super) fn without_host(region: Region) -> String {
    format!(
        "no email with a link can be sent: the installation has no host for the region {region}; ask its operator to add one \
         under [regions]"
    )
}

/// The regions that can be chosen, for messages.
pub(super) fn names_of_regions(hosts: &Hosts) -> String {
    let names: Vec<_> = hosts.regions().into_iter().map(Region::as_str).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// Whether a text is a host for links: a name, with or without a port.
pub(crate) fn is_host(host: &str) -> bool {
    url::Url::parse(&format!("https://{host}/")).is_ok_and(|url| {
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        url.host_str().is_some_and(|name| format!("{name}{port}") == host)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_may_have_a_port() {
        for fine in ["support.portal.example", "localhost", "127.0.0.1:8080"] {
            assert!(is_host(fine), "{fine}");
        }
        for wrong in ["", "https://a.example", "a.example/b", "me@a.example", "a b", "a.example:443", "a.example?x"] {
            assert!(!is_host(wrong), "{wrong}");
        }
    }
}
