//! Sessions, cookies and bearer tokens.

mod bearer_tokens;
mod client_views;
mod cookies;
mod lifetime;
