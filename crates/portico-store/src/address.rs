//! Parsing of database URLs, with libpq's parameters for TLS.
//!
//! `tokio_postgres` knows three of libpq's six modes and none of its files, so these parameters are taken out of the text
//! before it parses the rest.

use std::ops::Range;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use portico_tls::{ClientCertificate, ParameterNames, Roots, TlsOptions, Verification};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslNegotiation};

/// Application protocol of PostgreSQL 17 and newer.
const PROTOCOL: &str = "postgresql";

const NAMES: ParameterNames = ParameterNames {
    roots: "sslrootcert",
    certificate: "sslcert",
    key: "sslkey",
    other_name: "connect to a name of the certificate, or set sslmode=verify-ca to accept any name",
};

/// Whether a connection is encrypted: `sslmode`, without the verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// Never.
    Disable,
    /// Only if the server refuses a plain connection.
    Allow,
    /// Unless the server refuses an encrypted connection.
    Prefer,
    /// Always.
    Require,
}

/// Where to connect, as whom, and how it is encrypted.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub(crate) config: Config,
    pub(crate) encryption: Encryption,
    /// `sslmode` as it was given.
    pub(crate) mode: &'static str,
    pub(crate) tls: TlsOptions,
    /// Whether the connection begins with TLS, without asking: `sslnegotiation=direct`.
    pub(crate) is_direct: bool,
}

impl Address {
    /// Parses `postgres://owner@host/name`, or `host=.. user=.. dbname=..`.
    ///
    /// # Errors
    ///
    /// Describes what is wrong, without the text itself, which may hold a password.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (rest, parameters) = TlsParameters::take_from(text);
        let mut config: Config = rest.parse().map_err(|error: tokio_postgres::Error| {
            std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string)
        })?;
        if config.get_hosts().is_empty() {
            return Err("it names no host".to_owned());
        }
        let is_direct = config.get_ssl_negotiation() == SslNegotiation::Direct;
        let (mode, tls) = parameters.options()?;
        let encryption = match mode {
            "disable" => Encryption::Disable,
            "allow" => Encryption::Allow,
            "prefer" => Encryption::Prefer,
            _ => Encryption::Require,
        };
        if is_direct && encryption != Encryption::Require {
            return Err(format!(
                "sslnegotiation=direct may not be used with sslmode={mode}; set sslmode to require, verify-ca or verify-full"
            ));
        }
        // The handshake is ours, and precedes what `tokio_postgres` does.
        config.ssl_mode(tokio_postgres::config::SslMode::Require).ssl_negotiation(SslNegotiation::Direct);
        let address = Self { config, encryption, mode, tls, is_direct };
        if address.config.get_hosts().iter().any(|host| matches!(host, Host::Tcp(_))) && mode != "disable" {
            // Files are read anew for each connection; now, so that the start fails if they cannot be.
            address.tls.client_config()?;
        }
        Ok(address)
    }
}

/// The parameters of TLS, as given; of several of a name, the last.
#[derive(Default)]
struct TlsParameters {
    mode: Option<String>,
    roots: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
}

impl TlsParameters {
    /// Splits a URL or key-value text into the text without these parameters, and them.
    fn take_from(text: &str) -> (String, Self) {
        let mut taken = Self::default();
        let is_url = ["postgres://", "postgresql://"].iter().any(|prefix| text.starts_with(prefix));
        let rest = if is_url { taken.take_from_url(text) } else { taken.take_from_pairs(text) };
        (rest, taken)
    }

    fn slot(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name {
            "sslmode" => Some(&mut self.mode),
            "sslrootcert" => Some(&mut self.roots),
            "sslcert" => Some(&mut self.certificate),
            "sslkey" => Some(&mut self.key),
            _ => None,
        }
    }

