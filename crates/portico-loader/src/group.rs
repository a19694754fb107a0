//! Keys of one type in a level, with their answers so far.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use portico_core::generations::Owner;
use portico_core::id::ProjectId;
use portico_store::{ReadSession, StoreError};

use crate::cache_reader::CacheReader;
use crate::generation_tracker::{Cacheability, GenerationTracker};
use crate::tiers::{Sealed, Tiers, encode};
use crate::{Key, LoadError, RequestCounts};

/// The answer to a key.
pub(crate) type Answer<K> = Result<<K as Key>::Value, LoadError>;

/// A group of keys of one type, for the read-through, which takes all groups through the caches together.
pub(crate) trait KeyGroup: Any + Send {
    /// The type of the keys.
    fn key_type(&self) -> TypeId;
    /// Number of keys without an answer.
    fn missing(&self) -> usize;
    /// Determines for each key whether its answer can be cached.
    fn classify(&mut self, tracker: &mut GenerationTracker);
    /// Projects whose generation has to be read before the caches are used.
    fn unknown_projects(&self) -> Vec<ProjectId>;
    fn read_memory(&mut self, caches: &mut CacheReader<'_>);
    /// Redis names of the missing answers.
    fn redis_names(&self) -> Vec<RedisName>;
    /// Takes the value that Redis had under one of these names.
    fn take_from_redis(&mut self, name: &RedisName, bytes: &[u8], caches: &mut CacheReader<'_>);
    /// Reads the missing answers from the database, with one statement.
    fn load<'a>(&'a mut self, session: &'a ReadSession) -> BoxFuture<'a, ()>;
    /// Stores the answers in memory, as far as their generation is verified. Returns the answers to write to Redis.
    fn store(&self, tracker: &GenerationTracker, tiers: &Tiers) -> Vec<Sealed>;
}

/// Redis name of one answer of a group.
pub(crate) struct RedisName {
    pub(crate) owner: Owner,
    pub(crate) name: String,
    index: usize,
}

/// Keys of one type.
pub(crate) struct Group<K: Key> {
    entries: Vec<Entry<K>>,
}

struct Entry<K: Key> {
    key: K,
    cacheability: Cacheability,
    found: Option<(Answer<K>, Origin)>,
}

/// Source of an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Memory,
    Redis,
    /// The request's snapshot.
    Snapshot,
    /// A new snapshot, after the request's snapshot had failed.
    OwnSnapshot,
}

impl<K: Key> Group<K> {
    pub(crate) fn new(keys: Vec<K>) -> Self {
        let entry = |key| Entry { key, cacheability: Cacheability::Never, found: None };
        Self { entries: keys.into_iter().map(entry).collect() }
    }

    /// Takes the answers, and counts each. A key without an answer is lost.
    pub(crate) fn into_answers(self, request_counts: &mut RequestCounts) -> Vec<(K, Answer<K>)> {
        let answer = |entry: Entry<K>| {
            let (answer, origin) = entry.found.unwrap_or((Err(LoadError::Lost), Origin::OwnSnapshot));
            *match origin {
                Origin::Memory => &mut request_counts.from_memory,
                Origin::Redis => &mut request_counts.from_redis,
                Origin::Snapshot | Origin::OwnSnapshot => &mut request_counts.from_database,
            } += 1;
            (entry.key, answer)
        };
        self.entries.into_iter().map(answer).collect()
    }

    fn open(&self) -> impl Iterator<Item = &Entry<K>> {
        self.entries.iter().filter(|entry| entry.found.is_none())
    }

    fn open_mut(&mut self) -> impl Iterator<Item = &mut Entry<K>> {
        self.entries.iter_mut().filter(|entry| entry.found.is_none())
    }
}

impl<K: Key> KeyGroup for Group<K> {
    fn key_type(&self) -> TypeId {
        TypeId::of::<K>()
    }

    fn missing(&self) -> usize {
        self.open().count()
    }

    fn classify(&mut self, tracker: &mut GenerationTracker) {
        for entry in &mut self.entries {
            entry.cacheability = tracker.cacheability(entry.key.policy());
        }
    }

    fn unknown_projects(&self) -> Vec<ProjectId> {
        self.open().filter_map(|entry| entry.cacheability.unknown_project()).collect()
    }

    fn read_memory(&mut self, caches: &mut CacheReader<'_>) {
        for entry in self.open_mut() {
            let value = caches.in_memory(&entry.key, &entry.cacheability);
            entry.found = value.map(|value| (Ok(value), Origin::Memory));
        }
    }

    fn redis_names(&self) -> Vec<RedisName> {
        let open = self.entries.iter().enumerate().filter(|(_, entry)| entry.found.is_none());
        open.filter_map(|(index, entry)| {
            let scope = entry.cacheability.scope()?;
            Some(RedisName { owner: scope.owner(), name: scope.name(&entry.key), index })
        })
        .collect()
    }

    fn take_from_redis(&mut self, name: &RedisName, bytes: &[u8], caches: &mut CacheReader<'_>) {
        let entry = &mut self.entries[name.index];
        let value = caches.unseal(&entry.key, &entry.cacheability, &name.name, bytes);
        entry.found = value.map(|value| (Ok(value), Origin::Redis));
    }

    fn load<'a>(&'a mut self, session: &'a ReadSession) -> BoxFuture<'a, ()> {
        async move {
            let keys: Vec<K> = self.open().map(|entry| entry.key.clone()).collect();
            if keys.is_empty() {
                return;
            }
            let mut loaded = load(session.clone(), keys.clone()).await;
            // The failure may be a consequence of another one in the same snapshot.
            let is_again = matches!(loaded, Err(LoadError::Store(StoreError::Failed(_))));
            if is_again {
                loaded = load(session.in_new_snapshot(), keys).await;
            }
            let origin = if is_again { Origin::OwnSnapshot } else { Origin::Snapshot };
            for entry in self.open_mut() {
                let answer = match &mut loaded {
                    Ok(values) => Ok(values.remove(&entry.key).unwrap_or_default()),
                    Err(error) => Err(error.clone()),
                };
                entry.found = Some((answer, origin));
            }
        }
        .boxed()
    }

    fn store(&self, tracker: &GenerationTracker, tiers: &Tiers) -> Vec<Sealed> {
        let mut sealed = Vec::new();
        for entry in &self.entries {
            let (Some((Ok(value), Origin::Snapshot)), Some(scope)) = (&entry.found, entry.cacheability.scope()) else {
                continue;
            };
            if !tracker.verifies(scope) {
                continue;
            }
            let Some(encoded) = encode(value) else { continue };
            if let Some(key) = tiers.seal_key() {
                let name = scope.name(&entry.key);
                let bytes = key.close(&name, &encoded);
                sealed.push(Sealed { name, bytes });
            }
            if let Some(memory) = tiers.memory() {
                memory.put(scope, entry.key.clone(), value.clone(), encoded.len());
            }
        }
        sealed
    }
}

/// Loads keys. A panic fails keys of this type only.
async fn load<K: Key>(session: ReadSession, keys: Vec<K>) -> Result<HashMap<K, K::Value>, LoadError> {
    let loaded = AssertUnwindSafe(K::load(&session, keys)).catch_unwind().await;
    loaded.map_err(|_| LoadError::Lost).and_then(|loaded| loaded.map_err(LoadError::from))
}
