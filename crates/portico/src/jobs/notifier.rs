//! Notifies a worker of new jobs.

use portico_core::jobs::Wake;
use tokio::sync::watch;

/// Wakes the worker of this process.
#[derive(Debug, Clone, Default)]
pub struct WorkerNotifier(watch::Sender<()>);

impl WorkerNotifier {
    /// The handle for transactions that enqueue jobs.
    pub fn wake(&self) -> Wake {
        let notifier = self.0.clone();
        Wake::new(move || {
            notifier.send_replace(());
        })
    }

    /// Subscribes to notifications from now on; several before the next look count as one.
    pub(super) fn subscribe(&self) -> watch::Receiver<()> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::WorkerNotifier;

    #[tokio::test]
    async fn each_listener_is_woken_once() {
        let notifier = WorkerNotifier::default();
        let mut listeners = [notifier.subscribe(), notifier.subscribe()];
        let wake = notifier.wake();
        for listener in &mut listeners {
            assert!(listener.changed().now_or_never().is_none());
        }
        wake.wake();
        wake.clone().wake();
        for listener in &mut listeners {
            assert!(listener.changed().now_or_never().is_some());
            assert!(listener.changed().now_or_never().is_none());
        }
    }
}
