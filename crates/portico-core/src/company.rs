//! Companies: their regions, and the hosts of an installation to which mailed links lead.

use std::collections::BTreeMap;

use crate::access::Role;

text_enum! {
    /// Market of a company; it determines the installation's host for invitations (INV-13).
    pub enum Region {
        /// The United States.
        UnitedStates = "US",
        /// Canada.
        Canada = "CA",
        /// Australia.
        Australia = "AU",
        /// New Zealand.
        NewZealand = "NZ",
        /// The European Union and Switzerland.
        Europe = "EU",
        /// The United Kingdom.
        UnitedKingdom = "GB",
    }
}

text_enum! {
    /// Day of the week, as work calendars name it.
    pub enum Weekday {
        /// Monday.
        Monday = "MONDAY",
        /// Tuesday.
        Tuesday = "TUESDAY",
        /// Wednesday.
        Wednesday = "WEDNESDAY",
        /// Thursday.
        Thursday = "THURSDAY",
        /// Friday.
        Friday = "FRIDAY",
        /// Saturday.
        Saturday = "SATURDAY",
        /// Sunday.
        Sunday = "SUNDAY",
    }
}

impl From<Weekday> for chrono::Weekday {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

/// Weekdays that a company works until it sets others.
pub const USUAL_WORKING_DAYS: [Weekday; 5] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

/// Maximum length of a slug, in characters.
pub const MAX_SLUG: usize = 60;

/// Whether a text is a slug: lowercase letters, digits and hyphens.
pub fn is_slug(text: &str) -> bool {
    (1..=MAX_SLUG).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Filter of a company's staff.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize)]
pub struct StaffList {
    /// One of these roles.
    pub role_in: Option<Vec<Role>>,
    /// Removed members instead of current ones.
    pub is_removed: bool,
}

/// Hosts of an installation: one for each region, and the portal hosts of companies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hosts {
    regions: BTreeMap<Region, String>,
    /// The slug of the company that may use a host.
    portals: BTreeMap<String, String>,
    /// For regions without a host.
    otherwise: Option<String>,
}

/// The configured hosts conflict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostsError {
    /// The operator of a company's host could read the links of other companies.
    #[error("`{host}` is the host of the region {region}, and cannot be the portal host of `{company}` as well")]
    RegionHostAsPortal {
        /// The host.
        host: String,
        /// The region.
        region: Region,
        /// The company's slug.
        company: String,
    },
}

impl Hosts {
    /// Hosts of a configuration, in lower case.
    ///
    /// # Errors
    ///
    /// [`HostsError`] when a company's host is one of the installation.
    pub fn new(regions: BTreeMap<Region, String>, portals: BTreeMap<String, String>) -> Result<Self, HostsError> {
        for (host, company) in &portals {
            if let Some((region, _)) = regions.iter().find(|(_, of_region)| *of_region == host) {
                let (host, company) = (host.clone(), company.clone());
                return Err(HostsError::RegionHostAsPortal { host, region: *region, company });
            }
        }
        Ok(Self { regions, portals, otherwise: None })
    }

    /// One host for all regions, without portal hosts: for a trial.
    pub fn at(host: String) -> Self {
        Self { otherwise: Some(host), ..Self::default() }
    }

    /// The installation's host for a region.
    pub fn of_region(&self, region: Region) -> Option<&str> {
        self.regions.get(&region).or(self.otherwise.as_ref()).map(String::as_str)
    }

    /// The host of links to files: the company's portal host if it is listed, else the first of the installation. Every host serves
    /// files, and outsiders do not know their company's region.
    pub fn of_files<'a>(&'a self, portal_host: Option<&'a str>) -> Option<&'a str> {
        let own = portal_host.filter(|host| self.is_of_portal(host));
        own.or_else(|| self.regions.values().chain(&self.otherwise).next().map(String::as_str))
    }

    /// The regions that have a host.
    pub fn regions(&self) -> Vec<Region> {
        Region::ALL.iter().copied().filter(|region| self.of_region(*region).is_some()).collect()
    }

    /// Whether a host belongs to a region.
    pub fn is_of_region(&self, host: &str) -> bool {
        self.regions.values().chain(&self.otherwise).any(|known| known == host)
    }

    /// Whether a host is listed for a company.
    pub fn is_of_portal(&self, host: &str) -> bool {
        self.portals.contains_key(host)
    }

    /// A company's portal host, if the configuration lists it for that company (ORG-5).
    pub fn of_portal<'a>(&self, slug: &str, portal_host: Option<&'a str>) -> Option<&'a str> {
        portal_host.filter(|host| self.portals.get(*host).is_some_and(|company| company == slug))
    }

    /// The first host listed for a company.
    pub fn listed_for(&self, slug: &str) -> Option<&str> {
        self.portals.iter().find(|(_, company)| *company == slug).map(|(host, _)| host.as_str())
    }

    /// The slugs of the companies with a listed host.
    pub fn companies(&self) -> impl Iterator<Item = &str> {
        self.portals.values().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> Hosts {
        let regions = BTreeMap::from([(Region::NewZealand, "nz.example".to_owned())]);
        Hosts::new(regions, BTreeMap::from([("a.example".to_owned(), "alder".to_owned())]))
            .expect("the hosts do not conflict")
    }

    #[test]
    fn listed_host_belongs_to_one_company() {
        // ORG-5
        assert_eq!(hosts().of_portal("alder", Some("a.example")), Some("a.example"));
        assert_eq!(hosts().of_portal("fern", Some("a.example")), None);
        assert_eq!(hosts().of_portal("alder", Some("b.example")), None);
        assert_eq!(hosts().of_portal("alder", None), None);
    }

    #[test]
    fn region_host_is_not_a_portal_host() {
        let regions = BTreeMap::from([(Region::NewZealand, "nz.example".to_owned())]);
        let wrong = Hosts::new(regions, BTreeMap::from([("nz.example".to_owned(), "alder".to_owned())]));
        assert!(matches!(wrong, Err(HostsError::RegionHostAsPortal { region: Region::NewZealand, .. })));
    }

    #[test]
    fn region_may_lack_a_host() {
        assert_eq!(hosts().of_region(Region::NewZealand), Some("nz.example"));
        assert_eq!(hosts().of_region(Region::Canada), None);
        assert_eq!(hosts().regions(), [Region::NewZealand]);
        assert_eq!(Hosts::at("trial.example".to_owned()).of_region(Region::Canada), Some("trial.example"));
    }

    #[test]
    fn slugs_are_letters_digits_and_hyphens() {
        assert!(
            is_slug("alder-2") && !is_slug("") && !is_slug("Alder") && !is_slug("a.b") && !is_slug(&"a".repeat(61))
        );
    }
}
