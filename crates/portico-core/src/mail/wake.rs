//! How those who write a delivery wake those who send it.

use std::sync::Arc;

/// Wakes the worker of this process after a transaction that wrote deliveries, so that a mail leaves at once. Cheap to clone. Who
/// forgets it loses nothing but seconds: workers look by themselves as well.
#[derive(Clone, Default)]
pub struct Wake(Option<Arc<dyn Fn() + Send + Sync>>);

impl Wake {
    /// One that calls this, which must not block.
    pub fn new(call: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(call)))
    }

    /// There may be something to send. Call it after the commit: before, there is nothing to be seen.
    pub fn wake(&self) {
        if let Some(call) = &self.0 {
            call();
        }
    }
}

impl std::fmt::Debug for Wake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Wake(..)" } else { "Wake(nobody)" })
    }
}
