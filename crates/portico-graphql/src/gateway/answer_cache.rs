//! Cache of answers: for one viewer at one state, a query's bytes cannot differ (docs/ARCHITECTURE.md).

use std::sync::Arc;

use bytes::Bytes;
use portico_audience::{Admitted, OperationKind};
use portico_core::access::Viewer;
use portico_core::clock::{Clock, Validity};
use portico_core::generations::Generations;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

/// Bytes of an entry besides the answer: its key, and the states that it depends on.
const OVERHEAD: u64 = 300;
/// Average bytes of an answer, for the size of the cache's table.
const TYPICAL: u64 = 4_000;

/// Answers in the memory of this process, bounded in bytes. Clones share one cache.
#[derive(Clone)]
pub struct AnswerCache(Option<Arc<Cache<AnswerKey, Arc<CachedAnswer>, ByWeight>>>);

/// Viewer and operation.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct AnswerKey([u8; 32]);

/// Answer with its validity.
pub(super) struct CachedAnswer {
    /// The generations of the owners whose rows it shows.
    pub(super) state: Generations,
    pub(super) validity: Validity,
    pub(super) data: Bytes,
}

#[derive(Clone)]
struct ByWeight;

impl Weighter<AnswerKey, Arc<CachedAnswer>> for ByWeight {
    fn weight(&self, _: &AnswerKey, cached: &Arc<CachedAnswer>) -> u64 {
        OVERHEAD + cached.data.len() as u64 + 48 * cached.state.iter().count() as u64
    }
}

impl AnswerKey {
    /// The key of a viewer's operation; none if its answer must not be cached.
    pub(super) fn of(viewer: &Viewer, admitted: &Admitted) -> Option<Self> {
        let plan = &admitted.plan;
        // A cached answer accepts no invitation, and a pending one is accepted by what is shown.
        let has_invitations = !viewer.invited.is_empty();
        if plan.operation_kind() != OperationKind::Query || viewer.generations.epoch.is_none() || has_invitations {
            return None;
        }
        let mut hasher = blake3::Hasher::new();
        // The digest includes the viewer's rights, and so the role schema.
        hasher.update(&viewer.digest()).update(plan.digest());
        if !admitted.variables.is_empty() {
            hasher.update(&serde_json::to_vec(&admitted.variables).ok()?);
        }
        Some(Self(hasher.finalize().into()))
    }
}

impl AnswerCache {
    /// A cache of this many bytes; off for 0.
    pub fn new(bytes: u64) -> Self {
        let items = usize::try_from(bytes / TYPICAL).unwrap_or(usize::MAX).max(1);
        Self((bytes > 0).then(|| Arc::new(Cache::with_weighter(items, bytes, ByWeight))))
    }

    /// Approximate bytes in use.
    pub fn weight(&self) -> u64 {
        self.0.as_ref().map_or(0, |cache| cache.weight())
    }

    pub(super) fn is_off(&self) -> bool {
        self.0.is_none()
    }

    pub(super) fn get(&self, key: AnswerKey, clock: &Clock) -> Option<Arc<CachedAnswer>> {
        self.0.as_ref()?.get(&key).filter(|cached| clock.is_within(cached.validity))
    }

    /// Stores an answer. Returns whether it was stored.
    pub(super) fn put(&self, key: AnswerKey, state: Generations, validity: Validity, data: Bytes) -> bool {
        let Some(cache) = self.0.as_ref().filter(|_| validity != Validity::Now) else { return false };
        cache.insert(key, Arc::new(CachedAnswer { state, validity, data }));
        true
    }
}
