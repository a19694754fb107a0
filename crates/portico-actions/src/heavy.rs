//! Runs CPU-bound work in a bounded pool, apart from the threads that serve requests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout_at;

/// Limits of a [`HeavyPool`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeavyLimits {
    /// Maximum number of tasks that run at once. Less than the number of processors, so that requests keep one.
    pub at_once: usize,
    /// Maximum number of queued and running tasks of all callers.
    pub total: usize,
    /// Maximum number of queued and running tasks per caller.
    pub per_caller: usize,
    /// Maximum time in the queue; less than the timeout of a request.
    pub wait: Duration,
}

impl Default for HeavyLimits {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self { at_once: (processors / 2).max(1), total: 256, per_caller: 32, wait: Duration::from_secs(5) }
    }
}

/// Reasons why a task was not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeavyError {
    /// The queue is full, or the wait was too long; retry later.
    #[error("the server is busy")]
    Busy,
    /// The caller disconnected before the start.
    #[error("the caller has disconnected")]
    Abandoned,
    /// The task panicked.
    #[error("heavy work ended without a result")]
    Failed,
}

/// Pool for CPU-bound tasks: hashing passwords, estimating their strength.
///
/// Callers take turns: each caller has at most one task in the common queue, so a caller with many tasks delays another
/// caller by one task at most. Tasks above the limits are rejected at once.
#[derive(Debug, Clone)]
pub struct HeavyPool(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: HeavyLimits,
    total: Arc<Semaphore>,
    running: Arc<Semaphore>,
    callers: Mutex<HashMap<String, Weak<Caller>>>,
}

/// Queue of one caller, while it has tasks.
#[derive(Debug)]
struct Caller {
    seats: Arc<Semaphore>,
    turn: Arc<Semaphore>,
}

/// Permits of a task, held until it ends, even if its caller disconnects.
struct TaskPermits {
    _permits: [OwnedSemaphorePermit; 4],
    _caller: Arc<Caller>,
}

impl Default for HeavyPool {
    fn default() -> Self {
        Self::new(HeavyLimits::default())
    }
}

impl HeavyPool {
    /// Creates a pool with these limits.
    pub fn new(limits: HeavyLimits) -> Self {
        let (total, running) = (Arc::new(Semaphore::new(limits.total)), Arc::new(Semaphore::new(limits.at_once)));
        Self(Arc::new(Inner { limits, total, running, callers: Mutex::default() }))
    }

    /// Runs a task for a caller, unless `is_wanted` returns false before the start.
    ///
    /// # Errors
    ///
    /// [`HeavyError`] has the reason.
    pub async fn run<T: Send + 'static>(
        &self,
        caller: &str,
        is_wanted: impl Fn() -> bool + Send + 'static,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HeavyError> {
        let permits = self.turn(caller).await?;
        if !is_wanted() {
            return Err(HeavyError::Abandoned);
        }
        let (result, waiting) = oneshot::channel();
        tokio::task::spawn_blocking(move || {
            // The caller may have disconnected since its turn.
            if !is_wanted() || result.is_closed() {
                return;
            }
            let done = work();
            // Released before the result is sent, so that the caller can queue its next task.
            drop(permits);
            let _ = result.send(done);
        });
        waiting.await.map_err(|_| HeavyError::Failed)
    }

    /// Waits for the caller's turn.
    async fn turn(&self, name: &str) -> Result<TaskPermits, HeavyError> {
        let inner = &self.0;
        let busy = |_| HeavyError::Busy;
        let caller = inner.caller(name);
        let slot = Arc::clone(&caller.seats).try_acquire_owned().map_err(busy)?;
        let place = Arc::clone(&inner.total).try_acquire_owned().map_err(busy)?;
        let deadline = tokio::time::Instant::now() + inner.limits.wait;
        let acquire = |semaphore: &Arc<Semaphore>| timeout_at(deadline, Arc::clone(semaphore).acquire_owned());
        let turn = acquire(&caller.turn).await.map_err(|_| HeavyError::Busy)?;
        let turn = turn.map_err(|_| HeavyError::Failed)?;
        let processor = acquire(&inner.running).await.map_err(|_| HeavyError::Busy)?;
        let processor = processor.map_err(|_| HeavyError::Failed)?;
        Ok(TaskPermits { _permits: [processor, turn, place, slot], _caller: caller })
    }
}

impl Inner {
    /// The queue of a caller, created if necessary.
    fn caller(&self, name: &str) -> Arc<Caller> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(caller) = callers.get(name).and_then(Weak::upgrade) {
            return caller;
        }
        // There are at most as many active queues as tasks; unused queues are dropped before there are twice as many.
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
    use std::sync::{Barrier, mpsc};

    use futures_util::future::join_all;
    use futures_util::stream::{FuturesUnordered, StreamExt};
    use tokio::sync::Notify;

    use super::*;

    const LIMITS: HeavyLimits = HeavyLimits { at_once: 1, total: 8, per_caller: 4, wait: Duration::from_secs(600) };

    /// Blocks tasks until the other end is dropped.
    #[derive(Clone)]
    struct Gate(Arc<Mutex<mpsc::Receiver<()>>>);

    impl Gate {
        fn closed() -> (mpsc::Sender<()>, Self) {
            let (opener, gate) = mpsc::channel();
            (opener, Self(Arc::new(Mutex::new(gate))))
        }

