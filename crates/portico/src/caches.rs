//! Caches of a gateway, and their sizes.

use portico_adapters::redis::RedisConnection;
use portico_graphql::AnswerCache;
use portico_loader::{SealKey, Tiers};

const MIB: u64 = 1024 * 1024;

/// Memory limits in MiB; 0 disables the cache in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheSizes {
    /// Limit of the row cache.
    pub rows: u32,
    /// Limit of the answer cache.
    pub answers: u32,
}

impl Default for CacheSizes {
    fn default() -> Self {
        Self { rows: 48, answers: 24 }
    }
}

impl CacheSizes {
    /// Caches rows in memory and, if configured, in Redis. Gateways seal their Redis entries with the installation's
    /// `secret`, so that entries of others are rejected.
    pub fn tiers(self, redis: Option<RedisConnection>, secret: &[u8]) -> Tiers {
        Tiers::new(u64::from(self.rows) * MIB, redis.map(|link| (link, SealKey::from_secret(secret))))
    }

    /// Creates the cache of finished answers.
    pub fn answers(self) -> AnswerCache {
        AnswerCache::new(u64::from(self.answers) * MIB)
    }
}
