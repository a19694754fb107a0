//! Faults of TLS in words, with the remedy.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use chrono::{DateTime, Utc};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{AlertDescription, CertificateError, Error};

use crate::options::{Roots, TlsOptions};

/// Why a server's certificate is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CertificateFault {
    Expired(Option<UnixTime>),
    NotYetValid(Option<UnixTime>),
    /// With the names that it has.
    OtherName(Vec<String>),
    SelfSigned,
    UnknownAuthority,
    /// A CA's certificate, which is none of the trusted ones.
    OfAuthority,
    Revoked,
    NotForServers,
    OldVersion,
    Unreadable,
    Other,
}

impl fmt::Display for CertificateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server's certificate is refused")
    }
}

impl StdError for CertificateFault {}

/// The error of webpki that rustls has no variant for.
pub(crate) fn webpki_error(error: &Error) -> Option<&webpki::Error> {
    match error {
        Error::InvalidCertificate(CertificateError::Other(other)) => other.0.downcast_ref(),
        _ => None,
    }
}

impl CertificateFault {
    pub(crate) fn of(error: &Error, certificate: &CertificateDer<'_>) -> Self {
        let Error::InvalidCertificate(invalid) = error else { return Self::Other };
        let parsed = webpki::EndEntityCert::try_from(certificate).ok();
        let is_self_signed = parsed.as_ref().is_some_and(|parsed| parsed.issuer() == parsed.subject());
        match invalid {
            CertificateError::ExpiredContext { not_after, .. } => Self::Expired(Some(*not_after)),
            CertificateError::Expired => Self::Expired(None),
            CertificateError::NotValidYetContext { not_before, .. } => Self::NotYetValid(Some(*not_before)),
            CertificateError::NotValidYet => Self::NotYetValid(None),
            CertificateError::NotValidForNameContext { .. } | CertificateError::NotValidForName => {
                let names = parsed.as_ref().map(|parsed| parsed.valid_dns_names().map(str::to_owned).collect());
                Self::OtherName(names.unwrap_or_default())
            }
            CertificateError::UnknownIssuer | CertificateError::BadSignature if is_self_signed => Self::SelfSigned,
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::UnknownAuthority,
            CertificateError::Revoked => Self::Revoked,
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => Self::NotForServers,
            CertificateError::BadEncoding => Self::Unreadable,
            _ => match webpki_error(error) {
                Some(webpki::Error::CaUsedAsEndEntity) if is_self_signed => Self::SelfSigned,
                Some(webpki::Error::CaUsedAsEndEntity) => Self::OfAuthority,
                Some(webpki::Error::UnsupportedCertVersion) => Self::OldVersion,
                _ => Self::Other,
            },
        }
    }

    fn describe(&self, options: &TlsOptions, host: &str) -> String {
        let roots = options.names.roots;
        let trusted = match &options.roots {
            Roots::System => "the operating system does not trust".to_owned(),
            Roots::Mozilla => "is not among the public ones".to_owned(),
            Roots::File(path) => format!("is not in {}", path.display()),
        };
        match self {
            Self::Expired(at) => {
                format!("the certificate of {host} has expired{}; renew it on the server", on(" on ", *at))
            }
            Self::NotYetValid(from) => {
                let from = on(" before ", *from);
                format!(
                    "the certificate of {host} is not valid yet{from}; compare the clocks of this machine and of its CA"
                )
            }
            Self::OtherName(names) if names.is_empty() => format!(
                "the certificate of {host} is for another host: it has no DNS name (subjectAltName); {}",
                options.names.other_name
            ),
            Self::OtherName(names) => {
                let remedy = options.names.other_name;
                format!("the certificate of {host} is for another host: {}; {remedy}", names.join(", "))
            }
            Self::SelfSigned => format!(
                "the certificate of {host} is self-signed; set {roots} to a file with this certificate, or give the \
                 server one of a CA"
            ),
            Self::UnknownAuthority => format!(
                "the certificate of {host} is signed by another CA, which {trusted}; set {roots} to a file with the \
                 certificate of the server's CA"
            ),
            Self::OfAuthority => format!("the certificate of {host} is a CA's; give the server one of its own"),
            Self::Revoked => format!("the certificate of {host} is revoked; renew it on the server"),
            Self::NotForServers => format!(
                "the certificate of {host} is not for servers (extendedKeyUsage); give the server one for serverAuth"
            ),
            Self::OldVersion => format!(
                "the certificate of {host} is of an old version; give the server one of X.509 version 3, with a \
                 subjectAltName"
            ),
            Self::Unreadable => format!("the certificate of {host} cannot be read; renew it on the server"),
            Self::Other => format!("the certificate of {host} cannot be verified; check it with `openssl verify`"),
        }
    }
}

