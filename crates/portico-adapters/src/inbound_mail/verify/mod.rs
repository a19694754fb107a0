//! Whether the address in `From` is proven (RFC 6376, RFC 8601).

mod alignment;
mod coverage;
mod dkim;
mod dns;
mod results;
mod tags;

use std::sync::Arc;

use bytes::Bytes;
use portico_core::contacts::Email;
use portico_core::files::limits::MAIL_BYTES;
use tokio::runtime::Handle;

use self::dns::Resolver;
pub use self::dns::{DnsConfigError, DnsServers};
use super::addresses::Author;
use super::mime::Headers;
use super::parsed::without_envelope;

/// Checks that a mail is by the owner of the address in `From`. Cheap to clone.
///
/// A mail passes in one of two ways:
///
/// - A mail server that the operator trusts has checked it (DMARC). Of the `Authentication-Results` with one of the trusted
///   authserv-ids, only the topmost counts; it has `dmarc=pass`, and no other result of DMARC, with the domain of `From` in
///   `header.from`. The operator's mail server removes such headers from mails that it receives (RFC 8601, section 5): with a server
///   that does not, a sender could add one.
/// - One of its first ten DKIM signatures is valid. It signs `From`, of which the mail has exactly one with one address, and the
///   whole body; its domain and that of `From` belong to one organization, by the list of public suffixes; it has not expired;
///   its hash is SHA-256. The key is in the DNS, for mail, not in test mode, and RSA of at least 1024 bits or Ed25519.
///
/// In both ways, the signatures of the sender's domain cover the recipients in `To` and `Cc` and the structure of the mail, and no header that
/// decides is there twice.
///
/// Other headers, such as `Sender`, `Reply-To` and `Return-Path`, have no effect.
#[derive(Debug, Clone)]
pub struct SenderVerifier(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    authserv_ids: Vec<String>,
    resolver: Resolver,
}

/// Result of a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verification {
    /// A DKIM signature of this domain is valid.
    Dkim {
        /// The domain that signed, which may be a parent or a sibling of the domain of `From`.
        domain: String,
    },
    /// A trusted mail server states that the mail passes DMARC.
    Dmarc {
        /// The server's identifier, as configured.
        authserv_id: String,
    },
    /// The sender is not proven.
    Unverified {
        /// Why.
        reason: UnverifiedReason,
    },
}

/// Why a sender is not proven. Of several signatures, the one that comes closest decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum UnverifiedReason {
    /// `From` does not have exactly one valid address.
    #[error("the mail does not have one sender")]
    NoSender,
    /// Programs could read the headers differently, or they are too many.
    #[error("the headers of the mail are malformed")]
    Malformed,
    /// There is no DKIM signature.
    #[error("the mail is not signed")]
    Unsigned,
    /// Only other domains have signed the mail.
    #[error("the mail is not signed by the sender's domain")]
    NotAligned,
    /// The signature cannot be read, or does not protect the sender or the whole body.
    #[error("the signature of the sender's domain is too weak")]
    Unusable,
    /// The signature does not cover headers that decide who gets the mail, and what its parts are.
    #[error("the signature of the sender's domain does not cover the recipients or the structure of the mail")]
    Uncovered,
    /// The domain has not published the key of the signature, or has revoked it.
    #[error("the sender's domain has not published the key of its signature")]
    NoKey,
    /// The key is too short, not for mail, or in test mode.
    #[error("the key of the sender's domain is too weak or in test mode")]
    WeakKey,
    /// The signature has expired.
    #[error("the signature of the sender's domain has expired")]
    Expired,
    /// The mail is not the one that was signed.
    #[error("the mail was changed after the sender's domain signed it")]
    Changed,
}

/// The DNS does not answer, so that the sender can be neither verified nor refused. A later attempt may succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the sender cannot be verified now: {0}")]
pub struct VerifierUnavailable(String);

