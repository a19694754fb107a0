//! The time of requests and jobs.

use std::sync::Arc;

use portico_core::clock::Clock;

/// Where each request takes the time from.
pub type ClockSource = Arc<dyn Fn() -> Clock + Send + Sync>;
