//! The arithmetic of a leaky bucket.

use std::time::Duration;

/// Capacity and leak rate of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Maximum cost of the bucket.
    pub capacity: u64,
    /// Cost that leaks per second.
    pub per_second: u64,
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

/// Adds to a bucket that held `level` before `elapsed`.
pub(super) fn pour(level: f64, elapsed: Duration, rate: Rate, cost: u64) -> (f64, Admission) {
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
    fn bucket_leaks_at_a_steady_rate() {
        let (level, poured) = pour(0.0, Duration::ZERO, RATE, 60);
        assert_eq!((level, poured.fits, poured.available), (60.0, true, 40));
        let (level, poured) = pour(level, Duration::ZERO, RATE, 60);
        assert_eq!((level, poured.fits, poured.retry_after), (60.0, false, Duration::from_secs(2)));
        let (level, poured) = pour(level, Duration::from_secs(2), RATE, 60);
        assert_eq!((level, poured.fits, poured.available), (100.0, true, 0));
    }

    #[test]
    fn oversized_cost_needs_an_empty_bucket() {
        let (level, poured) = pour(0.0, Duration::ZERO, RATE, 500);
        assert!(poured.fits);
        let (_, poured) = pour(level, Duration::from_secs(1), RATE, 1);
        assert!(!poured.fits);
        assert_eq!(poured.retry_after, Duration::from_secs_f64(39.1));
    }
}
