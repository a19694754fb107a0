//! The caches between requests: process memory, and Redis, which all gateways share.
//!
//! Both store answers under a [`Scope`]: one generation of one owner, for one access scope. A change makes another
//! scope, so nothing is ever deleted, and a hit is never stale (docs/ARCHITECTURE.md, "Caching").

mod memory;
mod scope;
mod seal;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use portico_adapters::redis::{RedisConnection, RedisHealth};
use portico_core::limits;
use portico_store::generations::shape;

pub(crate) use memory::Memory;
pub(crate) use scope::Scope;
pub use seal::SealKey;
pub(crate) use seal::{Sealed, encode};

/// The caches of rows. Cheap to clone; all clones share them.
#[derive(Clone)]
pub struct Tiers {
    shared: Arc<Shared>,
}

struct Shared {
    memory: Option<Memory>,
    redis: Option<(RedisConnection, SealKey)>,
    shape: [u8; 8],
    rejected: AtomicU64,
}

impl Tiers {
    /// Creates caches of this many bytes in memory (none for 0), and in Redis.
    pub fn new(memory_bytes: u64, redis: Option<(RedisConnection, SealKey)>) -> Self {
        let memory = (memory_bytes > 0).then(|| Memory::new(memory_bytes));
        Self { shared: Arc::new(Shared { memory, redis, shape: shape(), rejected: AtomicU64::new(0) }) }
    }

    /// No caches.
    pub fn none() -> Self {
        Self::new(0, None)
    }

    /// Size of the memory cache in bytes, estimated.
    pub fn weight(&self) -> u64 {
        self.shared.memory.as_ref().map_or(0, Memory::weight)
    }

    /// Number of cached answers that were rejected: not written by Portico, or not the viewer's.
    pub fn rejected(&self) -> u64 {
        self.shared.rejected.load(Ordering::Relaxed)
    }

    /// State of the Redis connection; none without Redis.
    pub fn redis_health(&self) -> Option<RedisHealth> {
        self.shared.redis.as_ref().map(|(connection, _)| connection.health())
    }

    pub(crate) fn keeps_nothing(&self) -> bool {
        self.shared.memory.is_none() && self.shared.redis.is_none()
    }

    pub(crate) fn memory(&self) -> Option<&Memory> {
        self.shared.memory.as_ref()
    }

    pub(crate) fn seal_key(&self) -> Option<&SealKey> {
        self.shared.redis.as_ref().map(|(_, key)| key)
    }

    pub(crate) fn shape(&self) -> [u8; 8] {
        self.shared.shape
    }

    pub(crate) fn reject(&self) {
        self.shared.rejected.fetch_add(1, Ordering::Relaxed);
    }

    /// Reads values from Redis, those of each owner with one command, in order. None if Redis does not answer.
    pub(crate) async fn read_redis(&self, by_owner: &[Vec<&str>]) -> Option<Vec<Vec<Option<Vec<u8>>>>> {
        let (connection, _) = self.shared.redis.as_ref()?;
        let mut pipeline = redis::pipe();
        for names in by_owner {
            pipeline.cmd("MGET").arg(names);
        }
        connection.ask(|mut connection| async move { pipeline.query_async(&mut connection).await }).await
    }

    /// Writes sealed answers to Redis in a background task: no request waits for it.
    pub(crate) fn write_redis(&self, sealed: Vec<Sealed>) {
        let Some((connection, _)) = self.shared.redis.clone() else { return };
        if sealed.is_empty() {
            return;
        }
        tokio::spawn(async move {
            let mut pipeline = redis::pipe();
            for Sealed { name, bytes } in sealed {
                pipeline.cmd("SET").arg(name).arg(bytes).arg("EX").arg(limits::REDIS_KEEPS.as_secs()).ignore();
            }
            connection.ask(|mut connection| async move { pipeline.query_async::<()>(&mut connection).await }).await;
        });
    }
}
