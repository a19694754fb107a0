//! Finds the moment at which a level of a query is complete.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use crate::Loader;

impl Loader {
    /// Runs an operation, and sends off its batches whenever it has come to a stand.
    ///
    /// An executor that resolves a long list gives way now and then and wakes itself. Such a pause is not a stand: whoever
    /// took it for one would send half a batch, and the number of statements would depend on the length of the list.
    pub async fn drive<F: Future>(&self, operation: F) -> F::Output {
        let mut operation = pin!(operation);
        poll_fn(|context| {
            self.driver().register(context.waker());
            let pause = Arc::new(Pause { state: AtomicU8::new(POLLING), parent: context.waker().clone() });
            let waker = Waker::from(Arc::clone(&pause));
            loop {
                let landed = self.landed();
                if let Poll::Ready(output) = operation.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return Poll::Ready(output);
                }
                if pause.is_a_stand() {
                    if self.dispatch(landed) {
                        return Poll::Pending;
                    }
                    pause.resume();
                }
            }
        })
        .await
    }
}

/// The operation is being polled.
const POLLING: u8 = 0;
/// It was woken meanwhile, so there is more that it can do.
const WOKEN: u8 = 1;
/// It stands; whoever wakes it now wakes the task.
const STANDING: u8 = 2;

struct Pause {
    state: AtomicU8,
    parent: Waker,
}

impl Pause {
    /// Whether nobody has woken the operation since it was polled; if somebody has, it is to be polled again.
    fn is_a_stand(&self) -> bool {
        let stands = self.state.compare_exchange(POLLING, STANDING, Ordering::AcqRel, Ordering::Acquire).is_ok();
        if !stands {
            self.state.store(POLLING, Ordering::Release);
        }
        stands
    }

    /// The operation is to be polled again, although it stood.
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
        if is_polling == Err(STANDING) {
            self.parent.wake_by_ref();
        }
    }
}
