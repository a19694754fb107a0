//! Callers who hang up in the middle.

use std::future::Future;
use std::time::Duration;

use crate::TestDatabase;

/// The outcome, unless it takes longer than so many turns of the executor; then it is dropped where it stands.
pub async fn within_turns<F: Future>(future: F, turns: usize) -> Option<F::Output> {
    let patience = async {
        for turn in 0..turns {
            // Most of the way is waiting for the database, which a turn alone would never let come to anything.
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
    /// How many of the gateway's connections sit in a transaction that nobody ends, once all is quiet.
    pub async fn db_left_open(&self) -> i64 {
        const OPEN: &str = "select count(*) as count from pg_stat_activity
            where datname = current_database() and usename <> current_user and xact_start is not null";
        let mut open = self.db_count(OPEN).await;
        // What was dropped may still be on its way out; the server itself ends what nobody ends after ten seconds.
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
