//! Links that are sent by mail.
//!
//! A link's token stands nowhere in the database. The row of a link holds a nonce, and only with the installation's secret
//! can the token be made from it, by the worker at the moment of sending. So neither a copy of the database nor a look at the queue
//! of mails opens anybody's account.

use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// The length in bytes of a link's id.
const ID: usize = 16;
/// The length in bytes of what proves it.
const MAC: usize = 32;
/// The length of a token, in characters. Three bytes fill four of them without a rest, so that one token has one spelling.
const TOKEN: usize = (ID + MAC) / 3 * 4;
/// What the key is derived for. Another text makes all links that have been sent worthless.
const CONTEXT: &str = "portico 2026-11-22 links sent by mail";

/// With this an installation makes and knows its links.
#[derive(Clone)]
pub struct LinkKey([u8; 32]);

impl LinkKey {
    /// Derives it from an installation's secret, which is the same for all its gateways and workers.
    pub fn from_secret(secret: &[u8]) -> Self {
        Self(blake3::derive_key(CONTEXT, secret))
    }

    /// The token of the link with this id, whose row holds this nonce: 64 characters of base64url.
    pub fn token(&self, id: Uuid, nonce: Uuid) -> String {
        let mut bytes = [0; ID + MAC];
        bytes[..ID].copy_from_slice(id.as_bytes());
        bytes[ID..].copy_from_slice(&self.mac(id, nonce));
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// The path of a token's page, at any host.
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

/// A token that somebody sent back: it has the right form, and whether it is one of ours is yet to be asked.
#[derive(Clone)]
pub struct SentLink {
    /// The link that it names. Its row has the nonce.
    pub id: Uuid,
    mac: [u8; MAC],
}

impl SentLink {
    /// Reads a token; none if it cannot be one. Only the spelling that was sent is accepted.
    pub fn read(token: &str) -> Option<Self> {
        if token.len() != TOKEN {
            return None;
        }
        let bytes: [u8; ID + MAC] = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?.try_into().ok()?;
        let (id, mac) = bytes.split_at(ID);
        Some(Self { id: Uuid::from_slice(id).ok()?, mac: mac.try_into().ok()? })
    }

    /// Whether it is the token of the link whose row holds this nonce. Takes the same time whatever is wrong.
    pub fn holds(&self, key: &LinkKey, nonce: Uuid) -> bool {
        self.mac.ct_eq(&key.mac(self.id, nonce)).into()
    }
}

impl std::fmt::Debug for SentLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What proves a link opens an account, so it stays out of logs.
        f.debug_struct("SentLink").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Where links lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkSite {
    /// All to one address, such as `http://127.0.0.1:8080`, without a slash at its end: for a demo or a trial.
    At(String),
    /// Each to the portal host of its company, by HTTPS (INV-13).
    PortalHosts,
}

impl LinkSite {
    /// The address of a path, which begins with a slash, in the portal at this host.
    pub fn address(&self, host: &str, path: &str) -> String {
        match self {
            Self::At(base) => format!("{base}{path}"),
            Self::PortalHosts => format!("https://{host}{path}"),
        }
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
    fn a_token_names_its_link_and_holds_with_its_nonce_alone() {
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
    fn a_token_whose_any_bit_was_changed_does_not_hold() {
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
    fn only_the_one_spelling_is_read() {
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
    fn links_lead_to_the_companys_host_by_https() {
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
    fn no_key_and_no_token_is_told_to_a_log() {
        let (id, nonce) = (new_uuid(), new_uuid());
        let sent = SentLink::read(&key().token(id, nonce)).unwrap();
        assert_eq!(format!("{:?} {sent:?}", key()), format!("LinkKey(..) SentLink {{ id: {id}, .. }}"));
    }
}
