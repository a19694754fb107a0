//! Bearer tokens are kept as hashes alone.

/// The hash of a session token or API key: what the database keeps, and what scopes its windows.
///
/// Tokens are 32 random bytes, so a fast hash without salt cannot be reversed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TokenHash(String);

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
