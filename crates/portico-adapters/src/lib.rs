//! External services: mail servers, Redis, the store of files and the scanner; inbound mail.
//!
//! This crate does not use the database, GraphQL or HTTP: it gets what to send, and returns the outcome.

pub mod content;
pub mod files;
pub mod inbound_mail;
mod loopback;
pub mod mail;
pub mod redis;
pub mod scanner;
pub mod templates;
