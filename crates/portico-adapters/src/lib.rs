//! External services: mail servers and Redis.
//!
//! This crate does not use the database, GraphQL or HTTP: it gets what to send, and returns the outcome.

pub mod mail;
pub mod redis;
pub mod templates;
