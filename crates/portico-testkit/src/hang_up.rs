//! Simulates callers who disconnect during a request.

use std::future::Future;
use std::time::Duration;

use crate::TestDatabase;

/// Polls a future for at most this many turns, then drops it. Returns the outcome if it completed.
pub async fn within_turns<F: Future>(future: F, turns: usize) -> Option<F::Output> {
    let patience = async {
        for turn in 0..turns {
            // Most of the time is spent waiting for the database, so turns alone would end too early.
            if turn % 8 == 7 {
                tokio::time::sleep(Duration::from_micros(300)).await;
            } else {
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::select! {
        biased;
        output = future => Some(output),
        () = patience => None,
    }
}

impl TestDatabase {
    /// Number of the gateway's idle transactions, after a pause.
    pub async fn db_left_open(&self) -> i64 {
        const OPEN: &str = "select count(*) as count from pg_stat_activity
            where datname = current_database() and usename <> current_user and xact_start is not null";
        let mut open = self.db_count(OPEN).await;
        // Dropped requests may still be closing; the server ends idle transactions after ten seconds.
        for _ in 0..200 {
            if open == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
            open = self.db_count(OPEN).await;
        }
        open
    }
}
