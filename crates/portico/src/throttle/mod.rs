//! The rate limit: a leaky bucket of cost for each actor (API-6).
//!
//! Each operation pours its cost into its actor's bucket, which leaks at a steady rate; what would make it overflow is
//! refused, with the time after which it will fit. The bucket is in Redis where there is one, so that all gateways share
//! it, and in memory otherwise; memory also serves while Redis does not answer.

mod attempts;
mod memory;
mod redis;

use std::net::IpAddr;
use std::time::Duration;

use portico_core::access::{Audience, Viewer};
use portico_core::network;

pub use attempts::AttemptStore;
pub use memory::MemoryBuckets;
pub use redis::RedisBuckets;

/// How much fits into a bucket, and how fast it leaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The cost that fits at once.
    pub capacity: u64,
    /// The cost that leaks in a second.
    pub per_second: u64,
}

/// The rates of the audiences.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// For callers without a token, by network.
    pub public: Rate,
    /// For each client and trade partner.
    pub outsiders: Rate,
    /// For each member of staff and each key.
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

/// What became of a cost that was poured into a bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Admission {
    /// Whether it fitted; if not, nothing was poured.
    pub fits: bool,
    /// What the bucket still holds room for.
    pub available: u64,
    /// How long until it would have fitted; zero if it did.
    pub retry_after: Duration,
}

/// Where the buckets stand.
#[derive(Clone)]
pub enum Throttle {
    /// Nobody is limited.
    Off,
    /// Everybody is.
    On {
        /// How much.
        rates: Rates,
        /// The buckets of this process.
        memory: MemoryBuckets,
        /// Those that all gateways share.
        redis: Option<RedisBuckets>,
    },
}

impl Throttle {
    /// Limits everybody, by the default rates.
    pub fn on(redis: Option<RedisBuckets>) -> Self {
        Self::On { rates: Rates::default(), memory: MemoryBuckets::default(), redis }
    }

    /// Pours the cost of an operation into the bucket of whoever asks; none where nobody is limited.
    ///
    /// The bucket is chosen by the token's owner, or by the network that the request comes from. Nothing that a caller
    /// writes into a header has a say in it.
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

/// Pours into a bucket that held `level` some time ago.
fn pour(level: f64, elapsed: Duration, rate: Rate, cost: u64) -> (f64, Admission) {
    let (capacity, per_second, cost) = (rate.capacity as f64, rate.per_second as f64, cost as f64);
    let leaked = (level - elapsed.as_secs_f64() * per_second).max(0.0);
    // What is larger than the bucket fits into an empty one: it was admitted, so it must be able to run.
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
