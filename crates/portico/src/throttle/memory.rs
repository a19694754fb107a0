//! Buckets in memory.

use std::sync::Arc;
use std::time::Instant;

use quick_cache::sync::Cache;

use super::rate::{Admission, Rate, pour};

/// Maximum number of buckets; the least recently used ones are evicted, and an evicted bucket starts empty.
const BUCKETS: usize = 100_000;

/// Buckets of one process.
#[derive(Clone)]
pub(super) struct MemoryBuckets(Arc<Cache<String, Arc<std::sync::Mutex<Bucket>>>>);

struct Bucket {
    level: f64,
    at: Instant,
}

impl Default for MemoryBuckets {
    fn default() -> Self {
        Self(Arc::new(Cache::new(BUCKETS)))
    }
}

impl MemoryBuckets {
    pub(super) fn pour(&self, key: &str, rate: Rate, cost: u64) -> Admission {
        let new = || {
            Ok::<_, std::convert::Infallible>(Arc::new(std::sync::Mutex::new(Bucket {
                level: 0.0,
                at: Instant::now(),
            })))
        };
        let Ok(bucket) = self.0.get_or_insert_with(key, new);
        let mut bucket = bucket.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (level, poured) = pour(bucket.level, bucket.at.elapsed(), rate, cost);
        *bucket = Bucket { level, at: Instant::now() };
        poured
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_own_bucket() {
        let buckets = MemoryBuckets::default();
        let rate = Rate { capacity: 10, per_second: 1 };
        assert!(buckets.pour("ana", rate, 10).fits);
        assert!(!buckets.pour("ana", rate, 10).fits);
        assert!(buckets.pour("ben", rate, 10).fits);
    }
}
