//! Addresses of calendar feeds (SCH-12, docs/decisions/0046).
//!
//! As with mailed links, the database stores no address: it follows from the feed's id and nonce with the installation's secret.

use std::fmt;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use subtle::ConstantTimeEq;

use super::{ID, LinkKey, MAC, SentLink};
use crate::id::CalendarFeedId;
use crate::sessions::TokenHash;

/// Context of the key derivation. A different text invalidates all addresses.
pub(super) const CONTEXT: &str = "portico 2026-11-28 addresses of calendar feeds";
/// Directory of the addresses.
const DIRECTORY: &str = "/calendar/";
/// Extension of the addresses: some calendar programs expect it.
const EXTENSION: &str = ".ics";

/// Random bytes of a feed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FeedNonce([u8; Self::BYTES]);

impl FeedNonce {
    /// The length in bytes.
    pub const BYTES: usize = 32;

    /// A nonce of these random bytes.
    pub const fn new(random: [u8; Self::BYTES]) -> Self {
        Self(random)
    }

    /// Parses a stored nonce; none if it is malformed.
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self(HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()?))
    }

    /// The nonce as it is stored, 64 lower-case hexadecimal digits.
    pub fn to_text(self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// The value that scopes role views when the feed is read. No token has this hash.
    pub fn scope(self) -> TokenHash {
        TokenHash::from_bytes(&self.0)
    }
}

impl fmt::Debug for FeedNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FeedNonce(..)")
    }
}

impl LinkKey {
    /// The path of a feed's address.
    pub fn feed_path(&self, id: CalendarFeedId, nonce: FeedNonce) -> String {
        let mut bytes = [0; ID + MAC];
        bytes[..ID].copy_from_slice(id.0.as_bytes());
        bytes[ID..].copy_from_slice(&self.feed_mac(id, nonce));
        format!("{DIRECTORY}{}{EXTENSION}", BASE64URL_NOPAD.encode(&bytes))
    }

    fn feed_mac(&self, id: CalendarFeedId, nonce: FeedNonce) -> [u8; MAC] {
        let mut hasher = blake3::Hasher::new_keyed(&self.feeds);
        hasher.update(id.0.as_bytes()).update(&nonce.0);
        hasher.finalize().into()
    }
}

/// An address from a request: well-formed, but not verified yet.
#[derive(Debug, Clone)]
pub struct SentFeed(SentLink);

impl SentFeed {
    /// Parses the last part of an address; none if it is malformed. Only the canonical spelling is accepted.
    pub fn read(file_name: &str) -> Option<Self> {
        SentLink::read(file_name.strip_suffix(EXTENSION)?).map(Self)
    }

    /// The feed.
    pub fn id(&self) -> CalendarFeedId {
        CalendarFeedId(self.0.id)
    }

    /// Verifies the address against the feed's nonce, in constant time.
    pub fn holds(&self, key: &LinkKey, nonce: FeedNonce) -> bool {
        self.0.mac.ct_eq(&key.feed_mac(self.id(), nonce)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> LinkKey {
        LinkKey::from_secret(b"of tests")
    }

    fn sent(path: &str) -> Option<SentFeed> {
        SentFeed::read(path.strip_prefix(DIRECTORY)?)
    }

    #[test]
    fn address_verifies_with_its_own_nonce_only() {
        let (id, nonce) = (CalendarFeedId::generate(), FeedNonce::new([7; 32]));
        let path = key().feed_path(id, nonce);
        assert_eq!(path.len(), "/calendar/".len() + 64 + ".ics".len());
        let sent = sent(&path).expect("it is well-formed");
        assert_eq!(sent.id(), id);
        assert!(sent.holds(&key(), nonce));
        assert!(!sent.holds(&key(), FeedNonce::new([8; 32])), "a replaced feed has another nonce");
        assert!(!sent.holds(&LinkKey::from_secret(b"of others"), nonce));
    }

    #[test]
    fn address_is_not_a_mailed_link() {
        let (id, nonce) = (CalendarFeedId::generate(), FeedNonce::new([7; 32]));
        let path = key().feed_path(id, nonce);
        let token = path.trim_start_matches(DIRECTORY).trim_end_matches(EXTENSION);
        let mailed = SentLink::read(token).expect("it has the same form");
        assert!(!mailed.holds(&key(), id.0));
        // Even of a link whose id and nonce are the same bytes.
        let mut twin = [0; 32];
        twin[..16].copy_from_slice(id.0.as_bytes());
        assert_ne!(key().feed_path(id, FeedNonce::new(twin)), format!("/calendar/{}.ics", key().token(id.0, id.0)));
    }

    #[test]
    fn changed_bit_of_an_address_is_refused() {
        let (id, nonce) = (CalendarFeedId::generate(), FeedNonce::new([7; 32]));
        let path = key().feed_path(id, nonce);
        let token = path.trim_start_matches(DIRECTORY).trim_end_matches(EXTENSION);
        let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).expect("base64url");
        for bit in 0..bytes.len() * 8 {
            let mut forged = bytes.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            let sent = SentFeed::read(&format!("{}.ics", BASE64URL_NOPAD.encode(&forged))).expect("well-formed");
            assert!(!sent.holds(&key(), nonce), "bit {bit}");
        }
        for wrong in ["", ".ics", token, &format!("{token}.ICS"), &format!("{token}.ics.ics"), &format!("{token}=.ics")]
        {
            assert!(SentFeed::read(wrong).is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn nonces_are_stored_as_text() {
        let nonce = FeedNonce::new([0xab; 32]);
        assert_eq!(nonce.to_text(), "ab".repeat(32));
        assert_eq!(FeedNonce::parse(&nonce.to_text()), Some(nonce));
        assert_eq!(nonce.scope().as_str(), nonce.to_text());
        for wrong in ["", "AB", &"AB".repeat(32), &"a".repeat(63)] {
            assert_eq!(FeedNonce::parse(wrong), None, "{wrong:?}");
        }
        assert_eq!(format!("{nonce:?}"), "FeedNonce(..)");
    }
}
