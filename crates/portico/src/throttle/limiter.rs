//! The one counter behind all limits.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use portico_actions::{AttemptCounter, AttemptRate};

use super::memory::MemoryBuckets;
use super::rate::{Admission, Rate};
use super::redis::RedisBuckets;

/// Counts by key in leaky buckets: in Redis, which all gateways share, and in memory where there is none or while it does not
/// answer. Never off.
#[derive(Clone, Default)]
pub struct RateLimiter {
    memory: MemoryBuckets,
    redis: Option<RedisBuckets>,
}

impl RateLimiter {
    /// Counts here, where there is one.
    pub fn new(redis: Option<RedisBuckets>) -> Self {
        Self { memory: MemoryBuckets::default(), redis }
    }

    /// Pours a cost into the bucket of a key. A key always comes with the same rate.
    pub async fn pour(&self, key: &str, rate: Rate, cost: u64) -> Admission {
        let shared = match &self.redis {
            Some(redis) => redis.pour(key, rate, cost).await,
            None => None,
        };
        shared.unwrap_or_else(|| self.memory.pour(key, rate, cost))
    }
}

/// Attempts to sign in and the like are counted in buckets as operations are (SEC-5).
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

/// Buckets leak by the second, and attempts by the minute: so a try costs as many as there are seconds between two.
fn bucket_of(rate: AttemptRate) -> (Rate, u64) {
    let cost = rate.then_every.as_secs().max(1);
    (Rate { capacity: cost * u64::from(rate.at_once), per_second: 1 }, cost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn so_many_are_let_through_and_then_one_in_a_while() {
        let attempts = RateLimiter::default();
        let rate = AttemptRate { at_once: 3, then_every: Duration::from_secs(30) };
        for _ in 0..3 {
            assert_eq!(attempts.count("ana".to_owned(), rate).await, Ok(()));
        }
        let wait = attempts.count("ana".to_owned(), rate).await.expect_err("that was one too many");
        assert!(wait > Duration::from_secs(20) && wait <= Duration::from_secs(30), "{wait:?}");
        assert_eq!(attempts.count("ben".to_owned(), rate).await, Ok(()));
    }
}
