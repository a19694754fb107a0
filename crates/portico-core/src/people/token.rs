//! Bearer tokens are kept as hashes alone.

/// The hash of a session token or API key: what the database keeps, and what scopes its windows.
///
/// Tokens are 32 random bytes, so a fast hash without salt cannot be reversed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TokenHash(String);

/// How many random bytes a token has.
pub const TOKEN_BYTES: usize = 32;

/// A token that is made of random bytes, with a beginning by which people and scanners tell what it opens: `ps_` a session,
/// `pk_` a key.
pub fn token_of(kind: &str, random: &[u8; TOKEN_BYTES]) -> String {
    format!("{kind}_{}", data_encoding::BASE64URL_NOPAD.encode(random))
}

impl TokenHash {
    /// Hashes a token as the caller sent it.
    pub fn of(token: &str) -> Self {
        Self(blake3::hash(token.as_bytes()).to_hex().to_string())
    }

    /// 64 lower-case hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A hash opens a window, so it stays out of logs.
        f.write_str("TokenHash(..)")
    }
}
