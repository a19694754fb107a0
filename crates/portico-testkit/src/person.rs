//! People of the demo world, and those whom a test makes.

use portico_core::sessions::TokenHash;

/// Somebody with a token; or nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    token: Option<String>,
}

impl Person {
    /// Whoever holds this token.
    pub fn with_token(token: impl Into<String>) -> Self {
        Self { token: Some(token.into()) }
    }

    /// Nobody: no token is sent.
    pub const fn public() -> Self {
        Self { token: None }
    }

    /// The owner of the demo's first company.
    pub fn owner() -> Self {
        Self::with_token("demo-owner")
    }

    /// One of its staff.
    pub fn staff() -> Self {
        Self::with_token("demo-staff")
    }

    /// A trade partner on its showcase project.
    pub fn trade() -> Self {
        Self::with_token("demo-trade")
    }

    /// The primary client of its showcase project.
    pub fn client() -> Self {
        Self::with_token("demo-client")
    }

    /// A key of its owner's.
    pub fn reporting() -> Self {
        Self::with_token("demo-reporting")
    }

    /// Somebody of the platform's support.
    pub fn support() -> Self {
        Self::with_token("demo-support")
    }

    /// Another of the demo's people, by the short name in the fixtures.
    pub fn named(name: &str) -> Self {
        Self::with_token(format!("demo-session-{name}"))
    }

    /// One of each audience, with a name for messages.
    pub fn of_each_role() -> [(&'static str, Self); 7] {
        [
            ("public", Self::public()),
            ("client", Self::client()),
            ("trade", Self::trade()),
            ("staff", Self::staff()),
            ("owner", Self::owner()),
            ("reporting", Self::reporting()),
            ("support", Self::support()),
        ]
    }

    /// What stands for them in the database: the hash of their token.
    pub fn token_hash(&self) -> String {
        self.hash().map(|hash| hash.as_str().to_owned()).unwrap_or_default()
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    pub(crate) fn hash(&self) -> Option<TokenHash> {
        self.token().map(TokenHash::of)
    }
}
