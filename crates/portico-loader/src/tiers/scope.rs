//! Names of cached answers.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::Arc;

use portico_core::generations::{Generation, Owner};
use uuid::Uuid;

use crate::Key;

/// One generation of one owner's rows, for one access scope. Rows of a scope never change: a change makes a new scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    owner: Owner,
    generation: Generation,
    /// Prefix of all keys in this scope: `epoch:{owner}:generation:access_scope:`. The braces keep an owner's keys on
    /// one server of a Redis cluster.
    prefix: Arc<str>,
}

impl Scope {
    pub(crate) fn new(epoch: Uuid, shape: [u8; 8], owner: Owner, generation: Generation, access_scope: &str) -> Self {
        // Digest of the epoch, and of how rows are read and encoded.
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

    /// The Redis name of an answer.
    pub(crate) fn name<K: Key>(&self, key: &K) -> String {
        // As JSON, which does not depend on the order in which fields are declared.
        let text = serde_json::to_vec(key).unwrap_or_default();
        format!("{}{}:{}", self.prefix, K::KIND, &blake3::hash(&text).to_hex()[..32])
    }

    /// A hash of an answer's key within this process. Hashes can collide: a lookup compares scope and key.
    pub(crate) fn number<K: Key>(&self, key: &K, hashes: &RandomState) -> u64 {
        let mut hasher = hashes.build_hasher();
        self.prefix.hash(&mut hasher);
        K::KIND.hash(&mut hasher);
        key.hash(&mut hasher);
        hasher.finish()
    }
}
