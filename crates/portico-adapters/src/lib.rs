//! The world outside.
//!
//! What is here talks to others' services and knows nothing of the database, of GraphQL or of HTTP: it is handed what to say, and
//! tells what came of it.

pub mod mail;
pub mod redis;
pub mod templates;
