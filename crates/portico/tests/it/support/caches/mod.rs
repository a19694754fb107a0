//! Gateways that keep things, what is asked of them, and the Redis between them.

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
