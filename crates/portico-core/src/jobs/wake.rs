//! Wakes the worker after a job was enqueued.

use std::sync::Arc;

/// Wakes the worker of this process after a commit that enqueued jobs, so that they run at once.
///
/// Cheap to clone. Without it a job waits for a few seconds only, since workers poll as well.
#[derive(Clone, Default)]
pub struct Wake(Option<Arc<dyn Fn() + Send + Sync>>);

impl Wake {
    /// Creates a notifier that calls this function, which must not block.
    pub fn new(call: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(call)))
    }

    /// Wakes the worker. Call it after the commit: before, no worker can see the job.
    pub fn wake(&self) {
        if let Some(call) = &self.0 {
            call();
        }
    }
}

impl std::fmt::Debug for Wake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Wake(..)" } else { "Wake(none)" })
    }
}
