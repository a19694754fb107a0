//! Gateways with caches, queries and changes for them, and the Redis that they share.

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
pub(crate) use writes::{PICKS, WRITES, Write, in_words};
