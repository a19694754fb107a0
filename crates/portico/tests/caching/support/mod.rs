//! Helpers of several modules.

mod gateways;
mod history;
mod proxy;
mod reads;
mod redis;
mod writes;

pub(crate) use gateways::{CacheMode, Gateways, SECRET, at, stores};
pub(crate) use history::History;
pub(crate) use proxy::{Fault, Proxy};
pub(crate) use reads::{Read, id, reads_of, seen_by_all};
pub(crate) use redis::TestRedis;
pub(crate) use writes::{WRITES, Write};

/// The showcase project.
pub(crate) const MAPLE: &str = "alderbrook/maple-street";
/// Shared as a calendar, without SELECTIONS and TEAM.
pub(crate) const ORCHARD: &str = "alderbrook/orchard-lane";
/// All projects of the demo.
pub(crate) const PROJECTS: [&str; 6] = [
    MAPLE,
    ORCHARD,
    "alderbrook/ridge-view",
    "alderbrook/harbor-court",
    "fernhill/bowen-island",
    "fernhill/granville-loft",
];
