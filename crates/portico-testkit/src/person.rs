//! People of the demo, and those that tests create.

use portico_core::sessions::TokenHash;

/// Caller with a token, or anonymous.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    token: Option<String>,
}

impl Person {
    /// The caller with this token.
    pub fn with_token(token: impl Into<String>) -> Self {
        Self { token: Some(token.into()) }
    }

    /// The anonymous caller, who sends no token.
    pub const fn public() -> Self {
        Self { token: None }
    }

    /// The owner of the demo's first company.
    pub fn owner() -> Self {
        Self::with_token("demo-owner")
    }

    /// A member of its staff.
    pub fn staff() -> Self {
        Self::with_token("demo-staff")
    }

    /// A trade partner of its showcase project.
    pub fn trade() -> Self {
        Self::with_token("demo-trade")
    }

    /// The primary client of its showcase project.
    pub fn client() -> Self {
        Self::with_token("demo-client")
    }

    /// An API key of its owner.
    pub fn reporting() -> Self {
        Self::with_token("demo-reporting")
    }

    /// A support agent of the platform.
    pub fn support() -> Self {
        Self::with_token("demo-support")
    }

    /// Another person of the demo, by the short name in the fixtures.
    pub fn named(name: &str) -> Self {
        Self::with_token(format!("demo-session-{name}"))
    }

    /// A person of each role, with a name for messages.
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

    /// The hash of the person's token, which the database holds.
    pub fn token_hash(&self) -> String {
        self.hash().map(|hash| hash.as_str().to_owned()).unwrap_or_default()
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The hash of the token, as stored. None for callers without a session.
    pub fn hash(&self) -> Option<TokenHash> {
        self.token().map(TokenHash::of)
    }
}
