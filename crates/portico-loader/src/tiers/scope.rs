//! Under which name something is kept.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::Arc;

use portico_core::generations::{Generation, Owner};
use uuid::Uuid;

use crate::Key;

/// One state of one owner's rows, as one access_scope shows it. What is kept in a scope never changes: a change makes a new scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    owner: Owner,
    generation: Generation,
    /// The start of all keys in this scope: `epoch:{owner}:generation:access_scope:`. The braces keep an owner's keys together where
    /// Redis is many.
    prefix: Arc<str>,
}

impl Scope {
    pub(crate) fn new(epoch: Uuid, shape: [u8; 8], owner: Owner, generation: Generation, access_scope: &str) -> Self {
        // Of the epoch, and of how rows are read and laid out.
        let mut hasher = blake3::Hasher::new();
        hasher.update(epoch.as_bytes()).update(&shape);
        let epoch = &hasher.finalize().to_hex()[..16];
        let (id, generation_id) = (owner.id().simple(), Uuid::from_bytes(generation.0).simple());
        let prefix = format!("{epoch}:{{{id}}}:{generation_id}:{access_scope}:").into();
        Self { owner, generation, prefix }
    }

    pub(crate) fn owner(&self) -> Owner {
        self.owner
    }

    pub(crate) fn generation(&self) -> Generation {
        self.generation
    }

    /// The name of an answer in Redis.
    pub(crate) fn name<K: Key>(&self, key: &K) -> String {
        // As JSON, whose names outlive the order in which a type's parts are declared.
        let text = serde_json::to_vec(key).unwrap_or_default();
        format!("{}{}:{}", self.prefix, K::KIND, &blake3::hash(&text).to_hex()[..32])
    }

    /// A number for an answer within this process. Others may have the same: who looks it up compares scope and key.
    pub(crate) fn number<K: Key>(&self, key: &K, hashes: &RandomState) -> u64 {
        let mut hasher = hashes.build_hasher();
        self.prefix.hash(&mut hasher);
        K::KIND.hash(&mut hasher);
        key.hash(&mut hasher);
        hasher.finish()
    }
}
