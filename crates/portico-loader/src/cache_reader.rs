//! Cache lookups for one viewer.

use std::sync::Arc;

use portico_core::people::Viewer;

use crate::generation_tracker::{Cacheability, GenerationTracker};
use crate::tiers::{Scope, Tiers};
use crate::{Key, Loaded};

/// Finds answers in memory, and opens sealed ones from Redis. Each is checked against the viewer and recorded as a hit.
pub(crate) struct CacheReader<'a> {
    pub(crate) tiers: &'a Tiers,
    pub(crate) viewer: &'a Viewer,
    pub(crate) tracker: &'a mut GenerationTracker,
}

impl CacheReader<'_> {
    pub(crate) fn in_memory<K: Key>(&mut self, key: &K, cacheability: &Cacheability) -> Option<K::Value> {
        let scope = cacheability.scope()?;
        let value = self.tiers.memory()?.get(scope, key)?;
        self.checked(scope, value)
    }

    /// Opens an answer that Redis had under a name, and stores it in memory.
    pub(crate) fn unseal<K: Key>(
        &mut self,
        key: &K,
        cacheability: &Cacheability,
        name: &str,
        bytes: &[u8],
    ) -> Option<K::Value> {
        let scope = cacheability.scope()?;
        let Some(value) = self.tiers.seal_key()?.open::<K::Value>(name, bytes) else {
            self.tiers.reject();
            return None;
        };
        let value = self.checked(scope, value)?;
        if let Some(memory) = self.tiers.memory() {
            memory.put(scope, key.clone(), value.clone(), bytes.len());
        }
        Some(value)
    }

    /// Rejects a cached answer that is not visible to this viewer: a sign of a corrupted cache.
    fn checked<V: Loaded>(&mut self, scope: &Arc<Scope>, value: V) -> Option<V> {
        if !value.is_visible_to(self.viewer) {
            self.tiers.reject();
            return None;
        }
        self.tracker.record_hit(scope.owner());
        Some(value)
    }
}
