//! What a request took.

use std::time::Duration;

/// Counts of one request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Statements that read rows or generations; sign-in's is not among them.
    pub statements: u64,
    /// Kinds of keys that left together, over all levels.
    pub batches: u64,
    /// Different keys that were asked for.
    pub keys: u64,
    /// Of these, how many memory had.
    pub from_memory: u64,
    /// How many Redis had.
    pub from_redis: u64,
    /// How many another request was just loading.
    pub from_others: u64,
    /// How many were read.
    pub from_database: u64,
    /// How long it waited for a connection to the database.
    pub waited: Duration,
}
