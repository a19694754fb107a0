//! Counts sign-in attempts in the same buckets as everything else (SEC-5).

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use portico_actions::{AttemptCounter, AttemptRate};

use super::{MemoryBuckets, Rate, RedisBuckets};

/// Counts attempts in Redis, shared by all gateways. In memory while Redis does not answer; never disabled.
#[derive(Clone, Default)]
pub struct AttemptStore {
    memory: MemoryBuckets,
    redis: Option<RedisBuckets>,
}

impl AttemptStore {
    /// Counts in this Redis, if there is one.
    pub fn new(redis: Option<RedisBuckets>) -> Self {
        Self { memory: MemoryBuckets::default(), redis }
    }
}

impl AttemptCounter for AttemptStore {
    fn count(&self, whose: String, rate: AttemptRate) -> BoxFuture<'_, Result<(), Duration>> {
        async move {
            let (rate, cost) = bucket_of(rate);
            let key = format!("attempts:{whose}");
            let poured = match &self.redis {
                Some(redis) => redis.pour(&key, rate, cost).await,
                None => None,
            };
            let poured = poured.unwrap_or_else(|| self.memory.pour(&key, rate, cost));
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
    async fn so_many_are_let_through_and_then_one_in_a_while() {
        let attempts = AttemptStore::default();
        let rate = AttemptRate { at_once: 3, then_every: Duration::from_secs(30) };
        for _ in 0..3 {
            assert_eq!(attempts.count("ana".to_owned(), rate).await, Ok(()));
        }
        let wait = attempts.count("ana".to_owned(), rate).await.expect_err("the limit is exceeded");
        assert!(wait > Duration::from_secs(20) && wait <= Duration::from_secs(30), "{wait:?}");
        assert_eq!(attempts.count("ben".to_owned(), rate).await, Ok(()));
    }
}
