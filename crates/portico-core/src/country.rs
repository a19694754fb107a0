//! Countries, by their codes of ISO 3166-1.

use std::str::FromStr;

/// A country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Country(&'static str);

/// Why a text is not a country code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotACountry {
    /// A known alias of this code.
    #[error("not an ISO 3166-1 alpha-2 country code; use {0}")]
    Known(&'static str),
    /// Not a country.
    #[error("not an ISO 3166-1 alpha-2 country code; codes are like NZ")]
    Unknown,
}

/// Aliases of country codes that ISO 3166-1 does not have, or no longer has.
const OTHER_NAMES: [(&str, &str); 5] = [("UK", "GB"), ("EL", "GR"), ("BU", "MM"), ("TP", "TL"), ("ZR", "CD")];

impl Country {
    /// The two-letter code, in upper case.
    pub const fn code(self) -> &'static str {
        self.0
    }
}

impl FromStr for Country {
    type Err = NotACountry;

    fn from_str(text: &str) -> Result<Self, NotACountry> {
        let code = crate::text::trim(text).to_ascii_uppercase();
        if let Some(country) = rust_iso3166::from_alpha2(&code) {
            return Ok(Self(country.alpha2));
        }
        let other = OTHER_NAMES.iter().find(|(name, _)| *name == code).map(|(_, code)| *code);
        let other = other.or_else(|| rust_iso3166::from_alpha3(&code).map(|country| country.alpha2));
        Err(other.map_or(NotACountry::Unknown, NotACountry::Known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_match_iso_3166() {
        // ROB-13; also EL, USA, EU, XK, ZZ.
        for (text, code) in [("NZ", "NZ"), ("gb", "GB"), (" us ", "US"), ("AX", "AX"), ("SS", "SS")] {
            assert_eq!(text.parse::<Country>().map(Country::code), Ok(code), "{text}");
        }
        for (text, hint) in [("UK", "GB"), ("EL", "GR"), ("USA", "US"), ("gbr", "GB")] {
            assert_eq!(text.parse::<Country>(), Err(NotACountry::Known(hint)), "{text}");
        }
        for wrong in ["", "XX", "EU", "XK", "ZZ", "N", "New Zealand", "1", "AN"] {
            assert_eq!(wrong.parse::<Country>(), Err(NotACountry::Unknown), "{wrong}");
        }
    }
}
