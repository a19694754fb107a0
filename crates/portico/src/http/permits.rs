//! Limits of what is in progress, of the process and of one caller.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use portico_core::access::Viewer;

/// Counts what is in progress. Cheap to clone; all clones count together.
#[derive(Clone)]
pub(super) struct Permits(Arc<Counted>);

struct Counted {
    of_process: usize,
    of_caller: usize,
    held: Mutex<HashMap<String, usize>>,
}

/// Which limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// The process has too many in progress.
    Process,
    /// The caller has too many in progress.
    Caller,
}

/// A place among those in progress, until it is dropped.
pub(super) struct Permit {
    counted: Arc<Counted>,
    caller: String,
}

impl Permits {
    pub(super) fn new(of_process: usize, of_caller: usize) -> Self {
        Self(Arc::new(Counted { of_process, of_caller, held: Mutex::default() }))
    }

    /// Takes a permit for a person.
    pub(super) fn take(&self, viewer: &Viewer) -> Result<Permit, Full> {
        self.take_for(viewer.charged().map(|(_, id)| id.to_string()).unwrap_or_default())
    }

    /// Takes a permit for a caller with this name.
    pub(super) fn take_for(&self, caller: String) -> Result<Permit, Full> {
        let mut held = self.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        let own = held.get(&caller).copied().unwrap_or_default();
        if own >= self.0.of_caller {
            return Err(Full::Caller);
        }
        if held.values().sum::<usize>() >= self.0.of_process {
            return Err(Full::Process);
        }
        held.insert(caller.clone(), own + 1);
        Ok(Permit { counted: Arc::clone(&self.0), caller })
    }

    /// Number of permits that are held.
    pub(super) fn held(&self) -> usize {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut held = self.counted.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = held.get_mut(&self.caller) {
            *own -= 1;
            if *own == 0 {
                held.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permits_return_when_dropped() {
        let permits = Permits::new(3, 2);
        let ana = Viewer::public();
        let (one, two) = (permits.take(&ana), permits.take(&ana));
        assert!(one.is_ok() && two.is_ok());
        assert_eq!(permits.take(&ana).err(), Some(Full::Caller));
        drop(one);
        assert!(permits.take(&ana).is_ok(), "and it is dropped at once");
        assert_eq!(permits.held(), 1);
        drop(two);
        assert_eq!(permits.held(), 0);
        let small = Permits::new(1, 2);
        let _one = small.take(&ana);
        assert_eq!(small.take(&ana).err(), Some(Full::Process));
    }
}