        fn pass(&self) {
            let gate = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            gate.recv().expect_err("nothing is sent: the gate opens when the sender is dropped");
        }

        fn work(&self) -> impl FnOnce() + Send + 'static {
            let gate = self.clone();
            move || gate.pass()
        }
    }

    #[tokio::test]
    async fn concurrency_is_limited() {
        // ROB-20
        let pool = HeavyPool::new(HeavyLimits { at_once: 2, ..LIMITS });
        let (running, most, pair) = (AtomicUsize::new(0), AtomicUsize::new(0), Barrier::new(2));
        let shared = Arc::new((running, most, pair));
        let piece = |caller: usize| {
            let (pool, shared) = (pool.clone(), Arc::clone(&shared));
            async move {
                let work = move || {
                    let (running, most, pair) = &*shared;
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    pair.wait();
                    running.fetch_sub(1, Ordering::SeqCst);
                };
                pool.run(&caller.to_string(), || true, work).await
            }
        };
        assert_eq!(join_all((0..8).map(piece)).await, [Ok(()); 8]);
        assert_eq!(shared.1.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn excess_work_is_refused_at_once() {
        let pool = HeavyPool::new(LIMITS);
        let of_one = ["one"; 6].map(str::to_owned).to_vec();
        let of_all = (0..10).map(|caller| caller.to_string()).collect();
        for (callers, done) in [(of_one, 4), (of_all, 8)] {
            let callers: Vec<String> = callers;
            let (opener, gate) = Gate::closed();
            let mut pieces: FuturesUnordered<_> =
                callers.iter().map(|caller| pool.run(caller, || true, gate.work())).collect();
            for _ in done..callers.len() {
                assert_eq!(pieces.next().await, Some(Err(HeavyError::Busy)), "of {callers:?}");
            }
            drop(opener);
            assert_eq!(pieces.collect::<Vec<_>>().await, vec![Ok(()); done], "of {callers:?}");
        }
        assert_eq!(pool.run("one", || true, || 1).await, Ok(1), "the slot is free again afterwards");
    }

    #[tokio::test]
    async fn finished_work_frees_its_slot() {
        let pool = HeavyPool::new(HeavyLimits { total: 1, per_caller: 1, ..LIMITS });
        for number in 0..2_000 {
            assert_eq!(pool.run("one", || true, move || number).await, Ok(number));
        }
    }

    #[tokio::test]
    async fn waiting_ends_at_the_deadline() {
        let pool = HeavyPool::new(HeavyLimits { wait: Duration::from_millis(50), ..LIMITS });
        let (opener, gate) = Gate::closed();
        let first = pool.run("one", || true, gate.work());
        let second = async {
            let late = pool.run("two", || true, || ()).await;
            drop(opener);
            late
        };
        assert_eq!(tokio::join!(first, second), (Ok(()), Err(HeavyError::Busy)));
    }

    #[tokio::test]
    async fn callers_take_turns() {
        let pool = HeavyPool::new(LIMITS);
        let (opener, gate) = Gate::closed();
        let order = Arc::new(Mutex::new(Vec::new()));
        let piece = |caller: &'static str| {
            let (gate, order) = (gate.clone(), Arc::clone(&order));
            let work = move || {
                gate.pass();
                order.lock().unwrap_or_else(PoisonError::into_inner).push(caller);
            };
            pool.run(caller, || true, work)
        };
        let many = join_all((0..4).map(|_| piece("many")));
        let (_, one, _) = tokio::join!(many, piece("one"), async { drop(opener) });
        assert_eq!(one, Ok(()));
        let order = order.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(order[1], "one", "behind the one that was running");
    }

    #[tokio::test]
    async fn abandoned_work_never_starts() {
        let pool = HeavyPool::new(LIMITS);
        let (opener, gate) = Gate::closed();
        let (started, was_begun) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
        let first = tokio::spawn({
            let (pool, started) = (pool.clone(), Arc::clone(&started));
            async move {
                let work = move || {
                    started.notify_one();
                    gate.pass();
                };
                pool.run("one", || true, work).await
            }
        });
        started.notified().await;
        // A running task cannot be stopped: it keeps its permit until it ends, even if its caller disconnects.
        first.abort();
        let begun = Arc::clone(&was_begun);
        let mut dropped = Box::pin(pool.run("two", || true, move || begun.store(true, Ordering::SeqCst)));
        assert!(futures_util::poll!(&mut dropped).is_pending(), "there is no permit yet");
        drop(dropped);
        let begun = Arc::clone(&was_begun);
        let unwanted = pool.run("one", || false, move || begun.store(true, Ordering::SeqCst));
        let (unwanted, ()) = tokio::join!(unwanted, async { drop(opener) });
        assert_eq!(unwanted, Err(HeavyError::Abandoned));
        assert_eq!(pool.run("two", || true, || 2).await, Ok(2));
        assert!(!was_begun.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn panic_leaves_the_pool_usable() {
        let pool = HeavyPool::new(LIMITS);
        let failed = pool.run("one", || true, || panic!("as expected")).await;
        assert_eq!(failed, Err(HeavyError::Failed));
        assert_eq!(pool.run("one", || true, || 3).await, Ok(3));
    }
}
