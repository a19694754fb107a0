//! Answers that are kept: for one viewer at one state, a query's bytes cannot differ (docs/ARCHITECTURE.md, "What is kept").

use std::sync::Arc;

use bytes::Bytes;
use portico_audience::{Admitted, OperationKind};
use portico_core::clock::{Clock, Validity};
use portico_core::generations::Generations;
use portico_core::people::Viewer;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

/// What an answer takes besides its bytes: its key, and the states that it depends on.
const OVERHEAD: u64 = 300;
/// What an answer weighs on average, for the size of the cache's table.
const TYPICAL: u64 = 4_000;

/// Answers in the memory of this process, bounded in bytes. Cheap to clone; all clones keep together.
#[derive(Clone)]
pub struct KeptAnswers(Option<Arc<Cache<AnswerKey, Arc<Kept>, ByWeight>>>);

/// Who asked what.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct AnswerKey([u8; 32]);

/// An answer, and for how long it is the answer.
pub(super) struct Kept {
    /// The owners whose rows it shows, each in the state in which they were.
    pub(super) state: Generations,
    pub(super) validity: Validity,
    pub(super) data: Bytes,
}

#[derive(Clone)]
struct ByWeight;

impl Weighter<AnswerKey, Arc<Kept>> for ByWeight {
    fn weight(&self, _: &AnswerKey, kept: &Arc<Kept>) -> u64 {
        OVERHEAD + kept.data.len() as u64 + 48 * kept.state.iter().count() as u64
    }
}

impl AnswerKey {
    /// The question of a viewer; none if its answer is not to be kept.
    pub(super) fn of(viewer: &Viewer, admitted: &Admitted) -> Option<Self> {
        let plan = &admitted.plan;
        // What a kept answer shows is not noticed, and an open invitation is accepted by what is shown.
        let has_invitations = !viewer.invited.is_empty();
        if plan.operation_kind() != OperationKind::Query || viewer.generations.epoch.is_none() || has_invitations {
            return None;
        }
        let mut hasher = blake3::Hasher::new();
        // The viewer's rights are among what is digested, and with them the document.
        hasher.update(&viewer.digest()).update(plan.digest());
        if !admitted.variables.is_empty() {
            hasher.update(&serde_json::to_vec(&admitted.variables).ok()?);
        }
        Some(Self(hasher.finalize().into()))
    }
}

impl KeptAnswers {
    /// Keeps answers in so many bytes; none at all for 0.
    pub fn new(bytes: u64) -> Self {
        let items = usize::try_from(bytes / TYPICAL).unwrap_or(usize::MAX).max(1);
        Self((bytes > 0).then(|| Arc::new(Cache::with_weighter(items, bytes, ByWeight))))
    }

    /// How many bytes are taken, about.
    pub fn weight(&self) -> u64 {
        self.0.as_ref().map_or(0, |cache| cache.weight())
    }

    pub(super) fn is_off(&self) -> bool {
        self.0.is_none()
    }

    pub(super) fn get(&self, key: AnswerKey, clock: &Clock) -> Option<Arc<Kept>> {
        self.0.as_ref()?.get(&key).filter(|kept| clock.is_within(kept.validity))
    }

    /// Keeps an answer, and says whether it did.
    pub(super) fn put(&self, key: AnswerKey, state: Generations, validity: Validity, data: Bytes) -> bool {
        let Some(cache) = self.0.as_ref().filter(|_| validity != Validity::Now) else { return false };
        cache.insert(key, Arc::new(Kept { state, validity, data }));
        true
    }
}
