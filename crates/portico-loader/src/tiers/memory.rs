//! The memory of this process: rows that were read, bounded in bytes.

use std::any::Any;
use std::hash::RandomState;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::Scope;
use crate::Key;

/// What an entry takes besides its rows, in bytes: its scope, its key, and its place in the cache.
const OVERHEAD: u64 = 250;
/// How much larger rows are in memory than encoded.
const SPREAD: u64 = 3;
/// What an entry weighs on average, for the size of the cache's table.
const TYPICAL: u64 = 2_000;

/// What is kept under one number.
#[derive(Clone)]
struct Entry {
    weight: u64,
    kept: Arc<dyn Any + Send + Sync>,
}

struct Kept<K: Key> {
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

/// Answers in memory; those that nobody asks for go first.
pub(crate) struct Memory {
    cache: Cache<u64, Entry, ByWeight>,
    hashes: RandomState,
}

impl Memory {
    pub(crate) fn new(bytes: u64) -> Self {
        let items = usize::try_from(bytes / TYPICAL).unwrap_or(usize::MAX).max(1);
        Self { cache: Cache::with_weighter(items, bytes, ByWeight), hashes: RandomState::new() }
    }

    pub(crate) fn get<K: Key>(&self, scope: &Scope, key: &K) -> Option<K::Value> {
        let entry = self.cache.get(&scope.number(key, &self.hashes))?;
        let kept = entry.kept.downcast_ref::<Kept<K>>()?;
        // The number alone proves nothing.
        (*kept.scope == *scope && kept.key == *key).then(|| kept.value.clone())
    }

    /// Keeps an answer that takes so many bytes when encoded.
    pub(crate) fn put<K: Key>(&self, scope: &Arc<Scope>, key: K, value: K::Value, encoded: usize) {
        let number = scope.number(&key, &self.hashes);
        let weight = OVERHEAD + SPREAD * encoded as u64;
        self.cache.insert(number, Entry { weight, kept: Arc::new(Kept { scope: Arc::clone(scope), key, value }) });
    }

    /// How many bytes are taken, about.
    pub(crate) fn weight(&self) -> u64 {
        self.cache.weight()
    }
}
