//! Work that keeps a processor busy, in a bounded pool apart from the threads that answer requests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout_at;

/// Bounds of a [`HeavyPool`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeavyLimits {
    /// Pieces of work that run at once. Fewer than there are processors, so that requests keep one.
    pub at_once: usize,
    /// Pieces of work that may wait or run, of all callers together.
    pub total: usize,
    /// Pieces of work that may wait or run for one caller.
    pub per_caller: usize,
    /// The longest that a piece of work waits until it is begun; less than a request may take.
    pub wait: Duration,
}

impl Default for HeavyLimits {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self { at_once: (processors / 2).max(1), total: 256, per_caller: 32, wait: Duration::from_secs(5) }
    }
}

/// Why a piece of work was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeavyError {
    /// Too much is waiting, or it waited for too long. It may be tried again.
    #[error("the server is busy")]
    Busy,
    /// The caller has hung up, so that it was not begun.
    #[error("the caller has hung up")]
    Abandoned,
    /// It panicked.
    #[error("heavy work ended without a result")]
    Failed,
}

/// A pool for work that takes milliseconds of a processor: hashing passwords, estimating their strength.
///
/// Callers take turns: each has one piece of work in the common queue at a time, so that a caller who sends many waits for
/// their own, and delays another by one piece at most. What is beyond the limits is refused at once.
#[derive(Debug, Clone)]
pub struct HeavyPool(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: HeavyLimits,
    total: Arc<Semaphore>,
    running: Arc<Semaphore>,
    callers: Mutex<HashMap<String, Weak<Caller>>>,
}

/// The queue of one caller, for as long as anything is in it.
#[derive(Debug)]
struct Caller {
    seats: Arc<Semaphore>,
    turn: Arc<Semaphore>,
}

/// What a piece of work holds until it has ended, whoever still waits for it.
struct Held {
    _permits: [OwnedSemaphorePermit; 4],
    _caller: Arc<Caller>,
}

impl Default for HeavyPool {
    fn default() -> Self {
        Self::new(HeavyLimits::default())
    }
}

impl HeavyPool {
    /// A pool with these bounds.
    pub fn new(limits: HeavyLimits) -> Self {
        let (total, running) = (Arc::new(Semaphore::new(limits.total)), Arc::new(Semaphore::new(limits.at_once)));
        Self(Arc::new(Inner { limits, total, running, callers: Mutex::default() }))
    }

    /// Does a piece of work for a caller, unless `is_wanted` says beforehand that nobody waits for it any more.
    ///
    /// # Errors
    ///
    /// [`HeavyError`] says why it was not done.
    pub async fn run<T: Send + 'static>(
        &self,
        caller: &str,
        is_wanted: impl Fn() -> bool + Send + 'static,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HeavyError> {
        let held = self.turn(caller).await?;
        if !is_wanted() {
            return Err(HeavyError::Abandoned);
        }
        let (result, waiting) = oneshot::channel();
        tokio::task::spawn_blocking(move || {
            let _held = held;
            // Between its turn and its thread the caller may have gone.
            if is_wanted() && !result.is_closed() {
                let _ = result.send(work());
            }
        });
        waiting.await.map_err(|_| HeavyError::Failed)
    }

    /// Waits for the caller's turn.
    async fn turn(&self, name: &str) -> Result<Held, HeavyError> {
        let inner = &self.0;
        let busy = |_| HeavyError::Busy;
        let caller = inner.caller(name);
        let seat = Arc::clone(&caller.seats).try_acquire_owned().map_err(busy)?;
        let place = Arc::clone(&inner.total).try_acquire_owned().map_err(busy)?;
        let deadline = tokio::time::Instant::now() + inner.limits.wait;
        let acquire = |semaphore: &Arc<Semaphore>| timeout_at(deadline, Arc::clone(semaphore).acquire_owned());
        let turn = acquire(&caller.turn).await.map_err(|_| HeavyError::Busy)?;
        let turn = turn.map_err(|_| HeavyError::Failed)?;
        let processor = acquire(&inner.running).await.map_err(|_| HeavyError::Busy)?;
        let processor = processor.map_err(|_| HeavyError::Failed)?;
        Ok(Held { _permits: [processor, turn, place, seat], _caller: caller })
    }
}

impl Inner {
    /// The queue of a caller, made if there is none.
    fn caller(&self, name: &str) -> Arc<Caller> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(caller) = callers.get(name).and_then(Weak::upgrade) {
            return caller;
        }
        // There are at most as many queues in use as pieces of work; those of callers who have gone are dropped before there are twice
        // as many.
        if callers.len() >= 2 * self.limits.total {
            callers.retain(|_, caller| caller.strong_count() > 0);
        }
        let seats = Arc::new(Semaphore::new(self.limits.per_caller));
        let caller = Arc::new(Caller { seats, turn: Arc::new(Semaphore::new(1)) });
        callers.insert(name.to_owned(), Arc::downgrade(&caller));
        caller
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use futures_util::future::join_all;
    use tokio::sync::Notify;

