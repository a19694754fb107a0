//! Rows in process memory, limited in bytes.

use std::any::Any;
use std::hash::RandomState;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::Scope;
use crate::Key;

/// Size of an entry besides its rows, in bytes: scope, key, and cache bookkeeping.
const OVERHEAD: u64 = 250;
/// Ratio of a row's size in memory to its encoded size.
const MEMORY_FACTOR: u64 = 3;
/// Assumed average size of an entry in bytes, to size the cache's table.
const AVERAGE_WEIGHT: u64 = 2_000;

/// The entry of one hash.
#[derive(Clone)]
struct Entry {
    weight: u64,
    cached: Arc<dyn Any + Send + Sync>,
}

struct CachedAnswer<K: Key> {
    scope: Arc<Scope>,
    key: K,
    value: K::Value,
}

#[derive(Clone)]
struct ByWeight;

impl Weighter<u64, Entry> for ByWeight {
    fn weight(&self, _: &u64, entry: &Entry) -> u64 {
        entry.weight
    }
}

/// Cache of answers; rarely requested ones are evicted first.
pub(crate) struct Memory {
    cache: Cache<u64, Entry, ByWeight>,
    hashes: RandomState,
}

impl Memory {
    pub(crate) fn new(bytes: u64) -> Self {
        let items = usize::try_from(bytes / AVERAGE_WEIGHT).unwrap_or(usize::MAX).max(1);
        Self { cache: Cache::with_weighter(items, bytes, ByWeight), hashes: RandomState::new() }
    }

    pub(crate) fn get<K: Key>(&self, scope: &Scope, key: &K) -> Option<K::Value> {
        let entry = self.cache.get(&scope.number(key, &self.hashes))?;
        let cached = entry.cached.downcast_ref::<CachedAnswer<K>>()?;
        // Hashes can collide, so scope and key are compared.
        (*cached.scope == *scope && cached.key == *key).then(|| cached.value.clone())
    }

    /// Stores an answer; `encoded` is its encoded size in bytes.
    pub(crate) fn put<K: Key>(&self, scope: &Arc<Scope>, key: K, value: K::Value, encoded: usize) {
        let number = scope.number(&key, &self.hashes);
        let weight = OVERHEAD + MEMORY_FACTOR * encoded as u64;
        self.cache
            .insert(number, Entry { weight, cached: Arc::new(CachedAnswer { scope: Arc::clone(scope), key, value }) });
    }

    /// Estimated size in bytes.
    pub(crate) fn weight(&self) -> u64 {
        self.cache.weight()
    }
}
