//! The gateway: HTTP, sign-in, and the wiring of what lies below.
//!
//! The binary is `main.rs` with `commands`; what is here is everything that a test can put together as well.

pub mod auth;
pub mod caches;
pub mod http;
pub mod metrics;
mod operations;
pub mod throttle;
pub mod usage;
pub mod worker;

pub use http::{
    App, ClockSource, NotANetwork, Origins, Playground, Proxies, Statements, demo_router, private_router, router, serve,
};
