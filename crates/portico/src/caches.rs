//! What a gateway keeps between requests, and how much of it.

use portico_adapters::redis::RedisConnection;
use portico_graphql::AnswerCache;
use portico_loader::{SealKey, Tiers};

const MIB: u64 = 1024 * 1024;

/// How much memory may be taken, in MiB. Nothing is kept in memory for 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheSizes {
    /// By rows.
    pub rows: u32,
    /// By finished answers.
    pub answers: u32,
}

impl Default for CacheSizes {
    fn default() -> Self {
        Self { rows: 48, answers: 24 }
    }
}

impl CacheSizes {
    /// Keeps rows in memory and in Redis, where there is one. `secret` is the installation's: with it gateways tell what
    /// they put into Redis from what somebody else did.
    pub fn tiers(self, redis: Option<RedisConnection>, secret: &[u8]) -> Tiers {
        Tiers::new(u64::from(self.rows) * MIB, redis.map(|link| (link, SealKey::from_secret(secret))))
    }

    /// Keeps finished answers.
    pub fn answers(self) -> AnswerCache {
        AnswerCache::new(u64::from(self.answers) * MIB)
    }
}
