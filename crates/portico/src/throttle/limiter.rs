//! The counter behind all limits.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use portico_actions::{AttemptCounter, AttemptRate};

use super::memory::MemoryBuckets;
use super::rate::{Admission, Rate};
use super::redis::RedisBuckets;

/// Counts by key in leaky buckets: in Redis, shared by all gateways, or in memory without Redis and while it does not
/// answer. Never disabled.
#[derive(Clone, Default)]
pub struct RateLimiter {
    memory: MemoryBuckets,
    redis: Option<RedisBuckets>,
}

impl RateLimiter {
    /// Counts in this Redis, if there is one.
    pub fn new(redis: Option<RedisBuckets>) -> Self {
        Self { memory: MemoryBuckets::default(), redis }
    }

    /// Adds a cost to the bucket of a key. A key always has the same rate.
    pub async fn pour(&self, key: &str, rate: Rate, cost: u64) -> Admission {
        let shared = match &self.redis {
            Some(redis) => redis.pour(key, rate, cost).await,
            None => None,
        };
        shared.unwrap_or_else(|| self.memory.pour(key, rate, cost))
    }
}

/// Counts attempts, such as sign-ins, in the same buckets (SEC-5).
impl AttemptCounter for RateLimiter {
    fn count(&self, whose: String, rate: AttemptRate) -> BoxFuture<'_, Result<(), Duration>> {
        async move {
            let (rate, cost) = bucket_of(rate);
            let poured = self.pour(&format!("attempts:{whose}"), rate, cost).await;
            if poured.fits { Ok(()) } else { Err(poured.retry_after) }
        }
        .boxed()
    }
}

/// Converts a rate of attempts to a bucket, which leaks per second: an attempt costs as many units as there are seconds
/// between two.
fn bucket_of(rate: AttemptRate) -> (Rate, u64) {
    let cost = rate.then_every.as_secs().max(1);
    (Rate { capacity: cost * u64::from(rate.at_once), per_second: 1 }, cost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn burst_passes_then_one_per_interval() {
        let attempts = RateLimiter::default();
        let rate = AttemptRate { at_once: 3, then_every: Duration::from_secs(30) };
        for _ in 0..3 {
            assert_eq!(attempts.count("ana".to_owned(), rate).await, Ok(()));
        }
        let wait = attempts.count("ana".to_owned(), rate).await.expect_err("the limit is exceeded");
        assert!(wait > Duration::from_secs(20) && wait <= Duration::from_secs(30), "{wait:?}");
        assert_eq!(attempts.count("ben".to_owned(), rate).await, Ok(()));
    }
}
