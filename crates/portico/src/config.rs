//! The installation's configuration: a TOML file, read once at the start.

use std::collections::BTreeMap;
use std::path::Path;

use portico_core::company::{Hosts, HostsError, Region, is_slug};
use serde::Deserialize;

/// The demo's configuration.
const DEMO: &str = include_str!("../../../fixtures/installation.toml");

/// Configuration of an installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The hosts of links.
    pub hosts: Hosts,
}

/// Reasons why a configuration is invalid, each with its remedy.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the file: {0}")]
    Read(std::io::Error),
    /// The file is not valid TOML, or has an unknown key.
    #[error("{0}")]
    Syntax(String),
    /// The file lists no region.
    #[error("[regions] is missing or empty: it lists the host of each region, such as NZ = \"customer.example.co.nz\"")]
    NoRegions,
    /// An unknown region.
    #[error("[regions] has `{region}`, which is not a region; the regions are: {known}")]
    Region {
        /// The region given.
        region: String,
        /// The known regions.
        known: String,
    },
    /// An invalid host.
    #[error("{table} has `{host}`, which is not a host name in lowercase, such as portal.example.com")]
    Host {
        /// The table with the host.
        table: &'static str,
        /// The host given.
        host: String,
    },
    /// An invalid slug of a company.
    #[error("[portal_hosts] lists `{host}` for `{company}`, which is not a valid slug")]
    Company {
        /// The host.
        host: String,
        /// The slug given.
        company: String,
    },
    /// The hosts contradict each other.
    #[error(transparent)]
    Hosts(#[from] HostsError),
    /// Several entries are invalid.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Several(Vec<ConfigError>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    regions: BTreeMap<String, String>,
    #[serde(default)]
    portal_hosts: BTreeMap<String, String>,
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] has the reason.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        Self::parse(&std::fs::read_to_string(path).map_err(ConfigError::Read)?)
    }

    /// Parses the text of a file.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] has the reason.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let File { regions, portal_hosts } =
            toml::from_str(text).map_err(|error| ConfigError::Syntax(error.to_string().trim_end().to_owned()))?;
        if regions.is_empty() {
            return Err(ConfigError::NoRegions);
        }
        // All mistakes are named at once.
        let mut errors = Vec::new();
        let (mut regions_known, mut portals) = (BTreeMap::new(), BTreeMap::new());
        for (region, host) in regions {
            let known = region.parse::<Region>();
            if known.is_err() {
                let known: Vec<_> = Region::ALL.iter().map(|region| region.as_str()).collect();
                errors.push(ConfigError::Region { region, known: known.join(", ") });
            }
            match (known, checked("[regions]", host)) {
                (Ok(region), Ok(host)) => drop(regions_known.insert(region, host)),
                (_, Err(error)) => errors.push(error),
                (Err(_), Ok(_)) => {}
            }
        }
        for (host, company) in portal_hosts {
            if !is_slug(&company) {
                errors.push(ConfigError::Company { host: host.clone(), company: company.clone() });
            }
            match checked("[portal_hosts]", host) {
                Ok(host) => drop(portals.insert(host, company)),
                Err(error) => errors.push(error),
            }
        }
        let hosts = loop {
            match Hosts::new(regions_known.clone(), portals.clone()) {
                Ok(hosts) => break hosts,
                Err(error) => {
                    let HostsError::RegionHostAsPortal { host, .. } = &error;
                    portals.remove(host);
                    errors.push(error.into());
                }
            }
        };
        match errors.len() {
            0 => Ok(Self { hosts }),
            1 => Err(errors.remove(0)),
            _ => Err(ConfigError::Several(errors)),
        }
    }

    /// The demo's configuration.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when the built-in file is invalid.
    pub fn demo() -> Result<Self, ConfigError> {
        Self::parse(DEMO)
    }
}

/// Checks a host for links, in the notation of browsers.
fn checked(table: &'static str, host: String) -> Result<String, ConfigError> {
    let is_host = url::Url::parse(&format!("https://{host}/")).is_ok_and(|url| {
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        url.host_str().is_some_and(|name| format!("{name}{port}") == host)
    });
    if is_host { Ok(host) } else { Err(ConfigError::Host { table, host }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demo_lists_company_hosts() {
        let hosts = Config::demo().expect("it can be read").hosts;
        assert_eq!(hosts.regions(), Region::ALL);
        let own = Some("portal.alderbrook.example");
        assert_eq!(hosts.of_portal("alderbrook", own), own);
        assert_eq!(hosts.of_portal("fernhill", own), None);
    }

    #[test]
    fn all_mistakes_are_named_at_once() {
        let text = "[regions]\nNZ = \"https://nz.example/\"\nXX = \"X.example\"\nUS = \"us.example\"
            [portal_hosts]\n\"me@a.example\" = \"A b\"\n\"us.example\" = \"c\"";
        let message = Config::parse(text).expect_err(text).to_string();
        assert_eq!(message.lines().count(), 6, "{message}");
        for word in ["`https://nz.example/`", "`XX`", "`X.example`", "`me@a.example`", "`A b`", "region US"] {
            assert!(message.contains(word), "`{word}` is not in: {message}");
        }
    }

    #[test]
    fn each_configuration_error_is_named() {
        // ORG-5
        for (text, words) in [
            ("", ["[regions]", "NZ"]),
            ("regions = 3", ["regions", "line 1"]),
            ("[regions]\nNZ = \"nz.example\"\n[portals]", ["portals", "regions"]),
            ("[regions]\nNZ = \"nz.example\"\nNZ = \"z.example\"", ["duplicate", "line 3"]),
            ("[regions]\nXX = \"x.example\"", ["`XX`", "US, CA, AU, NZ, EU, GB"]),
            ("[regions]\nNZ = \"https://nz.example/\"", ["[regions]", "`https://nz.example/`"]),
            ("[regions]\nNZ = \"NZ.example\"", ["`NZ.example`", "in lowercase"]),
            ("[regions]\nNZ = \"nz.example\"\n[portal_hosts]\n\"me@a.example\" = \"a\"", ["[portal_hosts]", "`me@a"]),
            ("[regions]\nNZ = \"nz.example\"\n[portal_hosts]\n\"a.example\" = \"A b\"", ["`a.example`", "`A b`"]),
            ("[regions]\nNZ = \"nz.example\"\n[portal_hosts]\n\"nz.example\" = \"a\"", ["region NZ", "`a`"]),
        ] {
            let message = Config::parse(text).expect_err(text).to_string();
            for word in words {
                assert!(message.contains(word), "`{word}` is not in: {message}");
            }
        }
    }
}
