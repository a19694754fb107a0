//! Rate limit: a leaky bucket of cost for each actor (API-6).
//!
//! Each operation adds its cost to its actor's bucket, which leaks at a steady rate. An operation that would overflow
//! it is refused, with the time until it fits. Buckets are in Redis if configured, shared by all gateways, and
//! otherwise in memory, also while Redis does not answer.

mod attempts;
mod memory;
mod redis;

use std::net::IpAddr;
use std::time::Duration;

use portico_core::network;
use portico_core::people::{Audience, Viewer};

pub use attempts::AttemptStore;
pub use memory::MemoryBuckets;
pub use redis::RedisBuckets;

/// Capacity and leak rate of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Maximum cost of the bucket.
    pub capacity: u64,
    /// Cost that leaks per second.
    pub per_second: u64,
}

/// Rates per audience.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// For callers without a token, per network.
    pub public: Rate,
    /// Per client and trade partner.
    pub outsiders: Rate,
    /// Per member of staff and API key.
    pub staff: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            public: Rate { capacity: 2_000, per_second: 100 },
            outsiders: Rate { capacity: 50_000, per_second: 2_000 },
            staff: Rate { capacity: 200_000, per_second: 10_000 },
        }
    }
}

/// Result of adding a cost to a bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Admission {
    /// Whether it fitted; otherwise nothing was added.
    pub fits: bool,
    /// Remaining capacity.
    pub available: u64,
    /// Time until it fits; zero if it did.
    pub retry_after: Duration,
}

/// Rate limiter.
#[derive(Clone)]
pub enum Throttle {
    /// Disabled.
    Off,
    /// Enabled.
    On {
        /// The rates.
        rates: Rates,
        /// The buckets of this process.
        memory: MemoryBuckets,
        /// The buckets shared by all gateways.
        redis: Option<RedisBuckets>,
    },
}

impl Throttle {
    /// Limits all callers, with the default rates.
    pub fn on(redis: Option<RedisBuckets>) -> Self {
        Self::On { rates: Rates::default(), memory: MemoryBuckets::default(), redis }
    }

    /// Adds the cost of an operation to the caller's bucket. `None` if limits are disabled.
    ///
    /// The owner of the token, or else the network of the request, determines the bucket. Request headers do not.
    pub async fn pour(&self, viewer: &Viewer, network: Option<IpAddr>, cost: u64) -> Option<(Rate, Admission)> {
        let Self::On { rates, memory, redis } = self else { return None };
        let rate = match viewer.audience() {
            Audience::Public => rates.public,
            Audience::Client | Audience::Trade => rates.outsiders,
            Audience::Staff | Audience::Support => rates.staff,
        };
        let key = bucket_key(viewer, network);
        if let Some(redis) = redis
            && let Some(poured) = redis.pour(&key, rate, cost).await
        {
            return Some((rate, poured));
        }
        Some((rate, memory.pour(&key, rate, cost)))
    }
}

fn bucket_key(viewer: &Viewer, address: Option<IpAddr>) -> String {
    match &viewer.person {
        Some(person) => format!("actor:{:?}:{}", viewer.role, person.id),
        None => format!("network:{}", network::name_of(address)),
    }
}

/// Adds to a bucket that held `level` before `elapsed`.
fn pour(level: f64, elapsed: Duration, rate: Rate, cost: u64) -> (f64, Admission) {
    let (capacity, per_second, cost) = (rate.capacity as f64, rate.per_second as f64, cost as f64);
    let leaked = (level - elapsed.as_secs_f64() * per_second).max(0.0);
    // A cost above the capacity fits into an empty bucket: the operation was admitted, so it must be able to run.
    let fits = leaked + cost <= capacity || leaked == 0.0;
    let level = if fits { leaked + cost } else { leaked };
    let over = (leaked + cost.min(capacity) - capacity).max(0.0);
    let retry_after = if fits { Duration::ZERO } else { Duration::from_secs_f64(over / per_second) };
    (level, Admission { fits, available: (capacity - level).max(0.0) as u64, retry_after })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { capacity: 100, per_second: 10 };

    #[test]
    fn a_bucket_takes_what_fits_and_leaks_at_a_steady_rate() {
        let (level, poured) = pour(0.0, Duration::ZERO, RATE, 60);
        assert_eq!((level, poured.fits, poured.available), (60.0, true, 40));
        let (level, poured) = pour(level, Duration::ZERO, RATE, 60);
        assert_eq!((level, poured.fits, poured.retry_after), (60.0, false, Duration::from_secs(2)));
        let (level, poured) = pour(level, Duration::from_secs(2), RATE, 60);
        assert_eq!((level, poured.fits, poured.available), (100.0, true, 0));
    }

    #[test]
    fn what_is_larger_than_the_bucket_fits_into_an_empty_one_alone() {
        let (level, poured) = pour(0.0, Duration::ZERO, RATE, 500);
        assert!(poured.fits);
        let (_, poured) = pour(level, Duration::from_secs(1), RATE, 1);
        assert!(!poured.fits);
        assert_eq!(poured.retry_after, Duration::from_secs_f64(39.1));
    }
}