    fn take_from_url(&mut self, url: &str) -> String {
        // As `tokio_postgres` does: a password may contain `?`.
        let after_password = url.find('@').unwrap_or_default();
        let Some(question) = url[after_password..].find('?').map(|at| after_password + at) else {
            return url.to_owned();
        };
        let mut kept = Vec::new();
        for pair in url[question + 1..].split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match self.slot(&percent_decoded(name)) {
                Some(slot) => *slot = Some(percent_decoded(value)),
                None => kept.push(pair),
            }
        }
        let mark = if kept.is_empty() { "" } else { "?" };
        format!("{}{mark}{}", &url[..question], kept.join("&"))
    }

    fn take_from_pairs(&mut self, text: &str) -> String {
        let mut kept = String::new();
        let mut at = 0;
        while let Some((pair, name, value)) = next_pair(text, at) {
            match self.slot(name) {
                Some(slot) => *slot = Some(value),
                None => kept.push_str(&text[at..pair.end]),
            }
            at = pair.end;
        }
        // What is malformed is reported by `tokio_postgres`.
        kept.push_str(&text[at..]);
        kept
    }

    fn options(self) -> Result<(&'static str, TlsOptions), String> {
        let roots = self.roots.filter(|text| !text.is_empty()).map(|text| match text.as_str() {
            "system" => Roots::System,
            path => Roots::File(PathBuf::from(path)),
        });
        let default = if roots == Some(Roots::System) { "verify-full" } else { "prefer" };
        let mode = self.mode.as_deref().unwrap_or(default);
        let known = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];
        let mode = known
            .into_iter()
            .find(|known| *known == mode)
            .ok_or_else(|| format!("sslmode has an unknown value; set it to one of {}", known.join(", ")))?;
        if roots == Some(Roots::System) && mode != "verify-full" {
            return Err(format!(
                "sslrootcert=system may not be used with sslmode={mode}, since anyone can get a certificate of these CAs; \
                 set sslmode=verify-full"
            ));
        }
        let verification = match (mode, &roots) {
            ("verify-ca" | "verify-full", None) => {
                return Err(format!(
                    "sslmode={mode} needs sslrootcert: a file with the certificate of the server's CA, or with \
                     sslmode=verify-full `system` for the CAs of the operating system"
                ));
            }
            ("verify-full", _) => Verification::AuthorityAndName,
            // For compatibility, libpq verifies the CA whenever it has one.
            (_, Some(_)) => Verification::Authority,
            (_, None) => Verification::Nothing,
        };
        let client = match (self.certificate, self.key) {
            (Some(certificate), Some(key)) if !certificate.is_empty() && !key.is_empty() => {
                Some(ClientCertificate { certificate: certificate.into(), key: key.into() })
            }
            (certificate, key) => {
                match (certificate.is_some_and(|it| !it.is_empty()), key.is_some_and(|it| !it.is_empty())) {
                    (true, _) => return Err("sslcert needs sslkey: the file with the certificate's key".to_owned()),
                    (_, true) => return Err("sslkey needs sslcert: the file with the key's certificate".to_owned()),
                    _ => None,
                }
            }
        };
        let roots = roots.unwrap_or(Roots::Mozilla);
        Ok((mode, TlsOptions { verification, roots, client, protocol: Some(PROTOCOL), names: &NAMES }))
    }
}

/// The next `name = value` of a key-value text: where it is, its name, and its value without quotes and escapes. None at
/// the end, or if it is malformed.
fn next_pair(text: &str, from: usize) -> Option<(Range<usize>, &str, String)> {
    let skip = |from: usize| from + (text[from..].len() - text[from..].trim_start().len());
    let start = skip(from);
    let name_end = start + text[start..].find(|c: char| c.is_whitespace() || c == '=')?;
    let equals = skip(name_end);
    let at = skip(equals + text[equals..].strip_prefix('=').map(|_| 1)?);
    let is_quoted = text[at..].starts_with('\'');
    let at = if is_quoted { at + 1 } else { at };
    let mut value = String::new();
    let mut chars = text[at..].char_indices();
    while let Some((offset, char)) = chars.next() {
        match char {
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            '\'' if is_quoted => return Some((start..at + offset + 1, &text[start..name_end], value)),
            _ if !is_quoted && char.is_whitespace() => {
                return Some((start..at + offset, &text[start..name_end], value));
            }
            _ => value.push(char),
        }
    }
    (!is_quoted && !value.is_empty()).then(|| (start..text.len(), &text[start..name_end], value))
}

fn percent_decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests;
