//! The loader of one request.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::task::AtomicWaker;
use portico_core::generations::Generations;
use portico_core::id::ProjectId;
use portico_core::people::Viewer;
use portico_store::ReadSession;
use portico_store::generations::generations_of;

use crate::batcher::{Batcher, RequestedKey};
use crate::generation_tracker::GenerationTracker;
use crate::group::KeyGroup;
use crate::read_through::ReadThrough;
use crate::tiers::Tiers;
use crate::{Key, LoadError, RequestCounts};

/// The loader of one request and viewer. Cheap to clone.
#[derive(Clone)]
pub struct Loader {
    current: Arc<Mutex<Arc<Epoch>>>,
    driver: Arc<AtomicWaker>,
}

/// State of a request between two of its own changes.
struct Epoch {
    reads: ReadThrough,
    batcher: Mutex<Batcher>,
}

impl Loader {
    /// Creates a loader for one request, which reads through the caches in `tiers` and fills them.
    pub fn new(session: ReadSession, tiers: Tiers) -> Self {
        let tracker = GenerationTracker::new(session.shared_viewer(), tiers.shape());
        Self::of(Epoch::new(session, tiers, tracker, RequestCounts::default()))
    }

    /// Restarts the request in the same snapshot, with the generations read so far, so that cached rows and rows read
    /// are of one state.
    #[must_use]
    pub fn restarted(&self) -> Self {
        let epoch = self.epoch();
        let (session, tiers) = (epoch.reads.session().clone(), epoch.reads.tiers().clone());
        let tracker = epoch.reads.tracker().restarted();
        let request_counts = epoch.batcher().request_counts;
        Self::of(Epoch::new(session, tiers, tracker, request_counts))
    }

    /// A loader in the same snapshot, without answers and without caches.
    #[must_use]
    pub fn without_caches(&self) -> Self {
        Self::new(self.epoch().reads.session().clone(), Tiers::none())
    }

    fn of(epoch: Epoch) -> Self {
        Self { current: Arc::new(Mutex::new(Arc::new(epoch))), driver: Arc::default() }
    }

