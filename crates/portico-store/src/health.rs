//! Connection pool metrics, and the server's connection limit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use diesel_async::RunQueryDsl;

use crate::{Store, StoreError};

/// State of a login's connection pool.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolHealth {
    /// The login's name in PostgreSQL.
    pub login: &'static str,
    /// Maximum number of connections.
    pub limit: usize,
    /// Open connections.
    pub open: usize,
    /// Connections in use.
    pub in_use: usize,
    /// Tasks waiting for a connection.
    pub waiting: usize,
    /// Past waits for a connection.
    pub waits: PoolWaits,
}

/// Histogram of waits for a connection, successful or not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PoolWaits {
    /// Number of waits per bucket of [`PoolWaits::BOUNDS`]; the last bucket is for waits above all bounds.
    pub counts: [u64; Self::BOUNDS.len() + 1],
    /// Sum of all waits, in seconds.
    pub seconds: f64,
}

impl PoolWaits {
    /// Upper bounds of the buckets, in seconds.
    pub const BOUNDS: [f64; 7] = [0.000_1, 0.001, 0.005, 0.025, 0.1, 0.5, 2.0];
}

/// Counters of the histogram.
#[derive(Debug, Default)]
pub(crate) struct WaitCounts {
    counts: [AtomicU64; PoolWaits::BOUNDS.len() + 1],
    nanoseconds: AtomicU64,
}

impl WaitCounts {
    pub(crate) fn count(&self, waited: Duration) {
        let place = PoolWaits::BOUNDS.partition_point(|bound| *bound < waited.as_secs_f64());
        self.counts[place].fetch_add(1, Ordering::Relaxed);
        self.nanoseconds.fetch_add(waited.as_nanos().try_into().unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn read(&self) -> PoolWaits {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        PoolWaits { counts: self.counts.each_ref().map(read), seconds: read(&self.nanoseconds) as f64 / 1e9 }
    }
}

#[derive(diesel::QueryableByName)]
struct ConnectionLimit {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    connections: i64,
}

/// Connections without those reserved for superusers; one of the settings exists since PostgreSQL 16.
const CONNECTION_LIMIT: &str = "select current_setting('max_connections')::bigint \
    - current_setting('superuser_reserved_connections')::bigint \
    - coalesce(current_setting('reserved_connections', true)::bigint, 0) as connections";

impl Store {
    /// State of each login's pool.
    pub fn pools(&self) -> Vec<PoolHealth> {
        self.all_pools().into_iter().map(|pool| pool.health()).collect()
    }

    /// Maximum number of connections of all logins together. Limits of a connection pooler are not included.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the query fails.
    pub async fn connection_limit(&self) -> Result<i64, StoreError> {
        let mut connection = self.auth().get().await?;
        connection.is_busy = true;
        let limit: ConnectionLimit = diesel::sql_query(CONNECTION_LIMIT).get_result(&mut connection.connection).await?;
        connection.is_busy = false;
        Ok(limit.connections)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wait_counts_in_its_smallest_bucket() {
        let counts = WaitCounts::default();
        for milliseconds in [0, 1, 2, 2_000, 2_001] {
            counts.count(Duration::from_millis(milliseconds));
        }
        let waits = counts.read();
        assert_eq!(waits.counts, [1, 1, 1, 0, 0, 0, 1, 1]);
        assert_eq!(waits.seconds, 4.004);
    }
}