    use super::*;

    const LIMITS: HeavyLimits = HeavyLimits { at_once: 1, total: 8, per_caller: 4, wait: Duration::from_millis(200) };

    fn slow() {
        std::thread::sleep(Duration::from_millis(20));
    }

    #[tokio::test]
    async fn never_more_than_allowed_run_at_once() {
        // AUDIT V
        let pool = HeavyPool::new(HeavyLimits { at_once: 2, wait: Duration::from_secs(5), ..LIMITS });
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let piece = |caller: usize| {
            let (pool, running, most) = (pool.clone(), Arc::clone(&running), Arc::clone(&most));
            async move {
                let work = move || {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    slow();
                    running.fetch_sub(1, Ordering::SeqCst);
                };
                pool.run(&caller.to_string(), || true, work).await
            }
        };
        assert_eq!(join_all((0..8).map(piece)).await, [Ok(()); 8]);
        assert_eq!(most.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn too_much_is_refused_at_once() {
        let pool = HeavyPool::new(LIMITS);
        let of_one = join_all((0..6).map(|_| pool.run("one", || true, slow))).await;
        assert_eq!(of_one.iter().filter(|done| **done == Err(HeavyError::Busy)).count(), 2, "one caller: {of_one:?}");
        let callers: Vec<_> = (0..10).map(|caller| caller.to_string()).collect();
        let of_all = join_all(callers.iter().map(|caller| pool.run(caller, || true, slow))).await;
        assert_eq!(of_all.iter().filter(|done| **done == Err(HeavyError::Busy)).count(), 2, "all callers: {of_all:?}");
        assert_eq!(pool.run("one", || true, || 1).await, Ok(1), "afterwards there is room again");
    }

    #[tokio::test]
    async fn waiting_ends_at_the_deadline() {
        let pool = HeavyPool::new(LIMITS);
        let long = pool.run("one", || true, || std::thread::sleep(Duration::from_millis(600)));
        let second = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            pool.run("two", || true, slow).await
        };
        assert_eq!(tokio::join!(long, second), (Ok(()), Err(HeavyError::Busy)));
    }

    #[tokio::test]
    async fn callers_take_turns() {
        let pool = HeavyPool::new(HeavyLimits { wait: Duration::from_secs(5), ..LIMITS });
        let order = Arc::new(Mutex::new(Vec::new()));
        let piece = |caller: &'static str| {
            let order = Arc::clone(&order);
            pool.run(
                caller,
                || true,
                move || {
                    slow();
                    order.lock().expect("nobody panicked").push(caller);
                },
            )
        };
        let many = join_all((0..4).map(|_| piece("many")));
        let one = async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            piece("one").await
        };
        let (_, one) = tokio::join!(many, one);
        assert_eq!(one, Ok(()));
        assert_eq!(order.lock().expect("nobody panicked")[1], "one", "behind the one that was running");
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_not_begun() {
        let pool = HeavyPool::new(LIMITS);
        let (started, was_begun) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
        let first = tokio::spawn({
            let (pool, started) = (pool.clone(), Arc::clone(&started));
            async move {
                let work = move || {
                    started.notify_one();
                    std::thread::sleep(Duration::from_millis(100));
                };
                pool.run("one", || true, work).await
            }
        });
        started.notified().await;
        let begun = Arc::clone(&was_begun);
        // What runs cannot be stopped: it keeps its permit until it ends, though its caller has gone.
        first.abort();
        let dropped = pool.run("two", || true, move || begun.store(true, Ordering::SeqCst));
        tokio::time::timeout(Duration::from_millis(20), dropped).await.expect_err("there is no permit yet");
        let unwanted = Arc::clone(&was_begun);
        let gone = pool.run("one", || false, move || unwanted.store(true, Ordering::SeqCst));
        assert_eq!(gone.await, Err(HeavyError::Abandoned));
        assert_eq!(pool.run("two", || true, || 2).await, Ok(2));
        assert!(!was_begun.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn work_that_panics_leaves_the_pool_whole() {
        let pool = HeavyPool::new(LIMITS);
        let failed = pool.run("one", || true, || panic!("as it should")).await;
        assert_eq!(failed, Err(HeavyError::Failed));
        assert_eq!(pool.run("one", || true, || 3).await, Ok(3));
    }
}
