//! Counts of statements, batches and cache hits of a request.

use std::time::Duration;

/// Counts of one request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RequestCounts {
    /// Statements that read rows or generations, without the one of sign-in.
    pub statements: u64,
    /// Groups of keys of one type that were loaded together, over all levels.
    pub batches: u64,
    /// Distribution of batch sizes.
    pub sizes: BatchSizes,
    /// Different keys requested.
    pub keys: u64,
    /// Keys found in process memory.
    pub from_memory: u64,
    /// Keys found in Redis.
    pub from_redis: u64,
    /// Keys read from the database.
    pub from_database: u64,
    /// Time spent waiting for a database connection.
    pub waited: Duration,
}

/// Histogram of batch sizes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BatchSizes {
    /// Number of batches per bucket of [`BatchSizes::BOUNDS`]; the last bucket is for sizes above all bounds.
    pub counts: [u32; Self::BOUNDS.len() + 1],
    /// Total number of keys in all batches.
    pub keys: u64,
}

impl BatchSizes {
    /// Upper bounds of the buckets, in keys.
    pub const BOUNDS: [u64; 7] = [1, 3, 10, 30, 100, 300, 1_000];

    pub(crate) fn count(&mut self, keys: usize) {
        let keys = keys as u64;
        self.counts[Self::BOUNDS.partition_point(|bound| *bound < keys)] += 1;
        self.keys += keys;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batch_counts_in_its_smallest_bucket() {
        let mut sizes = BatchSizes::default();
        for keys in [1, 2, 3, 1_000, 1_001, 5_000] {
            sizes.count(keys);
        }
        assert_eq!(sizes, BatchSizes { counts: [1, 2, 0, 0, 0, 0, 1, 2], keys: 7_007 });
    }
}