impl SenderVerifier {
    /// A verifier that trusts the results of mail servers with these authserv-ids, in any letter case.
    ///
    /// # Errors
    ///
    /// [`DnsConfigError`] if the DNS servers are not known.
    pub fn new(authserv_ids: Vec<String>, servers: &DnsServers) -> Result<Self, DnsConfigError> {
        Ok(Self(Arc::new(Inner { authserv_ids, resolver: Resolver::new(servers)? })))
    }

    /// Verifies the sender of a mail (RFC 5322), with line ends CRLF or LF. Takes at most five seconds for the DNS.
    ///
    /// # Errors
    ///
    /// [`VerifierUnavailable`] if a signature could be valid, but the DNS does not answer, and no other signature is.
    pub async fn verify(&self, raw: Bytes) -> Result<Verification, VerifierUnavailable> {
        let inner = Arc::clone(&self.0);
        let runtime = Handle::current();
        // Hashing a large mail takes long.
        let verified = tokio::task::spawn_blocking(move || runtime.block_on(inner.verify(&raw)));
        match verified.await {
            Ok(verified) => verified,
            // Another attempt would fail in the same way.
            Err(error) if error.is_panic() => Ok(Verification::Unverified { reason: UnverifiedReason::Malformed }),
            Err(error) => Err(VerifierUnavailable(error.to_string())),
        }
    }
}

/// What identifies a mail of this sender, whatever was added to it on its way: hexadecimal digits. Two deliveries of one mail have the same.
pub fn identity_of(raw: &Bytes, from: &Email) -> Option<String> {
    let mail = with_crlf(without_envelope(raw));
    let headers = Headers::split(&mail).ok()?;
    Some(coverage::identity(&headers, &mail[headers.body_at..], from.canonical()))
}

impl Inner {
    async fn verify(&self, raw: &Bytes) -> Result<Verification, VerifierUnavailable> {
        let unverified = |reason| Ok(Verification::Unverified { reason });
        if raw.len() > MAIL_BYTES {
            return unverified(UnverifiedReason::Malformed);
        }
        let mail = with_crlf(without_envelope(raw));
        let Some(headers) = Headers::split(&mail).ok().filter(|headers| headers.is_regular) else {
            return unverified(UnverifiedReason::Malformed);
        };
        let Some(from) = Author::of(&headers).address else { return unverified(UnverifiedReason::NoSender) };
        if !coverage::is_single(&headers) {
            return unverified(UnverifiedReason::Malformed);
        }
        let domain = from.canonical().rsplit_once('@').map_or("", |(_, domain)| domain);
        if let Some(authserv_id) = results::passing(&headers, &self.authserv_ids, domain) {
            if !coverage::is_covered_by_all(&headers, &mail[headers.body_at..], domain) {
                return unverified(UnverifiedReason::Uncovered);
            }
            return Ok(Verification::Dmarc { authserv_id: authserv_id.to_owned() });
        }
        match dkim::signing_domain(&self.resolver, &mail, &headers, domain).await? {
            Ok(domain) => Ok(Verification::Dkim { domain }),
            Err(reason) => unverified(reason),
        }
    }
}

/// The mail with the line ends that it had when it was signed. Programs that deliver to pipes change all of them.
fn with_crlf(mail: Bytes) -> Bytes {
    if mail.windows(2).any(|pair| pair == b"\r\n") {
        return mail;
    }
    let lines = mail.iter().filter(|byte| **byte == b'\n').count();
    let mut changed = Vec::with_capacity(mail.len() + lines);
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => {
                changed.extend_from_slice(line);
                changed.extend_from_slice(b"\r\n");
            }
            None => changed.extend_from_slice(line),
        }
    }
    changed.into()
}

/// The canonical form of a domain, as in addresses.
fn canonical_domain(domain: &str) -> Option<String> {
    let email = format!("x@{domain}").parse::<Email>().ok()?;
    email.canonical().split_once('@').map(|(_, domain)| domain.to_owned())
}
