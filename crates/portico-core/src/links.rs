//! Mailed links: purposes, lifetimes, tokens and hosts.
//!
//! The database does not store tokens. A link's row has a nonce, from which the worker derives the token with the installation's
//! secret when it sends the mail. So neither a copy of the database nor of the mail queue gives access to an account.

use chrono::TimeDelta;
use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::network::host_name;

/// Lifetime of a sign-in link (SEC-20).
pub const LINK_LIFE: TimeDelta = TimeDelta::minutes(15);
/// Lifetime of a confirmation link for a new email address.
pub const CONFIRMATION_LIFE: TimeDelta = TimeDelta::hours(24);

/// Message after a sign-in link was requested, the same for every address (SES-5).
pub fn requested_message() -> String {
    let minutes = LINK_LIFE.num_minutes();
    format!("If an account with this address can sign in, a link is on its way. It works once, for {minutes} minutes.")
}

text_enum! {
    /// Purpose of a mailed link.
    pub enum LinkPurpose {
        /// Sign-in.
        SignIn = "SIGN_IN",
        /// Invitation to a project.
        Invitation = "INVITATION",
        /// Invitation to a company's staff.
        StaffInvitation = "STAFF_INVITATION",
        /// Confirmation of the account's new email address.
        EmailConfirmation = "EMAIL_CONFIRMATION",
    }
}

/// The length in bytes of a link's id.
const ID: usize = 16;
/// The length in bytes of the authentication code.
const MAC: usize = 32;
/// The length of a token, in characters. The bytes fill base64 without padding, so that each token has one spelling.
const TOKEN: usize = (ID + MAC) / 3 * 4;
/// Context of the key derivation. A different text invalidates all links.
const CONTEXT: &str = "portico 2026-11-22 links sent by mail";

/// The key with which an installation creates and verifies link tokens.
#[derive(Clone)]
pub struct LinkKey([u8; 32]);

impl LinkKey {
    /// Derives the key from the secret that all gateways and workers of an installation share.
    pub fn from_secret(secret: &[u8]) -> Self {
        Self(blake3::derive_key(CONTEXT, secret))
    }

    /// The token for a link's id and nonce: 64 characters of base64url.
    pub fn token(&self, id: Uuid, nonce: Uuid) -> String {
        let mut bytes = [0; ID + MAC];
        bytes[..ID].copy_from_slice(id.as_bytes());
        bytes[ID..].copy_from_slice(&self.mac(id, nonce));
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// The path of a token's page.
    pub fn path(token: &str) -> String {
        format!("/auth/link/{token}")
    }

    fn mac(&self, id: Uuid, nonce: Uuid) -> [u8; MAC] {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(id.as_bytes()).update(nonce.as_bytes());
        hasher.finalize().into()
    }
}

impl std::fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkKey(..)")
    }
}

/// A token from a request: well-formed, but not verified yet.
#[derive(Clone)]
pub struct SentLink {
    /// The link's id.
    pub id: Uuid,
    mac: [u8; MAC],
}

impl SentLink {
    /// Parses a token; none if it is malformed. Only the canonical spelling is accepted.
    pub fn read(token: &str) -> Option<Self> {
        if token.len() != TOKEN {
            return None;
        }
        let bytes: [u8; ID + MAC] = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?.try_into().ok()?;
        let (id, mac) = bytes.split_at(ID);
        Some(Self { id: Uuid::from_slice(id).ok()?, mac: mac.try_into().ok()? })
    }

    /// Verifies the token against the nonce of the link's row, in constant time.
    pub fn holds(&self, key: &LinkKey, nonce: Uuid) -> bool {
        self.mac.ct_eq(&key.mac(self.id, nonce)).into()
    }
}

impl std::fmt::Debug for SentLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The authentication code gives access to an account, so it stays out of logs.
        f.debug_struct("SentLink").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The hosts of links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkSite {
    /// One base URL without a trailing slash, such as `http://127.0.0.1:8080`, for a demo or a trial.
    At(String),
    /// The portal host of each link's company, over HTTPS (INV-13).
    PortalHosts,
}

impl LinkSite {
    /// The URL of a path, which begins with a slash, for the portal at this host.
    pub fn address(&self, host: &str, path: &str) -> String {
        match self {
            Self::At(base) => format!("{base}{path}"),
            Self::PortalHosts => format!("https://{host}{path}"),
        }
    }

    /// The host of the base URL, without its port; none if links lead to portal hosts.
    pub fn own_host(&self) -> Option<String> {
        let Self::At(base) = self else { return None };
        let host = base.split_once("://").map_or(base.as_str(), |(_, host)| host);
        host_name(host.split('/').next().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::new_uuid;

    fn key() -> LinkKey {
        LinkKey::from_secret(b"of tests")
    }

    #[test]
    fn token_verifies_with_its_own_nonce_only() {
        let (id, nonce) = (new_uuid(), new_uuid());
        let token = key().token(id, nonce);
        assert_eq!(token.len(), 64);
        let sent = SentLink::read(&token).unwrap();
        assert_eq!(sent.id, id);
        assert!(sent.holds(&key(), nonce));
        assert!(!sent.holds(&key(), new_uuid()), "a link that was sent again has another nonce");
        assert!(!sent.holds(&LinkKey::from_secret(b"of others"), nonce));
        assert!(!sent.holds(&key(), id));
    }

    #[test]
    fn token_with_a_changed_bit_does_not_verify() {
        let (id, nonce) = (new_uuid(), new_uuid());
        let bytes = BASE64URL_NOPAD.decode(key().token(id, nonce).as_bytes()).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut forged = bytes.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            let sent = SentLink::read(&BASE64URL_NOPAD.encode(&forged)).unwrap();
            assert!(!sent.holds(&key(), nonce), "bit {bit}");
        }
    }

    #[test]
    fn only_canonical_spelling_is_accepted() {
        let token = loop {
            let token = key().token(new_uuid(), new_uuid());
            if token.contains('-') || token.contains('_') {
                break token;
            }
        };
        assert!(SentLink::read(&token).is_some());
        for wrong in [
            "",
            &token[1..],
            &format!("{token}="),
            &format!("{token}A"),
            &format!(" {token}"),
            &format!("{} ", &token[1..]),
            &token.replace('-', "+").replace('_', "/"),
            &format!("{}ü", &token[2..]),
            &format!("{}\n", &token[1..]),
        ] {
            assert!(SentLink::read(wrong).is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn links_lead_to_company_host_over_https() {
        // INV-13
        let path = LinkKey::path("abc");
        assert_eq!(
            LinkSite::PortalHosts.address("customer.example.co.nz", &path),
            "https://customer.example.co.nz/auth/link/abc"
        );
        let demo = LinkSite::At("http://127.0.0.1:8080".to_owned());
        assert_eq!(demo.address("customer.example.co.nz", &path), "http://127.0.0.1:8080/auth/link/abc");
    }

    #[test]
    fn debug_output_has_no_key_or_token() {
        let (id, nonce) = (new_uuid(), new_uuid());
        let sent = SentLink::read(&key().token(id, nonce)).unwrap();
        assert_eq!(format!("{:?} {sent:?}", key()), format!("LinkKey(..) SentLink {{ id: {id}, .. }}"));
    }
}
