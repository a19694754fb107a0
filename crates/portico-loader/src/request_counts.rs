//! What a request took.

use std::time::Duration;

/// Counts of one request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RequestCounts {
    /// Statements that read rows or generations; sign-in's is not among them.
    pub statements: u64,
    /// Groups of keys of one type that were loaded together, over all levels.
    pub batches: u64,
    /// How many keys they held.
    pub sizes: BatchSizes,
    /// Different keys that were asked for.
    pub keys: u64,
    /// Of these, how many memory had.
    pub from_memory: u64,
    /// How many Redis had.
    pub from_redis: u64,
    /// How many were read.
    pub from_database: u64,
    /// How long it waited for a connection to the database.
    pub waited: Duration,
}

/// How many batches held how many keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BatchSizes {
    /// Batches of at most so many keys as [`BatchSizes::BOUNDS`] has in the same place, and of more than in the place before;
    /// in the last place those of more than all bounds.
    pub counts: [u32; Self::BOUNDS.len() + 1],
    /// All keys of all batches.
    pub keys: u64,
}

impl BatchSizes {
    /// Keys, from few to many.
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
    fn a_batch_is_counted_under_the_least_bound_that_holds_it() {
        let mut sizes = BatchSizes::default();
        for keys in [1, 2, 3, 1_000, 1_001, 5_000] {
            sizes.count(keys);
        }
        assert_eq!(sizes, BatchSizes { counts: [1, 2, 0, 0, 0, 0, 1, 2], keys: 7_007 });
    }
}
