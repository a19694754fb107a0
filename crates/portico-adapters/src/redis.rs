//! Redis connection with a timeout per command and a circuit breaker, so that an outage of Redis delays no request.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use portico_core::limits;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{RedisError, RedisResult};

/// Consecutive failures that open the circuit breaker.
const MAX_FAILURES: u32 = 3;
/// First and longest pause of the open breaker before a probe; each failed probe doubles the pause.
const PAUSE: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(4));

/// A shared connection, opened when first used and reopened when it breaks. Cheap to clone.
#[derive(Clone)]
pub struct RedisConnection {
    connection: ConnectionManager,
    breaker: Arc<Breaker>,
}

impl RedisConnection {
    /// Prepares a connection to `redis://host:6379`.
    ///
    /// # Errors
    ///
    /// Describes what is wrong with the URL.
    pub fn new(url: &str) -> Result<Self, String> {
        let client = redis::Client::open(url).map_err(|error| error.to_string())?;
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(limits::REDIS))
            .set_connection_timeout(Some(limits::REDIS));
        let connection = ConnectionManager::new_lazy_with_config(client, config).map_err(|error| error.to_string())?;
        Ok(Self { connection, breaker: Arc::default() })
    }

    /// Sends commands. None if Redis does not answer in time, rejects them, or the breaker is open.
    pub async fn ask<T, F>(&self, commands: impl FnOnce(ConnectionManager) -> F) -> Option<T>
    where
        F: Future<Output = RedisResult<T>>,
    {
        if !self.breaker.allows_command() {
            return None;
        }
        // A canceled request is no failure of Redis.
        match tokio::time::timeout(limits::REDIS, commands(self.connection.clone())).await {
            Ok(Ok(answer)) => {
                self.breaker.record_success();
                Some(answer)
            }
            Ok(Err(error)) if is_reply(&error) => {
                // Redis answers, but rejects this command: it is full, or read-only.
                tracing::debug!(%error, "Redis rejected a command");
                self.breaker.refused.fetch_add(1, Ordering::Relaxed);
                self.breaker.record_success();
                None
            }
            Ok(Err(error)) => {
                self.breaker.record_failure(&error.to_string());
                None
            }
            Err(_) => {
                self.breaker.record_failure("no answer in time");
                None
            }
        }
    }

    /// Numbers of failures and rejections, and whether the breaker is closed.
    pub fn health(&self) -> RedisHealth {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let is_in_use = self.breaker.lock().open_until.is_none();
        RedisHealth { failures: read(&self.breaker.failures), refusals: read(&self.breaker.refused), is_in_use }
    }
}

/// State of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedisHealth {
    /// Number of commands without an answer in time.
    pub failures: u64,
    /// Number of commands that Redis rejected.
    pub refusals: u64,
    /// Whether commands are sent: the breaker is closed.
    pub is_in_use: bool,
}

fn is_reply(error: &RedisError) -> bool {
    !(error.is_io_error() || error.is_timeout() || error.is_connection_dropped() || error.is_unrecoverable_error())
}

#[derive(Default)]
struct Breaker {
    state: Mutex<State>,
    failures: AtomicU64,
    refused: AtomicU64,
}

#[derive(Default)]
struct State {
    in_a_row: u32,
    open_until: Option<Instant>,
    pause: Duration,
}

impl Breaker {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a command may be sent. The open breaker allows one probe at a time.
    fn allows_command(&self) -> bool {
        let mut state = self.lock();
        match state.open_until {
            None => true,
            Some(until) if Instant::now() < until => false,
            Some(_) => {
                state.open_until = Some(Instant::now() + state.pause);
                true
            }
        }
    }

    fn record_success(&self) {
        let mut state = self.lock();
        if state.open_until.is_some() {
            tracing::info!("Redis answers again");
        }
        *state = State::default();
    }

    fn record_failure(&self, reason: &str) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        let mut state = self.lock();
        state.in_a_row += 1;
        if state.open_until.is_some() {
            state.pause = (state.pause * 2).min(PAUSE.1);
            state.open_until = Some(Instant::now() + state.pause);
        } else if state.in_a_row >= MAX_FAILURES {
            tracing::warn!(reason, "Redis does not answer; continuing without it");
            state.pause = PAUSE.0;
            state.open_until = Some(Instant::now() + state.pause);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaker_opens_on_failure_and_recovers() {
        let breaker = Breaker::default();
        for _ in 1..MAX_FAILURES {
            breaker.record_failure("down");
            assert!(breaker.allows_command());
        }
        breaker.record_failure("down");
        assert!(!breaker.allows_command());
        breaker.lock().open_until = Some(Instant::now());
        assert!(breaker.allows_command(), "one probe");
        assert!(!breaker.allows_command(), "no other command during the probe");
        breaker.record_failure("still down");
        assert!(!breaker.allows_command());
        assert_eq!(breaker.lock().pause, PAUSE.0 * 2);
        breaker.record_success();
        assert!(breaker.allows_command());
        breaker.record_failure("once");
        assert!(breaker.allows_command(), "a single failure does not open the breaker");
    }
}