    /// Discards all answers, also for clones: the request has changed something, and `session` reads the state after
    /// it. Call it while nothing is being loaded.
    pub fn renew(&self, session: ReadSession) {
        let mut current = self.lock();
        let earlier = current.reads.session();
        let tracker = GenerationTracker::new(session.shared_viewer(), current.reads.tiers().shape());
        // Otherwise each change of a request would hold a connection while it waits for the next.
        earlier.close();
        let later = Epoch::new(
            session.continuing(earlier),
            current.reads.tiers().clone(),
            tracker,
            current.batcher().request_counts,
        );
        *current = Arc::new(later);
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Epoch>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn epoch(&self) -> Arc<Epoch> {
        Arc::clone(&self.lock())
    }

    /// The viewer who asks.
    pub fn viewer(&self) -> Arc<Viewer> {
        self.epoch().reads.session().shared_viewer()
    }

    /// Projects with a pending invitation that this request has shown.
    pub fn shown_invitations(&self) -> Vec<ProjectId> {
        let epoch = self.epoch();
        let invited = &epoch.reads.session().viewer().invited;
        let tracker = epoch.reads.tracker();
        invited.iter().copied().filter(|project| tracker.depends_on(*project)).collect()
    }

    /// Counts of this request so far.
    pub fn request_counts(&self) -> RequestCounts {
        let epoch = self.epoch();
        let (statements, waited) = (epoch.reads.session().statements(), epoch.reads.session().waited());
        RequestCounts { statements, waited, ..epoch.batcher().request_counts }
    }

    /// Whether the answers mix two states: cached rows, and rows read after a change. Then the operation has to be
    /// executed again (see [`Loader::restarted`]).
    pub fn is_torn(&self) -> bool {
        self.epoch().reads.tracker().is_torn()
    }

    /// The generations that all answers so far depend on; none if answers depend on rows without a generation.
    pub fn state(&self) -> Option<Generations> {
        let epoch = self.epoch();
        if epoch.reads.session().has_failed() {
            return None;
        }
        epoch.reads.tracker().state()
    }

    /// Whether all owners still have these generations. Reads the generations that sign-in did not read.
    pub async fn is_in(&self, state: &Generations) -> bool {
        let epoch = self.epoch();
        if state.epoch.is_none() || state.epoch != epoch.reads.session().viewer().generations.epoch {
            return false;
        }
        let unknown = epoch.reads.tracker().unknown_in(state);
        if !unknown.is_empty() {
            let Ok(generations) = generations_of(epoch.reads.session(), unknown.clone()).await else { return false };
            epoch.reads.tracker().record_generations(&unknown, generations);
        }
        epoch.reads.tracker().is_in(state)
    }

    /// Loads one key, at most once per request.
    ///
    /// A hit in process memory returns at once. Anything else waits until the operation run by [`Loader::drive`] is
    /// blocked, so this must be awaited within one.
    ///
    /// # Errors
    ///
    /// [`LoadError`] if the batch failed; all that waited for it get the same.
    pub async fn load<K: Key>(&self, key: K) -> Result<K::Value, LoadError> {
        let waiting = {
            let epoch = self.epoch();
            let mut batcher = epoch.batcher();
            match batcher.requested(&key) {
                Some(RequestedKey::Answered(answer)) => return answer,
                Some(RequestedKey::Waiting(waiting)) => waiting,
                None => match epoch.reads.get_in_memory(&key) {
                    Some(value) => {
                        batcher.remember(key, value.clone());
                        return Ok(value);
                    }
                    None => batcher.enqueue(key),
                },
            }
        };
        waiting.await.unwrap_or(Err(LoadError::Lost))
    }

    /// Number of levels answered so far.
    pub(crate) fn levels(&self) -> u64 {
        self.epoch().batcher().levels()
    }

    /// Loads all queued keys, unless an earlier level is still being loaded.
    ///
    /// False if a level was answered since `levels` was read: then the operation has answers that it has not processed.
    pub(crate) fn dispatch(&self, levels: u64) -> bool {
        let epoch = self.epoch();
        let groups = {
            let mut batcher = epoch.batcher();
            if batcher.levels() != levels {
                return false;
            }
            batcher.next_level()
        };
        if !groups.is_empty() {
            let level = Level { epoch, groups, driver: Arc::clone(&self.driver) };
            // In its own task: a client that disconnects does not cancel other requests.
            tokio::spawn(level.load());
        }
        true
    }

    pub(crate) fn driver(&self) -> &AtomicWaker {
        &self.driver
    }
}

impl Epoch {
    fn new(session: ReadSession, tiers: Tiers, tracker: GenerationTracker, request_counts: RequestCounts) -> Self {
        Self { reads: ReadThrough::new(session, tiers, tracker), batcher: Mutex::new(Batcher::new(request_counts)) }
    }

    fn batcher(&self) -> MutexGuard<'_, Batcher> {
        // No code panics while holding the lock; even then the state would be consistent.
        self.batcher.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A level being loaded. If dropped before it is complete, its remaining keys are lost.
struct Level {
    epoch: Arc<Epoch>,
    groups: Vec<Box<dyn KeyGroup>>,
    driver: Arc<AtomicWaker>,
}

impl Level {
    async fn load(mut self) {
        let sealed = self.epoch.reads.get_many(&mut self.groups).await;
        let tiers = self.epoch.reads.tiers().clone();
        drop(self);
        tiers.write_redis(sealed);
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        let groups = std::mem::take(&mut self.groups);
        let deliveries: Vec<_> = {
            let mut batcher = self.epoch.batcher();
            groups.into_iter().filter_map(|group| batcher.answer(group)).collect()
        };
        deliveries.into_iter().for_each(|deliver| deliver());
        // Only now: an operation that runs meanwhile would take a partly answered level for a complete one, and send
        // half a batch.
        self.epoch.batcher().end_level();
        self.driver.wake();
    }
}
