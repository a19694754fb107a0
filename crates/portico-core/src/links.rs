//! Mailed links: purposes, lifetimes, tokens and hosts.
//!
//! The database does not store tokens. A link's row has a nonce, from which the worker derives the token with the installation's
//! secret when it sends the mail. So neither a copy of the database nor of the mail queue gives access to an account.

mod feed;

use chrono::TimeDelta;
use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::contacts::Email;
use crate::network::host_name;
use crate::text;

pub use feed::{FeedNonce, SentFeed};

/// Lifetime of a sign-in link (SEC-20).
pub const LINK_LIFE: TimeDelta = TimeDelta::minutes(15);
/// Wrong attempts after which a code is void, though not its link (SES-10).
pub const CODE_ATTEMPTS: i32 = 5;
/// Lifetime of a confirmation link for a new email address.
pub const CONFIRMATION_LIFE: TimeDelta = TimeDelta::hours(24);

/// Message after a sign-in link was requested, the same for every address (SES-5).
pub fn requested_message() -> String {
    let minutes = LINK_LIFE.num_minutes();
    format!(
        "If an account with this address can sign in, a link and a code are on their way. Each works once, for {minutes} \
         minutes."
    )
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

/// Context of the key derivation for codes.
const CODE_CONTEXT: &str = "portico 2026-11-27 codes beside links sent by mail";
/// Context of the key derivation for hashes of addresses.
const ADDRESS_CONTEXT: &str = "portico 2026-11-27 addresses of sign-in requests";

/// The keys with which an installation creates and verifies link tokens and codes.
#[derive(Clone)]
pub struct LinkKey {
    tokens: [u8; 32],
    codes: [u8; 32],
    addresses: [u8; 32],
    feeds: [u8; 32],
}

impl LinkKey {
    /// Derives the keys from the secret that all gateways and workers of an installation share.
    pub fn from_secret(secret: &[u8]) -> Self {
        Self {
            tokens: blake3::derive_key(CONTEXT, secret),
            codes: blake3::derive_key(CODE_CONTEXT, secret),
            addresses: blake3::derive_key(ADDRESS_CONTEXT, secret),
            feeds: blake3::derive_key(feed::CONTEXT, secret),
        }
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
        let mut hasher = blake3::Hasher::new_keyed(&self.tokens);
        hasher.update(id.as_bytes()).update(nonce.as_bytes());
        hasher.finalize().into()
    }

    /// The code beside a link, for its id and nonce.
    pub fn code(&self, id: Uuid, nonce: Uuid) -> SignInCode {
        let mut hasher = blake3::Hasher::new_keyed(&self.codes);
        hasher.update(id.as_bytes()).update(nonce.as_bytes());
        let mut bytes = [0; 8];
        hasher.finalize_xof().fill(&mut bytes);
        // 2^64 is large enough for all codes to be practically equally likely.
        SignInCode(format!("{:0width$}", u64::from_le_bytes(bytes) % CODES, width = CODE_DIGITS))
    }

    /// Hash of an address by which attempts are limited. A plain hash could be reversed by guessing addresses.
    pub fn address_hash(&self, email: &Email) -> String {
        blake3::keyed_hash(&self.addresses, email.counted_as().as_bytes()).to_hex().to_string()
    }
}

/// The length of a code, in digits.
const CODE_DIGITS: usize = 6;
/// The number of codes.
const CODES: u64 = 1_000_000;

/// A six-digit code beside a sign-in link (SES-10).
#[derive(Clone)]
pub struct SignInCode(String);

impl SignInCode {
    /// Parses a code as people paste it: with white space or invisible characters anywhere, or in full-width digits. None for
    /// anything else than six digits.
    pub fn read(text: &str) -> Option<Self> {
        let letters = text.chars().filter(|letter| !text::is_blank(letter.encode_utf8(&mut [0; 4])));
        let digits = letters.map(|letter| match letter {
            '0'..='9' => Some(letter),
            '\u{ff10}'..='\u{ff19}' => char::from_digit(u32::from(letter) - 0xff10, 10),
            _ => None,
        });
        let code: String = digits.take(CODE_DIGITS + 1).collect::<Option<_>>()?;
        (code.len() == CODE_DIGITS).then_some(Self(code))
    }

    /// Compares in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }

    /// The digits, for the mail.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SignInCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignInCode(..)")
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
    fn codes_are_read_as_people_paste_them() {
        // SES-10
        for text in ["123456", " 123 456\n", "1 2 3 4 5 6", "\u{200b}123\u{a0}456\u{3000}", "１２３４５６", "123４５６"]
        {
            assert_eq!(SignInCode::read(text).map(|code| code.0).as_deref(), Some("123456"), "{text:?}");
        }
        for wrong in ["", " ", "12345", "1234567", "123-456", "12345a", "+12345", "٣٤٥٦٧٨", "²23456"] {
            assert!(SignInCode::read(wrong).is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn code_depends_on_link_and_secret() {
        // SES-10
        let (id, nonce) = (new_uuid(), new_uuid());
        let code = key().code(id, nonce);
        assert!(SignInCode::read(code.as_str()).is_some_and(|read| read.matches(&code)));
        assert!(key().code(id, nonce).matches(&code), "the worker computes the same code");
        // One of a million codes is equal by chance, all of these never.
        let others: Vec<_> = (0..4).map(|_| key().code(id, new_uuid())).collect();
        assert!(!others.iter().all(|other| other.matches(&code)));
        let others: Vec<_> = (0..4).map(|_| key().code(new_uuid(), nonce)).collect();
        assert!(!others.iter().all(|other| other.matches(&code)));
        let ids: Vec<_> = (0..4).map(|_| new_uuid()).collect();
        let other = LinkKey::from_secret(b"of others");
        assert!(!ids.iter().all(|id| other.code(*id, nonce).matches(&key().code(*id, nonce))));
    }

    #[test]
    fn debug_output_has_no_key_or_token() {
        let (id, nonce) = (new_uuid(), new_uuid());
        assert_eq!(format!("{:?}", key().code(id, nonce)), "SignInCode(..)");
        let sent = SentLink::read(&key().token(id, nonce)).unwrap();
        assert_eq!(format!("{:?} {sent:?}", key()), format!("LinkKey(..) SentLink {{ id: {id}, .. }}"));
    }
}
