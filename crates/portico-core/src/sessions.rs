//! Sessions: lifetimes, and bearer tokens, of which only hashes are stored.

use chrono::TimeDelta;

/// Lifetime of a session after its last use (SES-2 to SES-4).
pub const SESSION_LIFE: TimeDelta = TimeDelta::days(30);
/// Lifetime of a support session, regardless of use.
pub const SUPPORT_SESSION_LIFE: TimeDelta = TimeDelta::hours(8);
/// Time for which an account stays open to a support agent.
pub const OPENING_LIFE: TimeDelta = TimeDelta::hours(1);

/// The hash of a session token or API key. The database stores it, and role views are scoped by it.
///
/// Tokens are 32 random bytes, so a fast hash without salt cannot be reversed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TokenHash(String);

/// Number of random bytes in a token.
pub const TOKEN_BYTES: usize = 32;

/// A token of random bytes with a prefix for people and secret scanners: `ps_` for sessions, `pk_` for API keys, `pv_` for views
/// of a client's portal.
pub fn token_of(kind: &str, random: &[u8; TOKEN_BYTES]) -> String {
    format!("{kind}_{}", data_encoding::BASE64URL_NOPAD.encode(random))
}

impl TokenHash {
    /// Hashes a token.
    pub fn of(token: &str) -> Self {
        Self(blake3::hash(token.as_bytes()).to_hex().to_string())
    }

    /// The hash of these bytes.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(data_encoding::HEXLOWER.encode(bytes))
    }

    /// The bytes of the hash.
    pub(crate) fn to_bytes(&self) -> Option<[u8; 32]> {
        data_encoding::HEXLOWER.decode(self.0.as_bytes()).ok()?.try_into().ok()
    }

    /// The hash, 64 lower-case hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A hash gives access to role views, so it stays out of logs.
        f.write_str("TokenHash(..)")
    }
}