fn on(word: &str, time: Option<UnixTime>) -> String {
    let seconds = time.and_then(|time| i64::try_from(time.as_secs()).ok());
    let date: Option<DateTime<Utc>> = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    date.map(|date| format!("{word}{}", date.format("%Y-%m-%d %H:%M UTC"))).unwrap_or_default()
}

/// Finds the error of TLS that caused this one.
pub fn tls_error_of<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<Error>() {
            return Some(found);
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

impl TlsOptions {
    /// Describes an error of TLS with `host`, and the remedy.
    pub fn describe(&self, error: &Error, host: &str) -> String {
        match error {
            Error::InvalidCertificate(CertificateError::Other(other)) => {
                let fault = other.0.downcast_ref::<CertificateFault>();
                fault.unwrap_or(&CertificateFault::Other).describe(self, host)
            }
            Error::InvalidCertificate(_) => {
                CertificateFault::of(error, &CertificateDer::from(&[][..])).describe(self, host)
            }
            Error::AlertReceived(alert) => self.describe_alert(*alert, host),
            Error::InvalidMessage(_) | Error::InappropriateMessage { .. } => {
                format!("{host} does not answer in TLS; check the address and the port")
            }
            Error::PeerIncompatible(_) => {
                format!("{host} supports neither TLS 1.2 nor TLS 1.3 with current ciphers; update the server")
            }
            Error::NoApplicationProtocol => {
                format!("{host} does not speak the protocol that was asked for; check the address and the port")
            }
            _ => format!("the TLS handshake with {host} failed: {error}"),
        }
    }

    fn describe_alert(&self, alert: AlertDescription, host: &str) -> String {
        use AlertDescription::{
            AccessDenied, BadCertificate, CertificateExpired, CertificateRequired, CertificateRevoked,
            CertificateUnknown, DecryptError, HandshakeFailure, NoApplicationProtocol, ProtocolVersion, UnknownCA,
            UnsupportedCertificate,
        };
        let names = self.names;
        let Some(client) = &self.client else {
            return match alert {
                CertificateRequired | HandshakeFailure | BadCertificate => {
                    format!("{host} requires a client certificate; set {} and {}", names.certificate, names.key)
                }
                ProtocolVersion => format!("{host} supports neither TLS 1.2 nor TLS 1.3; update the server"),
                NoApplicationProtocol => format!("{host} does not speak the protocol that was asked for"),
                _ => format!("{host} ended the TLS handshake"),
            };
        };
        let why = match alert {
            UnknownCA => "it is signed by a CA that the server does not trust",
            CertificateExpired => "it has expired, or is not valid yet",
            CertificateRevoked => "it is revoked",
            UnsupportedCertificate => "it is not for clients",
            CertificateRequired | BadCertificate | CertificateUnknown | DecryptError | AccessDenied
            | HandshakeFailure => "the server gives no reason",
            _ => return format!("{host} ended the TLS handshake"),
        };
        format!(
            "{host} refuses the client certificate in {} ({}): {why}",
            client.certificate.display(),
            names.certificate
        )
    }
}
