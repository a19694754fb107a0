//! Detects when a level of a query is complete.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use crate::Loader;

impl Loader {
    /// Runs an operation, and loads a level whenever the operation is blocked on answers.
    ///
    /// An executor that resolves a long list yields now and then and wakes itself. Dispatching at such a yield would
    /// send half a batch, and the number of statements would depend on the length of the list. After [`TURN`] such a
    /// yield is passed on to the runtime, so that other tasks of the thread can run.
    pub async fn drive<F: Future>(&self, operation: F) -> F::Output {
        let mut operation = pin!(operation);
        poll_fn(|context| {
            self.driver().register(context.waker());
            let pause = Arc::new(Pause { state: AtomicU8::new(POLLING), parent: context.waker().clone() });
            let waker = Waker::from(Arc::clone(&pause));
            let started = Instant::now();
            loop {
                let levels = self.levels();
                if let Poll::Ready(output) = operation.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return Poll::Ready(output);
                }
                if pause.is_blocked() {
                    if self.dispatch(levels) {
                        return Poll::Pending;
                    }
                    pause.resume();
                } else if started.elapsed() >= TURN {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
            }
        })
        .await
    }
}

/// How long an operation runs on its thread before it yields to other tasks.
const TURN: Duration = Duration::from_millis(2);

/// The operation is being polled.
const POLLING: u8 = 0;
/// The operation was woken while being polled, so it can continue.
const WOKEN: u8 = 1;
/// The operation is blocked: waking it wakes the task.
const BLOCKED: u8 = 2;

struct Pause {
    state: AtomicU8,
    parent: Waker,
}

impl Pause {
    /// Whether the operation has not been woken since it was polled. If it has, poll it again.
    fn is_blocked(&self) -> bool {
        let is_blocked = self.state.compare_exchange(POLLING, BLOCKED, Ordering::AcqRel, Ordering::Acquire).is_ok();
        if !is_blocked {
            self.state.store(POLLING, Ordering::Release);
        }
        is_blocked
    }

    /// Schedules another poll of the operation.
    fn resume(&self) {
        self.state.store(POLLING, Ordering::Release);
    }
}

impl Wake for Pause {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let is_polling = self.state.compare_exchange(POLLING, WOKEN, Ordering::AcqRel, Ordering::Acquire);
        if is_polling == Err(BLOCKED) {
            self.parent.wake_by_ref();
        }
    }
}
