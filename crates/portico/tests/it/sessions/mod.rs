//! Sessions, cookies and bearer tokens.

mod bearer_tokens;
mod cookies;
mod lifetime;
