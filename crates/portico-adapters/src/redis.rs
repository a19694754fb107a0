//! A connection to Redis, with a time limit for each command and a circuit breaker, so that a dead Redis costs nothing.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use portico_core::limits;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{RedisError, RedisResult};

/// Failures in a row after which no commands are sent.
const PATIENCE: u32 = 3;
/// How long no commands are sent before one is tried; it doubles up to the second value.
const PAUSE: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(4));

/// A shared connection, made when it is needed and made again when it breaks. Cheap to clone.
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
    /// What is wrong with the address.
    pub fn new(url: &str) -> Result<Self, String> {
        let client = redis::Client::open(url).map_err(|error| error.to_string())?;
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(limits::REDIS))
            .set_connection_timeout(Some(limits::REDIS));
        let connection = ConnectionManager::new_lazy_with_config(client, config).map_err(|error| error.to_string())?;
        Ok(Self { connection, breaker: Arc::default() })
    }

    /// Sends commands. None when Redis did not answer in time, refused, or is not asked while the breaker is open.
    pub async fn ask<T, F>(&self, commands: impl FnOnce(ConnectionManager) -> F) -> Option<T>
    where
        F: Future<Output = RedisResult<T>>,
    {
        if !self.breaker.lets_through() {
            return None;
        }
        // A request that is dropped in the middle says nothing about Redis.
        match tokio::time::timeout(limits::REDIS, commands(self.connection.clone())).await {
            Ok(Ok(answer)) => {
                self.breaker.worked();
                Some(answer)
            }
            Ok(Err(error)) if is_an_answer(&error) => {
                // It is up, and refuses this command: it is full, or read-only.
                tracing::debug!(%error, "Redis refused");
                self.breaker.refused.fetch_add(1, Ordering::Relaxed);
                self.breaker.worked();
                None
            }
            Ok(Err(error)) => {
                self.breaker.failed(&error.to_string());
                None
            }
            Err(_) => {
                self.breaker.failed("no answer in time");
                None
            }
        }
    }

    /// Failures and refusals so far, and whether commands are sent at the moment.
    pub fn health(&self) -> RedisHealth {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let is_asked = self.breaker.lock().open_until.is_none();
        RedisHealth { failures: read(&self.breaker.failures), refusals: read(&self.breaker.refused), is_asked }
    }
}

/// The state of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedisHealth {
    /// Commands that had no answer in time.
    pub failures: u64,
    /// Commands that Redis refused.
    pub refusals: u64,
    /// Whether commands are sent at the moment.
    pub is_asked: bool,
}

fn is_an_answer(error: &RedisError) -> bool {
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

    /// While it is open, one command at a time is let through to try.
    fn lets_through(&self) -> bool {
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

    fn worked(&self) {
        let mut state = self.lock();
        if state.open_until.is_some() {
            tracing::info!("Redis answers again");
        }
        *state = State::default();
    }

    fn failed(&self, reason: &str) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        let mut state = self.lock();
        state.in_a_row += 1;
        if state.open_until.is_some() {
            state.pause = (state.pause * 2).min(PAUSE.1);
            state.open_until = Some(Instant::now() + state.pause);
        } else if state.in_a_row >= PATIENCE {
            tracing::warn!(reason, "Redis does not answer; going on without it");
            state.pause = PAUSE.0;
            state.open_until = Some(Instant::now() + state.pause);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breaker_opens_after_some_failures_and_closes_when_a_try_works() {
        let breaker = Breaker::default();
        for _ in 1..PATIENCE {
            breaker.failed("down");
            assert!(breaker.lets_through());
        }
        breaker.failed("down");
        assert!(!breaker.lets_through());
        breaker.lock().open_until = Some(Instant::now());
        assert!(breaker.lets_through(), "one attempt");
        assert!(!breaker.lets_through(), "and no other meanwhile");
        breaker.failed("still down");
        assert!(!breaker.lets_through());
        assert_eq!(breaker.lock().pause, PAUSE.0 * 2);
        breaker.worked();
        assert!(breaker.lets_through());
        breaker.failed("once");
        assert!(breaker.lets_through(), "one failure is none");
    }
}
