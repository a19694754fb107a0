//! Where rows are kept between requests: the memory of this process, and Redis, which all gateways share.
//!
//! Both keep answers under a [`Scope`]: one state of one owner, as one lens shows it. A change makes another scope, so
//! nothing is ever deleted, and nothing that is found can be stale (docs/ARCHITECTURE.md, "What is kept").

mod flights;
mod link;
mod memory;
mod scope;
mod seal;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use portico_core::limits;
use portico_store::generations::shape;

pub(crate) use flights::{Claim, Flight, Flights};
pub use link::{RedisHealth, RedisLink};
pub(crate) use memory::Memory;
pub(crate) use scope::Scope;
pub use seal::SealKey;
pub(crate) use seal::encode;

/// What rows are kept in. Cheap to clone; all clones keep together.
#[derive(Clone)]
pub struct Tiers {
    shared: Arc<Shared>,
}

struct Shared {
    memory: Option<Memory>,
    redis: Option<(RedisLink, SealKey)>,
    flights: Arc<Flights>,
    shape: [u8; 8],
    rejected: AtomicU64,
}

impl Tiers {
    /// Keeps so many bytes in memory (none for 0), and whatever Redis holds.
    pub fn new(memory_bytes: u64, redis: Option<(RedisLink, SealKey)>) -> Self {
        let memory = (memory_bytes > 0).then(|| Memory::new(memory_bytes));
        let (flights, rejected) = (Arc::default(), AtomicU64::new(0));
        Self { shared: Arc::new(Shared { memory, redis, flights, shape: shape(), rejected }) }
    }

    /// Keeps nothing.
    pub fn none() -> Self {
        Self::new(0, None)
    }

    /// How many bytes are taken in memory, about.
    pub fn weight(&self) -> u64 {
        self.shared.memory.as_ref().map_or(0, Memory::weight)
    }

    /// How many things were found in Redis that Portico had not put there so.
    pub fn rejected(&self) -> u64 {
        self.shared.rejected.load(Ordering::Relaxed)
    }

    /// How Redis does, where there is one.
    pub fn redis_health(&self) -> Option<RedisHealth> {
        self.shared.redis.as_ref().map(|(link, _)| link.health())
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

    pub(crate) fn flights(&self) -> &Arc<Flights> {
        &self.shared.flights
    }

    pub(crate) fn shape(&self) -> [u8; 8] {
        self.shared.shape
    }

    pub(crate) fn reject(&self) {
        self.shared.rejected.fetch_add(1, Ordering::Relaxed);
    }

    /// What Redis holds under these names, those of each owner at once, in their order. Nothing, if it does not answer.
    pub(crate) async fn read(&self, by_owner: &[Vec<String>]) -> Option<Vec<Vec<Option<Vec<u8>>>>> {
        let (link, _) = self.shared.redis.as_ref()?;
        let mut pipeline = redis::pipe();
        for names in by_owner {
            pipeline.cmd("MGET").arg(names);
        }
        link.ask(|mut connection| async move { pipeline.query_async(&mut connection).await }).await
    }

    /// Puts sealed answers into Redis, in a task of its own: nobody waits for it.
    pub(crate) fn write(&self, sealed: Vec<(String, Vec<u8>)>) {
        let Some((link, _)) = self.shared.redis.clone() else { return };
        if sealed.is_empty() {
            return;
        }
        tokio::spawn(async move {
            let mut pipeline = redis::pipe();
            for (name, bytes) in sealed {
                pipeline.cmd("SET").arg(name).arg(bytes).arg("EX").arg(limits::REDIS_KEEPS.as_secs()).ignore();
            }
            link.ask(|mut connection| async move { pipeline.query_async::<()>(&mut connection).await }).await;
        });
    }
}
