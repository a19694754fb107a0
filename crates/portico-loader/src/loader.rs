//! The loader of one request.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::task::AtomicWaker;
use portico_core::access::Viewer;
use portico_core::generations::Generations;
use portico_core::id::ProjectId;
use portico_store::ReadSession;
use portico_store::generations::generations_of;

use crate::batcher::{Batcher, Known};
use crate::generation_tracker::GenerationTracker;
use crate::group::KeyGroup;
use crate::read_through::ReadThrough;
use crate::tiers::Tiers;
use crate::{Key, LoadError, RequestCounts};

/// Loads for one request of one viewer. Cheap to clone.
#[derive(Clone)]
pub struct Loader {
    current: Arc<Mutex<Arc<Epoch>>>,
    driver: Arc<AtomicWaker>,
}

/// What a request reads between two changes that it makes.
struct Epoch {
    reads: ReadThrough,
    batcher: Mutex<Batcher>,
}

impl Loader {
    /// A loader for one request, which reads through the caches in `tiers` and fills them.
    pub fn new(session: ReadSession, tiers: Tiers) -> Self {
        let tracker = GenerationTracker::new(session.shared_viewer(), tiers.shape());
        Self::of(Epoch::new(session, tiers, tracker, RequestCounts::default()))
    }

    /// A loader for the same request that begins again, with the generations that this one has read and in the same snapshot,
    /// so that what it finds in caches and what it reads are of one state.
    #[must_use]
    pub fn again(&self) -> Self {
        let epoch = self.epoch();
        let (session, tiers) = (epoch.reads.session().clone(), epoch.reads.tiers().clone());
        let tracker = epoch.reads.tracker().restarted();
        let request_counts = epoch.batcher().request_counts;
        Self::of(Epoch::new(session, tiers, tracker, request_counts))
    }

    /// A loader in the same snapshot that has read nothing, and uses no caches.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self::new(self.epoch().reads.session().clone(), Tiers::none())
    }

    fn of(epoch: Epoch) -> Self {
        Self { current: Arc::new(Mutex::new(Arc::new(epoch))), driver: Arc::default() }
    }

    /// Forgets all that was read, for this loader and its clones: the request has changed something, and what follows shows
    /// the state after it, as `session` reads it. To be called while nothing is being loaded.
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

    /// Of the projects into which the viewer is invited, those that this request has shown.
    pub fn shown_invitations(&self) -> Vec<ProjectId> {
        let epoch = self.epoch();
        let invited = &epoch.reads.session().viewer().invited;
        let tracker = epoch.reads.tracker();
        invited.iter().copied().filter(|project| tracker.depends_on(*project)).collect()
    }

    /// What this request has taken so far.
    pub fn request_counts(&self) -> RequestCounts {
        let epoch = self.epoch();
        let (statements, waited) = (epoch.reads.session().statements(), epoch.reads.session().waited());
        RequestCounts { statements, waited, ..epoch.batcher().request_counts }
    }

    /// Whether the answers so far mix two states: cached rows, and rows that were read after a change. Then the operation is
    /// to be executed again (see [`Loader::again`]).
    pub fn is_torn(&self) -> bool {
        self.epoch().reads.tracker().is_torn()
    }

    /// The state that all answers so far depend on: as long as it is the same, so are they. None if they depend on more.
    pub fn state(&self) -> Option<Generations> {
        let epoch = self.epoch();
        if epoch.reads.session().has_failed() {
            return None;
        }
        epoch.reads.tracker().state()
    }

    /// Whether everything is still in this state. Generations that sign-in did not read are read.
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

    /// The answer to one key. It is asked once a request, however often it is loaded.
    ///
    /// What the memory of the process has is answered at once. Everything else waits until the operation that
    /// [`Loader::drive`] runs can do no more without it, so this must be awaited within one.
    ///
    /// # Errors
    ///
    /// [`LoadError`] when the batch failed; all who waited for it get the same.
    pub async fn load<K: Key>(&self, key: K) -> Result<K::Value, LoadError> {
        let waiting = {
            let epoch = self.epoch();
            let mut batcher = epoch.batcher();
            match batcher.known(&key) {
                Some(Known::Answered(answer)) => return answer,
                Some(Known::Waiting(waiting)) => waiting,
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

    /// How many levels have been answered so far.
    pub(crate) fn levels(&self) -> u64 {
        self.epoch().batcher().levels()
    }

    /// Loads all keys that wait, unless an earlier level is still being loaded.
    ///
    /// False if a level has been answered since `levels` was read: then the operation has answers that it has not looked at.
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
            // A task of its own: a caller who hangs up takes no other request along.
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
        // Nothing panics while it holds the lock; if it did, what is inside would still be whole.
        self.batcher.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A level that is being loaded. If it is dropped before it is complete, the rest of its keys is answered as lost.
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
        // Only now: an operation that runs meanwhile would take a half-answered level for a whole one, and send half a batch.
        self.epoch.batcher().end_level();
        self.driver.wake();
    }
}
