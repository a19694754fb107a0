//! How the pools do, and whether the server has room for them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use diesel_async::RunQueryDsl;

use crate::{Store, StoreError};

/// How one login's connections do.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolHealth {
    /// The login's name in PostgreSQL.
    pub login: &'static str,
    /// How many connections it may have.
    pub limit: usize,
    /// How many it has.
    pub open: usize,
    /// How many of these somebody is using.
    pub in_use: usize,
    /// How many wait for one.
    pub waiting: usize,
    /// How long they have waited for one so far.
    pub waits: PoolWaits,
}

/// How often somebody waited how long for a connection, until there was one, or none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PoolWaits {
    /// PoolWaits of at most as long as [`PoolWaits::BOUNDS`] has in the same place, and of more than in the place before; in the
    /// last place those of more than all bounds.
    pub counts: [u64; Self::BOUNDS.len() + 1],
    /// All waits together, in seconds.
    pub seconds: f64,
}

impl PoolWaits {
    /// Seconds, from few to many.
    pub const BOUNDS: [f64; 7] = [0.000_1, 0.001, 0.005, 0.025, 0.1, 0.5, 2.0];
}

/// Counts as they come in.
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
struct Room {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    connections: i64,
}

/// What is left when those are gone that the server keeps for its owners; one of the settings came with PostgreSQL 16.
const ROOM: &str = "select current_setting('max_connections')::bigint \
    - current_setting('superuser_reserved_connections')::bigint \
    - coalesce(current_setting('reserved_connections', true)::bigint, 0) as connections";

impl Store {
    /// How each login's connections do.
    pub fn pools(&self) -> Vec<PoolHealth> {
        self.all_pools().into_iter().map(|pool| pool.health()).collect()
    }

    /// How many connections the server lets the gateway's logins have, all together. A pooler in between has limits of its
    /// own, which this does not tell.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    pub async fn room(&self) -> Result<i64, StoreError> {
        let mut connection = self.auth().get().await?;
        connection.is_busy = true;
        let room: Room = diesel::sql_query(ROOM).get_result(&mut connection.connection).await?;
        connection.is_busy = false;
        Ok(room.connections)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_counted_under_the_least_bound_that_holds_it() {
        let counts = WaitCounts::default();
        for milliseconds in [0, 1, 2, 2_000, 2_001] {
            counts.count(Duration::from_millis(milliseconds));
        }
        let waits = counts.read();
        assert_eq!(waits.counts, [1, 1, 1, 0, 0, 0, 1, 1]);
        assert_eq!(waits.seconds, 4.004);
    }
}
