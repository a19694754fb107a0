//! The gateway: command line, HTTP, sign-in, and the wiring of the lower crates.

// Commands refer to this crate by name, as tests do.
extern crate self as portico;

pub mod auth;
pub mod caches;
mod clock_source;
mod command_line;
mod commands;
pub mod config;
pub mod http;
pub mod inbound_mail;
pub mod jobs;
pub mod metrics;
mod operations;
pub mod throttle;
pub mod usage;

pub use clock_source::ClockSource;
pub use command_line::run_command_line;
pub use http::{
    App, DEMO_CLIENT, Files, NotANetwork, Origins, Playground, Proxies, Statements, demo_router, private_router,
    router, serve,
};
